"""Runs the curl examples of a document against a real server and compares what they print.

A ```console fence holds commands (`$ `, continued by a backslash at the end) and what each printed. Run are
those that begin with curl and address localhost:8080, localhost:9090 or "$URL. A restart of the deployment is
played by restarting the server on its file, so that an example can show that the count persists; other
commands are not run. In the output `…` stands for any text within a line, and a line of nothing else for any
number of lines.
"""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown import Document, Fence
from server import Server

OURS = re.compile(r"^curl\b.*(localhost:(8080|9090)|\$\{?URL\b)", re.S)
RESTART = re.compile(r"^(kubectl (rollout restart deploy|delete pod)|docker compose restart)\b")


@dataclass
class Example:
    line: int
    command: str
    shown: list[str]
    new_server: bool

    @property
    def runs(self) -> bool:
        return OURS.match(self.command) is not None

    @property
    def restarts(self) -> bool:
        return RESTART.match(self.command) is not None


def examples(document: Document) -> list[Example]:
    return [
        example for fence in document.fences if fence.language == "console" for example in in_fence(fence)
    ]


def in_fence(fence: Fence) -> Iterator[Example]:
    current: Example | None = None
    continued = False
    for offset, content in enumerate(fence.lines, 1):
        if continued and current is not None:
            current.command += "\n" + content
        elif content.startswith("$ "):
            if current is not None:
                yield current
            current = Example(fence.line + offset, content[2:], [], fence.new_server and offset == 1)
        elif current is not None:
            current.shown.append(content)
            continue
        continued = content.endswith("\\")
    if current is not None:
        yield current


def problems(document: Document) -> Iterator[str]:
    """Runs the examples in reading order; says for each that printed something else what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            for example in examples(document):
                if example.new_server:
                    server.renew()
                if example.restarts:
                    server.restart()
                elif example.runs:
                    printed = server.run(example.command)
                    if not matches(example.shown, printed):
                        yield (
                            f"{example.line}: $ {example.command}\n"
                            f"shown:\n{text(example.shown)}printed:\n{text(printed)}"
                        )
        finally:
            server.stop()


def text(lines: list[str]) -> str:
    return "".join(f"    {line}\n" for line in lines) or "    (nothing)\n"


def matches(shown: list[str], printed: list[str]) -> bool:
    pattern = "".join("(?:.*\n)*" if line.strip() == "…" else line_pattern(line) + "\n" for line in shown)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def line_pattern(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.rstrip().split("…"))
