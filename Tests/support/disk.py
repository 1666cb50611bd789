"""A disk that fails or hangs, as a running service sees it: strace(1) changes what fsync and fdatasync come to."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service import Service

SYNC = "fsync,fdatasync"


@contextmanager
def sick_disk(service: Service, effect: str) -> Iterator[None]:
    """While it lasts, each sync of the service has this effect: error=EIO, or delay_enter=3s."""
    assert service.process is not None
    pid = service.process.pid
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={SYNC}", "-e", f"inject={SYNC}:{effect}"]
    tracer = subprocess.Popen([*command, "-p", str(pid)])
    try:
        deadline = time.monotonic() + 10
        while not all(f"TracerPid:\t{tracer.pid}\n" in status for status in statuses(pid)):
            assert tracer.poll() is None and time.monotonic() < deadline, "strace could not attach"
            time.sleep(0.01)
        yield
    finally:
        tracer.terminate()
        tracer.wait(timeout=30)


def statuses(pid: int) -> list[str]:
    return [status.read_text() for status in Path(f"/proc/{pid}/task").glob("*/status")]
