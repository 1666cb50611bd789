"""A server under test: its processes, what they cost, and how they end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from . import http

TICKS = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A benchmark that can't be run; the message says which program and why."""


def pinned(command: list[str], cpus: str | None) -> list[str]:
    return ["taskset", "-c", cpus, *command] if cpus else command


class Processes:
    """One server, which may be several processes: started programs and all their descendants."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.started: list[subprocess.Popen] = []
        self.begun = time.monotonic()

    def start(self, command: list[str], env: dict[str, str] | None = None, cpus: str | None = None) -> None:
        with open(self.log, "ab") as log:
            self.started.append(
                subprocess.Popen(
                    pinned(command, cpus), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    env=os.environ | (env or {}), start_new_session=True,
                )
            )

    def check(self) -> None:
        for process in self.started:
            if process.poll() is not None:
                tail = self.log.read_text(errors="replace")[-600:]
                raise Failed(f"{process.args} ended with status {process.returncode}: {tail}")

    def wait(self, port: int, path: str, seconds: float = 20) -> float:
        """Until `path` is answered with 200; returns the seconds since the processes were begun."""

        def ready() -> bool:
            self.check()
            return http.answers(port, path)

        until(seconds, ready, f"{self.started[-1].args[-1]} did not answer {path} with 200")
        return time.monotonic() - self.begun

    def pids(self) -> list[int]:
        """The started programs (taskset has replaced itself by then) and their descendants."""
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (fields := stat(int(entry.name))):
                children.setdefault(int(fields[1]), []).append(int(entry.name))
        found = [process.pid for process in self.started if process.poll() is None]
        for pid in found:
            found.extend(children.get(pid, []))
        return found

    def cpu_seconds(self) -> float:
        """User and system time of all threads of all processes."""
        fields = [fields for pid in self.pids() if (fields := stat(pid))]
        return sum(int(field[11]) + int(field[12]) for field in fields) / TICKS

    def resident_bytes(self) -> int:
        """The sum of VmRSS: what two processes of one server share is counted for both, as ps shows it."""
        return sum(resident(pid) for pid in self.pids())

    def stop(self, seconds: float = 3) -> None:
        """Ends all of them, by force where `seconds` are not enough."""
        for process in reversed(self.started):
            self._end(process, seconds)
        self.started = []

    @staticmethod
    def _end(process: subprocess.Popen, seconds: float) -> None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def stat(pid: int) -> list[str] | None:
    """/proc/PID/stat from the state on (field 3 of proc(5) comes first); None once the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # it ended before it was opened, or before it was read
        return None


def resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmRSS:")), "VmRSS: 0 kB")
    return int(line.split()[1]) * 1024


def run(command: list[str], what: str, **options: object) -> str:
    """The standard output of a program that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        said = done.stderr.strip()[-600:]
        raise Failed(f"{what}: {' '.join(command)} ended with status {done.returncode}: {said}")
    return done.stdout


def until(seconds: float, ready: Callable[[], bool], what: str, pause: float = 0.0005) -> None:
    """Waits until `ready()` is true."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise Failed(f"{what} within {seconds} s")
        time.sleep(pause)
