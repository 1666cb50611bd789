"""The built program as a process: its environment is what a test sets, it is watched, and it is ended."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import sanitizer
from .sanitizer import PATIENCE
from .wire import Connection, Response

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("COUNTER_SERVER") or ROOT / ".build/release/counter-server").resolve()

#: A test run that is killed takes its servers with it.
_LEASH = ("setpriv", "--pdeathsig", "KILL", "--")


def wait_for(what: str, condition: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Asks until the answer is true, and returns it; after `patience` seconds that is an error."""
    deadline = time.monotonic() + patience
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < deadline, f"waited {patience} s in vain: {what}"
        time.sleep(0.02)


def free_port() -> int:
    """A port that nobody listens on, for settings in which 0 does not mean "any"."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(
    *arguments: str, binary: Path = BINARY, prefix: Sequence[str] = (), **settings: str
) -> subprocess.CompletedProcess[str]:
    """Runs the program to its end, which must come by itself."""
    return subprocess.run(
        [*prefix, str(binary), *arguments],
        env=settings | sanitizer.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
    )


class Server:
    """One process of the service. Its log goes to a file, so that nothing here can hold it up."""

    def __init__(
        self,
        log: Path,
        settings: dict[str, str],
        arguments: Sequence[str] = (),
        prefix: Sequence[str] = (),
        binary: Path = BINARY,
    ) -> None:
        self.log_path = log
        self.settings = settings
        self.host = settings.get("HOST", "127.0.0.1")
        #: Whether a test provokes what the server rightly calls an error.
        self.may_log_errors = False
        self.port = self.metrics_port = 0
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*_LEASH, *prefix, str(binary), *arguments],
                env=settings | sanitizer.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Not Python's own ignored signals: those that a shell would hand down.
                restore_signals=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    # What it says.

    def log_text(self) -> str:
        return self.log_path.read_text(errors="replace")

    def log(self, message: str | None = None) -> list[dict[str, Any]]:
        """The log so far, or its lines with this message. Each line must be one JSON object."""
        text = self.log_text()
        whole = text[: text.rfind("\n") + 1]
        try:
            lines = [json.loads(line) for line in whole.splitlines()]
        except ValueError as error:
            raise AssertionError(f"a log line is not JSON: {error}\n{text[-5000:]}") from error
        return [line for line in lines if message in (None, line["message"])]

    def wait_for_log(self, message: str) -> dict[str, Any]:
        def found() -> list[dict[str, Any]]:
            lines = self.log(message)
            assert lines or self.process.poll() is None, (
                f"ended with {self.process.returncode} before it logged '{message}':\n{self.log_text()}"
            )
            return lines

        return wait_for(f"log line '{message}'", found)[0]

    def await_listening(self) -> Server:
        line = self.wait_for_log("listening")
        self.port, self.metrics_port = line["server.port"], line.get("metrics.port", 0)
        return self

    def await_ready(self) -> Server:
        wait_for("/readyz answers 200", lambda: self.get("/readyz").status == 200)
        return self

    # What it answers.

    def connect(self, **options: Any) -> Connection:
        return Connection(self.port, **{"host": self.host, **options})

    def ask(self, method: str, target: str = "/", fields: str = "", body: bytes = b"") -> Response:
        """One request on a connection of its own."""
        with self.connect() as connection:
            return connection.ask(method, target, fields, body)

    def get(self, target: str = "/") -> Response:
        return self.ask("GET", target)

    def add(self, times: int = 1) -> int:
        """Counts so many times, one after the other; returns the last number."""
        with self.connect() as connection:
            for _ in range(times):
                number = connection.ask("POST").count
        return number

    def connect_metrics(self) -> Connection:
        return Connection(self.metrics_port, self.host)

    def metrics(self, target: str = "/metrics", method: str = "GET") -> Response:
        with self.connect_metrics() as connection:
            return connection.ask(method, target)

    # What it takes.

    def open_descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def resident_bytes(self) -> int:
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * resource.getpagesize()

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # How it ends.

    def send_signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, patience: float = PATIENCE) -> int:
        """Its exit status, once it has ended by itself."""
        return self.process.wait(timeout=patience)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """A clean stop, which ends with 0 and leaves nothing to complain of."""
        self.send_signal(number)
        status = self.wait(PATIENCE + 10)
        assert status == 0, f"exit status {status} after {number.name}:\n{self.log_text()[-5000:]}"
        self.check()

    def kill(self) -> None:
        """Ends it at once, as a crash would."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)

    def check(self) -> None:
        """That it reported no fault of its own so far."""
        found = sanitizer.reports(self.log_text())
        assert not found, f"{found[0]}\n{self.log_text()[-20_000:]}"
        errors = [line for line in self.log() if line["level"] in ("error", "critical")]
        assert self.may_log_errors or not errors, f"it logged errors: {errors[:5]}"
