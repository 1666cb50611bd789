"""Builds with a sanitizer: how they report, how a report is found, and how much slower they are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

#: Which one the program was built with: "address", "thread" or none.
NAME = os.environ.get("COUNTER_SANITIZER", "")
assert NAME in ("", "address", "thread"), f"COUNTER_SANITIZER={NAME} is neither 'address' nor 'thread'"

#: Seconds for what happens at once on an idle machine. Only a failure takes that long.
PATIENCE = 60.0 if NAME else 20.0

#: Seconds within which what "answers as fast as ever" must have answered, with room for a loaded machine.
FAST = 4.0 if NAME else 1.0

_MARKS = ("Sanitizer:", "runtime error:", "Fatal error:", "Current stack trace", "*** Signal")
#: Names for addresses, in reports and for suppressions; it comes with Swift.
_SYMBOLIZER = shutil.which("llvm-symbolizer") or shutil.which(
    "llvm-symbolizer", path=str(Path(shutil.which("swift") or "/usr/bin/swift").resolve().parent)
)
_SUPPRESSIONS = Path(__file__).parent / "thread-sanitizer.supp"


def scaled(size: int) -> int:
    """A load of this size, or a quarter of it where every step is several times slower."""
    return max(1, size // 4) if NAME else size


def environment() -> dict[str, str]:
    """What makes a report fatal, and visible in the exit status."""
    options = {
        "address": ["detect_leaks=1", "quarantine_size_mb=8"],
        # A thread that waits for a disk that never answers is not waited for at the end.
        "thread": [f"suppressions={_SUPPRESSIONS}", "report_thread_leaks=0"],
    }
    if not NAME:
        return {}
    common = ["exitcode=66", *([f"external_symbolizer_path={_SYMBOLIZER}"] if _SYMBOLIZER else [])]
    return {f"{NAME[0].upper()}SAN_OPTIONS": ":".join(common + options[NAME])}


def reports(output: str) -> list[str]:
    """The lines of standard error that are a sanitizer's report or a crash, if there are any."""
    return [line for line in output.splitlines() if any(mark in line for mark in _MARKS)]
