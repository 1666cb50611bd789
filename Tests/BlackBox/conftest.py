"""Fixtures of the black-box tests: start servers, and see that each of them ends well."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness import full_disk, program, sanitizer
from harness.program import Server


class Starter:
    """Starts servers for one test, all on the same folder unless told otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        self.folder.mkdir()
        self.file = self.folder / "counter.json"
        self.servers: list[Server] = []
        self._logs = folder

    def __call__(
        self,
        *arguments: str,
        prefix: tuple[str, ...] = (),
        listening: bool = True,
        metrics: bool = False,
        without: tuple[str, ...] = (),
        binary: Path = program.BINARY,
        **settings: Any,
    ) -> Server:
        """Starts one more. `settings` are added to what a test server needs; `without` takes away."""
        defaults = {
            "HOST": "127.0.0.1",
            "PORT": "0",
            "METRICS_PORT": str(program.free_port()) if metrics else "0",
            "COUNTER_FILE": str(self.file),
            "EVENT_LOOPS": "2",
        }
        chosen = defaults | {name: str(value) for name, value in settings.items()}
        for name in without:
            del chosen[name]
        log = self._logs / f"server-{len(self.servers)}.log"
        server = Server(log, chosen, arguments, prefix, binary)
        self.servers.append(server)
        return server.await_listening() if listening else server

    def finish(self) -> None:
        """Stops what still runs, in the order of the starts, so that a standby comes last."""
        problems = []
        for server in self.servers:
            try:
                server.stop() if server.process.poll() is None else server.check()
            except (AssertionError, subprocess.TimeoutExpired) as error:
                problems.append(f"{server.log_path.name}: {error}")
        assert not problems, "\n".join(problems)

    def kill(self) -> None:
        for server in self.servers:
            server.kill()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    """Starts servers; at the end each must stop cleanly, and none may have reported a fault."""
    starter = Starter(tmp_path)
    try:
        yield starter
        starter.finish()
    finally:
        starter.kill()


@pytest.fixture
def server(start: Starter) -> Server:
    """A server on an empty folder, ready."""
    return start().await_ready()


def pytest_sessionstart(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        return
    if not program.BINARY.is_file():
        pytest.exit(f"COUNTER_SERVER: there is no program at {program.BINARY}; build it first", returncode=2)
    subprocess.run([program.ROOT / "scripts/apt-install.sh", "strace"], check=True)


def pytest_report_header() -> str:
    disks = ", ".join(full_disk.kinds())
    return f"program: {program.BINARY}, sanitizer: {sanitizer.NAME or 'none'}, full disks: {disks}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One heavy test at a time, begun first: the light ones fill the gaps."""
    for item in items:
        if item.get_closest_marker("heavy"):
            item.add_marker(pytest.mark.xdist_group("heavy"))
    items.sort(key=lambda item: item.get_closest_marker("heavy") is None)
