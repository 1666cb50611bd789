#!/usr/bin/env python3
"""make bench-check: how many instructions one GET and one POST take, against bench/instructions.json.

valgrind counts them, so the figure is the same on a busy machine and on an idle one: a change that makes
requests more expensive by more than 10 % fails. One loop, one connection, one request after the other, so every
POST is a commit of its own. The store is in memory: the program's own instructions are counted, not the
kernel's. What the start and the first requests cost is in all runs and falls out of the difference of two.
"""

import argparse
import json
import re
import socket
import sys
import tempfile
from pathlib import Path

from harness import build, http
from harness.processes import Failed
from harness.server import CounterServer

FIGURES = build.BENCH / "instructions.json"
ROOM = 0.10
FEW, MANY = 500, 1500
# String hashing is seeded anew by each start otherwise, and with it the way through a dictionary.
DETERMINISTIC = {"SWIFT_DETERMINISTIC_HASHING": "1", "LOG_FORMAT": "json", "LOG_LEVEL": "info"}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--update", action="store_true", help=f"write what was measured to {FIGURES.name}")
    return parser.parse_args()


def instructions(method: str, requests: int, folder: Path) -> int:
    """Of one whole life of the server, in which it answers so many requests."""
    counts = folder / "callgrind.out"
    wrapper = ["valgrind", "--tool=callgrind", "--quiet", f"--callgrind-out-file={counts}"]
    with CounterServer(folder=folder, env=DETERMINISTIC, wrapper=wrapper) as server:
        server.ready()
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            for _ in range(requests):
                status, body = http.request(connection, "/", method)
                if status != 200:
                    raise Failed(f"{method} / was answered {status}: {body!r}")
        server.stop(seconds=60)
    total = re.search(r"^(?:totals|summary): (\d+)", counts.read_text(), re.MULTILINE)
    if total is None:
        raise Failed(f"{counts} has no total: the server did not end by itself")
    return int(total[1])


def per_request(method: str) -> int:
    counted = []
    for requests in (FEW, MANY):
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            counted.append(instructions(method, requests, Path(folder)))
    return round((counted[1] - counted[0]) / (MANY - FEW))


def compare(expected: dict[str, int], measured: dict[str, int]) -> list[str]:
    """One line for each figure that is worse than there is room for."""
    return [
        f"{name}: {now:,} instructions, more than {expected[name]:,} and {ROOM:.0%}. If that is worth it: "
        "bench/bench_check.py --update"
        for name, now in measured.items()
        if now > expected[name] * (1 + ROOM)
    ]


def main() -> None:
    options = arguments()
    try:
        build.install("valgrind")
        measured = {method: per_request(method) for method in ("GET", "POST")}
    except Failed as error:
        sys.exit(f"bench-check: {error}")
    if options.update:
        FIGURES.write_text(json.dumps(measured, indent=4) + "\n")
    expected = json.loads(FIGURES.read_text())
    for name, now in measured.items():
        change = now / expected[name] - 1
        print(f"{name}: {now:,} instructions a request, {change:+.1%} against {FIGURES.name}")
    if worse := compare(expected, measured):
        sys.exit("\n".join(["bench-check: slower than it was", *worse]))


if __name__ == "__main__":
    main()
