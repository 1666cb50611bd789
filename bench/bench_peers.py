#!/usr/bin/env python3
"""make bench-peers: the counter service beside what one could run instead, on this machine.

Each peer runs alone, on loopback. A round gives every load to every peer in turn; ratios are computed within
a round, and medians over the rounds are what is printed: machines are noisy. The raw figures are kept in
bench/results/; --readme puts the tables of such a file into bench/README.md.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from harness import build, machine, peer_report
from harness.deployed import deployed_bytes
from harness.http import IdleConnections
from harness.peers import KINDS, Kind
from harness.processes import Failed
from harness.wrk import Load, measure

CONNECTIONS = [1, 64, 256, 1000]
IDLE = [1000, 10_000]
RESULTS = build.BENCH / "results"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="rounds (3)")
    parser.add_argument("--seconds", type=int, default=2, help="length of each load (2)")
    parser.add_argument(
        "--peers", nargs="+", choices=KINDS, default=list(KINDS), metavar="PEER", help=", ".join(KINDS))
    parser.add_argument("--loads", nargs="+", metavar="LOAD", help='such as "GET 64" or "GET 64 close" (all)')
    parser.add_argument("--cores", choices=["one", "all", "both"], default="both", help="which cores (both)")
    parser.add_argument("--quick", action="store_true", help="1 round of 1 second, 64 connections, one core")
    parser.add_argument(
        "--readme", metavar="RESULTS.json", type=Path, help="write a run's tables to README.md, and end")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.cores = 1, 1, "one"
        options.loads = options.loads or ["GET 64", "POST 64"]
    return options


def all_loads(cores: str) -> list[Load]:
    """One connection on all cores would say what it says on one."""
    connections = CONNECTIONS if cores == "one" else CONNECTIONS[1:]
    keep = [Load(method, count) for method in ("GET", "POST") for count in connections]
    return [*keep, Load("GET", 64, keep_alive=False)]


def measure_load(kind: Kind, load: Load, cores: str, seconds: int) -> dict[str, float]:
    server_cpu, load_cpu = machine.cores() if cores == "one" else (None, None)
    workers = 1 if cores == "one" else machine.all_cores()
    with kind.start(workers, server_cpu) as server:
        server.wait(server.port, kind.get_path)
        target = kind.target(server.port, load.method)
        return vars(measure(server, load, target, seconds, load_cpu, threads=workers))


def measure_footprint(kind: Kind) -> dict[str, object]:
    """Start and memory, with one worker."""
    with kind.start(1, None) as server:
        found: dict[str, object] = {"start": server.wait(server.port, kind.get_path)}
        found["0"] = server.resident_bytes()
        connections = IdleConnections(server.port, kind.get_path)
        try:
            for count in IDLE:
                connections.grow(count)
                found[str(count)] = server.resident_bytes()
            found["held"] = connections.held()
        finally:
            connections.close()
    return found


def one_round(options: argparse.Namespace, number: int) -> dict[str, object]:
    """Every load on every peer; the first peer is another one in each round."""
    names = options.peers[number % len(options.peers):] + options.peers[: number % len(options.peers)]
    found: dict[str, object] = {"loads": {}, "footprint": {}}
    for cores in ("one", "all") if options.cores == "both" else (options.cores,):
        for load in all_loads(cores):
            if options.loads and load.name not in options.loads:
                continue
            for name in names:
                kind = KINDS[name]
                if load.method == "POST" and not kind.counts:
                    continue
                print(f"  round {number + 1}, {cores}, {load.name}: {name}", file=sys.stderr)
                found["loads"].setdefault(f"{cores} {load.name}", {})[name] = measure_load(
                    kind, load, cores, options.seconds)
    for name in names:
        print(f"  round {number + 1}, memory and start: {name}", file=sys.stderr)
        found["footprint"][name] = measure_footprint(KINDS[name])
    return found


def prepare(names: list[str]) -> None:
    build.install("wrk", "gcc", "libc6-dev", "binutils")
    packages = {package for name in names for package in KINDS[name].packages}
    if packages:
        build.install_peers(*sorted(packages))
    for name in names:
        # Builds what is missing, so that no start that is measured waits for a compiler.
        KINDS[name].deployed()


def run(options: argparse.Namespace) -> Path:
    folder = build.BENCH / "run"
    machine.need_disk(folder)
    machine.need_descriptors(2 * max(IDLE))
    prepare(options.peers)
    result: dict[str, object] = {
        "date": time.strftime("%Y-%m-%d"), "machine": machine.describe(folder), "seconds": options.seconds,
        "deployed": {name: deployed_bytes(KINDS[name].deployed()) for name in options.peers},
        "rounds": [one_round(options, number) for number in range(options.rounds)],
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime("peers-%Y%m%d-%H%M%S.json")
    path.write_text(json.dumps(result, indent=1))
    return path


def main() -> None:
    options = arguments()
    try:
        path = options.readme or run(options)
        report = peer_report.report(json.loads(path.read_text()))
        if options.readme:
            peer_report.write_into(build.BENCH / "README.md", report)
        else:
            print(report)
            print(f"bench-peers: raw figures in {path}", file=sys.stderr)
    except Failed as error:
        sys.exit(f"bench-peers: {error}")


if __name__ == "__main__":
    main()
