#!/usr/bin/env python3
"""make bench-scaling: how cost grows, as docs/scaling.json and its picture docs/scaling.svg.

1. Throughput and p99 of GET and POST as connections go from 1 to 10,000, on the project's disk.
2. POST as every fsync gets slower, by a library loaded before libc (slowsync.c); the store is in memory there,
   so that the injected time is all there is. The server's own metrics tell commit time and batch size, and with
   them whether a batch is what the model says: arrival rate x commit time.
3. Memory as idle connections grow.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import build, http, machine
from harness.processes import Failed
from harness.server import CounterServer
from harness.wrk import Load, Target, measure

CONNECTIONS = [1, 4, 16, 64, 256, 1000, 4000, 10_000]
FSYNC_MILLISECONDS = [0.1, 0.3, 1, 3, 10, 30, 100]
CLIENTS_OF_SLOW_DISK = [64, 1000]
IDLE = [0, 1000, 2500, 5000, 7500, 10_000]
DATA = build.ROOT / "docs/scaling.json"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=int, default=4, help="length of each load (4)")
    parser.add_argument("--output", type=Path, default=DATA, help="the figures; the picture goes beside")
    return parser.parse_args()


def by_connections(seconds: int) -> list[dict[str, float]]:
    points = []
    server_cpu, load_cpu = machine.cores()
    for method in ("GET", "POST"):
        for connections in CONNECTIONS:
            print(f"  {method} {connections}", file=sys.stderr)
            with CounterServer(cpus=server_cpu) as server:
                server.ready()
                found = measure(server, Load(method, connections), Target(server.port), seconds, load_cpu)
            points.append({"method": method, "connections": connections, **vars(found)})
    return points


def commits(server: CounterServer) -> tuple[float, float, float]:
    """How many commits there were, the seconds that they took, and the increments that they carried."""
    answer = http.get(server.metrics_port, "/metrics")
    values = dict(line.rsplit(" ", 1) for line in answer[1].decode().splitlines() if not line.startswith("#"))
    names = ("duration_seconds_count", "duration_seconds_sum", "batch_size_sum")
    try:
        count, seconds, increments = (float(values[f"counter_commit_{name}"]) for name in names)
    except KeyError as missing:
        raise Failed(f"/metrics has no {missing}") from missing
    return count, seconds, increments


def by_fsync(seconds: int) -> list[dict[str, float]]:
    library = build.compile_c("slowsync.c", "-shared", "-fPIC", "-ldl")
    points = [
        slow_disk(library, milliseconds, connections, seconds)
        for connections in CLIENTS_OF_SLOW_DISK
        for milliseconds in FSYNC_MILLISECONDS
    ]
    # All clients are in each commit, and come back one by one through the loop, whose time for one shows in the
    # highest rate.
    fastest = max(point["rate"] for point in points)
    for point in points:
        clients = point["connections"]
        point["model_rate"] = clients / (point["commit"] + clients / fastest)
    return points


def slow_disk(library: Path, milliseconds: float, connections: int, seconds: int) -> dict[str, float]:
    print(f"  fsync {milliseconds} ms, POST {connections}", file=sys.stderr)
    server_cpu, load_cpu = machine.cores()
    # The library is for the server, not for taskset before it: that makes no difference, as it never syncs.
    env = {"LD_PRELOAD": str(library), "SLOWSYNC_US": str(round(milliseconds * 1000))}
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        with CounterServer(cpus=server_cpu, metrics=True, folder=Path(folder), env=env) as server:
            server.ready()
            before = commits(server)
            found = measure(server, Load("POST", connections), Target(server.port), seconds, load_cpu)
            count, spent, increments = (now - then for now, then in zip(commits(server), before))
    return {
        "fsync": milliseconds / 1000, "connections": connections, **vars(found),
        "commit": spent / count, "batch": increments / count, "batches": count,
        "model_batch": found.rate * spent / count, "disk_busy": spent * found.rate / found.requests,
    }


def by_idle() -> list[dict[str, float]]:
    with CounterServer() as server:
        server.ready()
        connections = http.IdleConnections(server.port, "/")
        points = []
        for count in IDLE:
            connections.grow(count)
            points.append({"connections": count, "resident": server.resident_bytes()})
        connections.close()
    return points


def slope(points: list[dict[str, float]]) -> float:
    """Bytes for each further connection, by least squares."""
    xs, ys = [point["connections"] for point in points], [point["resident"] for point in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys)) / sum((a - x) ** 2 for a in xs)


def summary(data: dict) -> str:
    """The model speaks of commits that follow each other at once: of a disk that is always busy."""
    busy = [point for point in data["fsync"] if point["disk_busy"] > 0.9]
    off = [abs(point["batch"] / point["model_batch"] - 1) for point in busy]
    fit = f"off by {max(off):.1%} at most, {sum(off) / len(off):.1%} on average" if off else "not tested"
    return (f"batch against arrival rate x commit time, {len(busy)} points whose disk is always busy: {fit}\n"
            f"{data['bytes_per_connection']:,.0f} bytes for each idle connection")


def main() -> None:
    options = arguments()
    try:
        build.install("wrk", "gcc", "libc6-dev")
        machine.need_disk(build.BENCH / "run")
        machine.need_descriptors(2 * max(IDLE))
        data = {
            "date": time.strftime("%Y-%m-%d"), "machine": machine.describe(build.BENCH / "run"),
            "connections": by_connections(options.seconds), "fsync": by_fsync(options.seconds),
            "idle": by_idle(),
        }
        data["bytes_per_connection"] = slope(data["idle"])
        options.output.write_text(json.dumps(data, indent=1) + "\n")
        python = build.environment("bench-plot") / "python3"
        subprocess.run([python, build.BENCH / "scaling_plot.py", options.output], check=True)
    except Failed as error:
        sys.exit(f"bench-scaling: {error}")
    print(summary(data))


if __name__ == "__main__":
    main()
