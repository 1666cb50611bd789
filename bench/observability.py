#!/usr/bin/env python3
"""What being watched costs: metrics on against off, and 1,000 event streams against none.

The server has one core; wrk, and whoever watches, the other. Each round measures every way once, in an order that
turns from round to round, so that what else the machine does falls on all of them alike; the figures are
medians over the rounds.
"""

import argparse
import http.client
import multiprocessing
import select
import socket
import statistics
import sys
import time

from harness import machine
from harness.processes import Failed, run
from harness.server import CounterServer
from harness.wrk import Load, Target, measure

STREAMS = 1000
CONNECTIONS = 64
WAYS = ["metrics", "scraped", "streams"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=3, help="length of each load (3)")
    parser.add_argument("--methods", nargs="+", choices=["GET", "POST"], default=["GET", "POST"])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS, help="of being watched")
    return parser.parse_args()


def scrape(port: int, until) -> None:
    """As an eager Prometheus: once a second."""
    while not until.wait(1):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/metrics")
        connection.getresponse().read()
        connection.close()


def follow(port: int, ready, until, events) -> None:
    """Reads many event streams, and adds up the events."""
    poll = select.epoll()
    streams = {}
    for _ in range(STREAMS):
        stream = socket.create_connection(("127.0.0.1", port), timeout=10)
        stream.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
        streams[stream.fileno()] = stream
        poll.register(stream, select.EPOLLIN)
    ready.set()
    while not until.is_set():
        for descriptor, _ in poll.poll(0.2):
            received = streams[descriptor].recv(4096)
            if not received:
                raise SystemExit("a stream ended")
            events.value += received.count(b"event:")


def watched(way: str, method: str, seconds: int, cpus: tuple[str, str]) -> dict[str, float]:
    """One load on a server of its own, watched in one way."""
    context = multiprocessing.get_context("fork")
    ready, until, events = context.Event(), context.Event(), context.Value("q", 0, lock=False)
    with CounterServer(1, cpus[0], metrics=way in ("metrics", "scraped")) as server:
        server.ready()
        watcher = None
        if way == "scraped":
            watcher = context.Process(target=scrape, args=(server.metrics_port, until))
        elif way == "streams":
            watcher = context.Process(target=follow, args=(server.port, ready, until, events))
        if watcher:
            watcher.start()
            run(["taskset", "-cp", cpus[1], str(watcher.pid)], "taskset")
            if way == "streams" and not ready.wait(20):
                raise Failed(f"{STREAMS} streams could not be opened within 20 s")
        before, begun = events.value, time.monotonic()
        measured = measure(server, Load(method, CONNECTIONS), Target(server.port), seconds, cpus[1])
        told = (events.value - before) / (time.monotonic() - begun)
        if watcher:
            until.set()
            watcher.join()
            if watcher.exitcode != 0:
                raise Failed(f"who watched by {way} ended with status {watcher.exitcode}")
        return {"rate": measured.rate, "cpu": measured.cpu_per_100k * 10, "p99": measured.p99, "events": told}


def medians(figures: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(figure[key] for figure in figures) for key in figures[0]}


def main() -> None:
    options = arguments()
    machine.need_descriptors(STREAMS + 200)
    cpus = machine.cores()
    cases = [(method, way) for method in options.methods for way in ["off", *options.ways]]
    found: dict[tuple[str, str], list[dict[str, float]]] = {case: [] for case in cases}
    for turn in range(options.rounds):
        for method, way in cases[turn % len(cases) :] + cases[: turn % len(cases)]:
            print(f"  round {turn + 1}: {method}, {way}", file=sys.stderr)
            found[method, way].append(watched(way, method, options.seconds, cpus))
    print(f"{options.rounds} rounds of {options.seconds} s, {CONNECTIONS} connections, medians")
    print("| load | watched by | requests/s | of off | processor, us/request | of off | p99, ms | events/s |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for method, way in cases:
        off, own = medians(found[method, "off"]), medians(found[method, way])
        print(
            f"| {method} | {way} | {own['rate']:,.0f} | {own['rate'] / off['rate']:.3f} | {own['cpu']:.2f} "
            f"| {own['cpu'] / off['cpu']:.3f} | {own['p99'] * 1000:.2f} | {own['events']:,.0f} |"
        )


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"observability.py: {failure}")
