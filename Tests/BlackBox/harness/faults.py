"""Makes system calls of a running server fail or stall, with strace(1)."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .program import Server, wait_for

_FILES = ("counter.json", ".counter.json.tmp", "counter.lock")
_FOLDER = ("",)


@dataclass(frozen=True)
class Step:
    """What a store does, as system calls: all that can do it, whichever one it uses."""

    calls: str
    #: On which files in the counter's folder; the empty name is the folder itself.
    names: tuple[str, ...] = (*_FOLDER, *_FILES)


WRITE = Step("write,pwrite64,writev,pwritev,pwritev2")
SYNC = Step("fsync,fdatasync")
RENAME = Step("rename,renameat,renameat2")
LOCK = Step("flock")
#: The steps of a commit, one by one.
STEPS = {
    "write": WRITE,
    "sync of the file": Step(SYNC.calls, _FILES),
    "rename": RENAME,
    "sync of the folder": Step(SYNC.calls, _FOLDER),
}


def _tracer() -> list[str]:
    """strace, with the right to attach to what it has not started: many systems leave that to root."""
    scope = Path("/proc/sys/kernel/yama/ptrace_scope")
    may_attach = os.geteuid() == 0 or not scope.exists() or scope.read_text().strip() == "0"
    return ["strace"] if may_attach else ["sudo", "-n", "strace"]


class Fault:
    """While it lasts, the server's calls of one kind on the counter's folder do not do what they should.

    Only calls on the folder and the files in it are touched: sockets, pipes and the log go on as ever.
    """

    def __init__(self, server: Server, folder: Path, step: Step, effect: str, observed: str = "") -> None:
        """`effect` is strace's: error=EIO or delay_enter=3s; :when=3+5 for every fifth from the third on.

        `observed` are further calls, which work as ever and are noted for `seen()`.
        """
        self._pid = server.pid
        self._output = server.log_path.with_suffix(".strace")
        paths = [argument for name in step.names for argument in ("-P", str(folder / name))]
        traced = ",".join(filter(None, [step.calls, observed]))
        self._command = [
            *_tracer(), "--quiet=path-resolution", "-f", "-p", str(self._pid), "-o", str(self._output),
            *paths, "-e", f"trace={traced}", "-e", f"inject={step.calls}:{effect}",
        ]  # fmt: skip

    def __enter__(self) -> Fault:
        self._strace = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True)
        wait_for("strace is attached to every thread", self._is_attached)
        return self

    def __exit__(self, *_: object) -> None:
        self._strace.terminate()
        try:
            self._strace.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            # strace 6.1 loses count when a process ends while a call of it is delayed.
            self._strace.kill()
            self._strace.communicate(timeout=5)

    def _is_attached(self) -> bool:
        if self._strace.poll() is not None:
            raise AssertionError(f"strace ended: {self._strace.communicate()[1]}")
        tasks = [Path("/proc", str(self._pid), "task", task, "status") for task in os.listdir(self._tasks)]
        return not any("TracerPid:\t0\n" in task.read_text() for task in tasks)

    @property
    def _tasks(self) -> str:
        return f"/proc/{self._pid}/task"

    def times(self) -> int:
        """How often it has struck, so that a test knows that it tested something."""
        return self._notes().count("(INJECTED)") + self._notes().count("(DELAYED)")

    def seen(self, call: str) -> int:
        """How many calls there were that begin so, which is a pattern, with or without their end."""
        return len(re.findall(rf"^\d+ +{call}", self._notes(), re.MULTILINE))

    def _notes(self) -> str:
        return self._output.read_text() if self._output.exists() else ""
