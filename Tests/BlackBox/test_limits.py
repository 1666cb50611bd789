"""More connections than are allowed, or than there are descriptors for: the server serves those it has."""

from __future__ import annotations

import itertools
import select
import time

import pytest

from harness.program import Server, wait_for
from harness.sanitizer import PATIENCE
from harness.wire import Closed, Connection, request

LIMIT = 8
DESCRIPTORS = 64
#: Of one core, while connections wait that can't be accepted. A loop that spins takes all of it.
CPU_SHARE = 0.5


def settled(connections: list[Connection], quiet: float = 0.5) -> tuple[list[Connection], list[Connection]]:
    """Those that were served and those that were refused, once nothing has come for so many seconds."""
    served: list[Connection] = []
    refused: list[Connection] = []
    waiting = list(connections)
    while readable := select.select([connection.socket for connection in waiting], [], [], quiet)[0]:
        for connection in [connection for connection in waiting if connection.socket in readable]:
            waiting.remove(connection)
            try:
                served += [connection] if connection.read_response().status == 200 else []
            except (Closed, OSError):
                refused.append(connection)
    return served, refused


def ask_all(server: Server, number: int) -> list[Connection]:
    """So many connections that have each sent one request; a refused one is left out."""
    connections = []
    for _ in range(number):
        try:
            connections.append(server.connect().send(request("GET", "/version")))
        except OSError:
            continue
    return connections


def close_all(connections: list[Connection]) -> None:
    for connection in connections:
        connection.socket.close()


@pytest.mark.parametrize("loops", [1, 2, 4])
def test_no_more_connections_are_served_than_allowed(start, loops: int) -> None:
    server = start(MAX_CONNECTIONS=LIMIT, EVENT_LOOPS=loops)
    connections = ask_all(server, LIMIT * 4)
    number = len(settled(connections)[0])
    close_all(connections)
    assert 1 <= number <= LIMIT, f"{number} connections were served at once, {LIMIT} are allowed"


@pytest.mark.parametrize("loops", [1, 4])
def test_those_over_the_limit_that_wait_are_served_when_others_leave(start, loops: int) -> None:
    server = start(MAX_CONNECTIONS=LIMIT, EVENT_LOOPS=loops)
    connections = ask_all(server, LIMIT * 4)
    waiting = list(connections)
    deadline = time.monotonic() + PATIENCE
    while waiting and time.monotonic() < deadline:
        for connection in itertools.chain(*settled(waiting, quiet=0.1)):
            connection.socket.close()
            waiting.remove(connection)
    close_all(connections)
    assert not waiting, f"{len(waiting)} of {len(connections)} were neither served nor refused"


def test_those_open_at_the_limit_go_on_undisturbed(start) -> None:
    server = start(MAX_CONNECTIONS=LIMIT, EVENT_LOOPS=1)
    inside = [server.connect() for _ in range(LIMIT)]
    for connection in inside:
        connection.ask("GET")
    outside = ask_all(server, LIMIT)
    for turn in range(5):
        for place, connection in enumerate(inside):
            assert connection.ask("POST").count == turn * LIMIT + place + 1
    assert not settled(outside)[0]
    close_all(inside + outside)
    assert wait_for("a new connection is served", lambda: server.get().count == 5 * LIMIT)


def test_waiting_connections_cost_no_time(start) -> None:
    server = start(MAX_CONNECTIONS=LIMIT)
    connections = ask_all(server, LIMIT * 4)
    assert len(settled(connections)[0]) < len(connections)
    before, seconds = server.cpu_seconds(), 1.0
    time.sleep(seconds)
    used = server.cpu_seconds() - before
    close_all(connections)
    assert used < CPU_SHARE * seconds, f"{used:.2f} s of processor time in {seconds} s of waiting"


@pytest.mark.parametrize("shared", ["false", "true"])
def test_running_out_of_descriptors_is_survived(start, shared: str) -> None:
    server = start(prefix=("prlimit", f"--nofile={DESCRIPTORS}:{DESCRIPTORS}"), COUNTER_SHARED=shared)
    # In shared mode each commit opens files; without descriptors it fails, and says so.
    server.may_log_errors = shared == "true"
    inside = server.await_ready().connect()
    assert inside.ask("POST").count == 1
    lines = len(server.log())
    connections = ask_all(server, DESCRIPTORS * 2)
    wait_for("all descriptors are in use", lambda: server.open_descriptors() >= DESCRIPTORS)

    before, seconds = server.cpu_seconds(), 2.0
    time.sleep(seconds)
    used = server.cpu_seconds() - before
    assert used < CPU_SHARE * seconds, f"{used:.2f} s of processor time in {seconds} s without descriptors"
    new_lines = len(server.log_text().splitlines()) - lines
    assert new_lines < 50, f"{new_lines} log lines in {seconds} s without descriptors"
    assert inside.ask("GET", "/healthz").status == 200
    status = inside.ask("POST").status
    assert status == 200 or (shared == "true" and status == 503)

    close_all(connections)
    wait_for("the server takes connections again", lambda: server.get("/readyz").status == 200)
    assert inside.ask("POST").count in (2, 3)
    inside.socket.close()
