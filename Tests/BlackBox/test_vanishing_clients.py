"""Clients that go away in the middle: no error, no leak, no descriptor left, and every count right."""

from __future__ import annotations

import resource

import pytest

from harness.faults import SYNC, Fault
from harness.program import Server, wait_for
from harness.sanitizer import NAME, scaled
from harness.wire import Connection, request

CLIENTS = scaled(2000)
#: So often they come and go. In the first rounds the allocator takes what it needs from the system.
ROUNDS = 5
#: What two further rounds may cost: a leak of 1.5 KB for each client would show.
GROWTH_BYTES = 6 << 20

CHUNKED = b"POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"
BEGINNINGS = {
    "with the POST waiting for the disk": request("POST"),
    "with pipelined POSTs waiting": request("POST") * 3,
    "in the middle of the body": request("POST", body=b"x" * 1000)[:-500],
    "in the middle of a chunk": CHUNKED,
    "in the middle of the headers": request("POST")[:20],
}

pytestmark = pytest.mark.heavy


@pytest.fixture(autouse=True)
def enough_descriptors() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2 * CLIENTS:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(2 * CLIENTS, hard), hard))


def vanish(server: Server, data: bytes) -> None:
    """All clients send this and go: every other one with a reset, the others without having read."""
    connections = [server.connect().send(data) for _ in range(CLIENTS)]
    for place, connection in enumerate(connections):
        leave(connection, place)


def leave(connection: Connection, place: int) -> None:
    connection.reset() if place % 2 else connection.socket.close()


@pytest.mark.parametrize("data", BEGINNINGS.values(), ids=BEGINNINGS)
def test_it_leaves_nothing_behind(start, data: bytes) -> None:
    server = start(COMMIT_TIMEOUT=60).await_ready()
    server.add(3)
    descriptors, resident = server.open_descriptors(), []
    with Fault(server, start.folder, SYNC, "delay_enter=200ms"):
        for _ in range(ROUNDS):
            vanish(server, data)
            wait_for("all descriptors are closed", lambda: server.open_descriptors() <= descriptors)
            resident.append(server.resident_bytes())
    grown = min(resident[-2:]) - min(resident[-4:-2])
    assert NAME or grown < GROWTH_BYTES, f"{2 * CLIENTS} further clients cost {grown} bytes: {resident}"
    count = server.get().count
    assert 3 <= count <= 3 + ROUNDS * CLIENTS * data.count(b"POST"), f"the count is {count}"
    assert server.add() == count + 1
    server.stop()


def test_a_stall_with_clients_that_do_not_wait_for_its_end(start) -> None:
    """All of them gone before the commit ends: their answers go nowhere, and their counts are there."""
    server = start(COMMIT_TIMEOUT=60).await_ready()
    server.add(3)
    descriptors = server.open_descriptors()
    with Fault(server, start.folder, SYNC, "delay_enter=2s:when=1+2") as fault:
        connections = [server.connect().send(request("POST")) for _ in range(scaled(400))]
        wait_for("the disk stalls", lambda: fault.seen("f"))
        for place, connection in enumerate(connections):
            leave(connection, place)
        assert server.get("/healthz").status == 200
    wait_for("all descriptors are closed", lambda: server.open_descriptors() <= descriptors)
    assert 4 <= server.get().count <= 3 + len(connections)
    assert server.add() == server.get().count
