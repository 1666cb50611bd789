#!/usr/bin/env python3
"""make bench: what the counter service does on this machine, in about a minute.

The server has one core and wrk the other. Beside it: what one commit costs on the same disk without any
service, memory, start, and what a probe of /healthz sees while POST runs at full load.
"""

import argparse
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from harness import build, machine, table
from harness.http import IdleConnections
from harness.processes import Failed, pinned, run
from harness.server import CounterServer
from harness.wrk import Load, Measured, Target, measure, wrk

CONNECTIONS = [1, 64, 256]
COMMITS = 300
IDLE = 1000


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=int, default=3, help="length of each load (3)")
    parser.add_argument("--connections", type=int, nargs="+", default=CONNECTIONS, metavar="N")
    parser.add_argument("--loops", type=int, default=1, help="EVENT_LOOPS (1), all on one core")
    parser.add_argument("--metrics", choices=["on", "off"], default="off", help="METRICS_PORT (off)")
    return parser.parse_args()


def loads(options: argparse.Namespace, cpus: tuple[str, str]) -> dict[str, Measured]:
    measured: dict[str, Measured] = {}
    with CounterServer(options.loops, cpus[0], options.metrics == "on") as server:
        server.ready()
        for method in ("GET", "POST"):
            for connections in options.connections:
                load = Load(method, connections)
                print(f"  {load.name}", file=sys.stderr)
                measured[load.name] = measure(server, load, Target(server.port), options.seconds, cpus[1])
    return measured


def commit_cost(cpu: str) -> dict[str, dict[str, float]]:
    """Milliseconds of each way to commit, in the folder where the servers keep their data."""
    program = build.compile_c("commit-cost.c")
    folder = build.fresh_folder("commit-cost")
    return json.loads(run(pinned([str(program), str(folder), str(COMMITS)], cpu), "commit-cost"))


def at_rest(options: argparse.Namespace, cpus: tuple[str, str]) -> dict[str, float]:
    """Start, and memory: what a further connection costs is the slope over a thousand of them."""
    with CounterServer(options.loops, cpus[0], options.metrics == "on") as server:
        started = server.ready()
        idle = server.resident_bytes()
        connections = IdleConnections(server.port, "/")
        connections.grow(IDLE)
        each = (server.resident_bytes() - idle) / IDLE
        connections.close()
    return {"start": started, "idle": idle, "each": each}


def probe(port: int, seconds: int, cpu: str) -> dict[str, float]:
    program = str(build.compile_c("probe.c"))
    return json.loads(run(pinned([program, str(port), "/healthz", str(seconds * 500), "2000"], cpu), "probe"))


def health(options: argparse.Namespace, cpus: tuple[str, str]) -> dict[str, dict[str, float]]:
    """/healthz on the public port, at rest and while 256 connections POST as fast as they are answered."""
    with CounterServer(options.loops, cpus[0], options.metrics == "on") as server:
        server.ready()
        rest = probe(server.port, options.seconds, cpus[1])
        with ThreadPoolExecutor() as pool:
            load = pool.submit(wrk, Load("POST", 256), Target(server.port), options.seconds + 2, cpus[1])
            time.sleep(1)
            loaded = probe(server.port, options.seconds, cpus[1])
            load.result()
    return {"rest": rest, "loaded": loaded}


def report(options: argparse.Namespace) -> None:
    cpus = machine.cores()
    print(f"{options.seconds} s each, server on core {cpus[0]}, wrk on core {cpus[1]}", file=sys.stderr)
    before = commit_cost(cpus[0])
    measured = loads(options, cpus)
    after = commit_cost(cpus[0])
    commits = {
        name: {key: (cost + after[name][key]) / 2 for key, cost in costs.items()}
        for name, costs in before.items()
    }
    print(f"\nEVENT_LOOPS={options.loops}, metrics {options.metrics}")
    print(machine.line(build.BENCH / "run") + "\n")
    print(load_table(measured) + "\n")
    print(commit_table(commits) + "\n")
    print_ratios(measured, commits)
    print_rest(at_rest(options, cpus))
    print_health(health(options, cpus))


def load_table(measured: dict[str, Measured]) -> str:
    rows = [
        [name, table.count(m.rate), table.duration(m.p50), table.duration(m.p99), f"{m.cpu_per_100k:.2f}",
         table.count(m.failed + m.refused)]
        for name, m in measured.items()
    ]
    return table.markdown(["load", "requests/s", "p50", "p99", "CPU s per 100,000", "errors"], rows)


def commit_table(commits: dict[str, dict[str, float]]) -> str:
    rows = [[name, *(table.duration(cost[key] / 1e3) for key in ("median", "mean", "p99"))]
            for name, cost in commits.items()]
    return table.markdown(["raw commit on the same disk", "median", "mean", "p99"], rows)


def print_ratios(measured: dict[str, Measured], commits: dict[str, dict[str, float]]) -> None:
    for name, post in measured.items():
        method, connections = name.split()
        if method == "POST" and connections == "1":
            raw = commits["exchange"]["mean"] / 1e3
            print(f"POST on one connection takes {1 / post.rate / raw:.2f} times the raw exchange")
        elif method == "POST":
            get = measured[f"GET {connections}"]
            print(f"POST at {connections} reaches {post.rate / get.rate:.2f} of GET")


def print_rest(rest: dict[str, float]) -> None:
    print(f"ready {table.duration(rest['start'])} after the start; idle {table.size(rest['idle'])}, "
          f"and {table.size(rest['each'])} for each further idle connection")


def print_health(health: dict[str, dict[str, float]]) -> None:
    rest, loaded = (health[key]["p99"] / 1e3 for key in ("rest", "loaded"))
    note = "" if health["loaded"]["prioritised"] else " (no real-time priority: the probe waits for wrk too)"
    print(f"/healthz p99 {table.duration(rest)} at rest, {table.duration(loaded)} under POST from 256 "
          f"connections: {loaded / rest:.1f} times{note}")


def main() -> None:
    options = arguments()
    try:
        build.install("wrk", "gcc", "libc6-dev")
        machine.need_disk(build.BENCH / "run")
        machine.need_descriptors(4 * IDLE)
        report(options)
    except Failed as error:
        sys.exit(f"bench: {error}")


if __name__ == "__main__":
    main()
