"""The file as the Python service uses it: what the server must share `/data` with while a team migrates.

Run as a program, it is such a service in a process of its own: it counts so many times, and prints one line
for each increment, a JSON array of start, end and number. Usage: python_service.py FILE TIMES
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from pathlib import Path


def increment(file: Path, sync: bool = True) -> int:
    """Adds one under the lock, in a new file that replaces the old one; returns the new count."""
    with open(file.with_suffix(".lock"), "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        count = read(file) + 1
        temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
        with open(temporary, "w") as output:
            json.dump({"counter": count}, output)
            output.flush()
            if sync:
                os.fsync(output.fileno())
        os.replace(temporary, file)
        return count


def read(file: Path) -> int:
    """The count that the file has; 0 where there is no file."""
    try:
        return json.loads(file.read_text())["counter"]
    except FileNotFoundError:
        return 0


def main(file: Path, times: int) -> None:
    for turn in range(times):
        start = time.monotonic()
        number = increment(file, sync=turn % 2 == 0)
        print(json.dumps([start, time.monotonic(), number]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
