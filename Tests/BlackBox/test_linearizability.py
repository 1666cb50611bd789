"""Many clients at once: unique, ordered, never backwards, as real time has it."""

from __future__ import annotations

import time

import pytest

from harness.faults import LOCK, RENAME, SYNC, Fault
from harness.linearizability import violations
from harness.load import Load
from harness.program import wait_for
from harness.sanitizer import scaled
from harness.wire import request

CLIENTS = scaled(32)
SECONDS = 3.0
#: Fewer calls than this prove nothing.
LEAST_CALLS = scaled(1000)

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize("shared", ["false", "true"])
@pytest.mark.parametrize("loops", [1, 4])
def test_a_history_of_many_clients_is_linearizable(start, shared: str, loops: int) -> None:
    server = start(COUNTER_SHARED=shared, EVENT_LOOPS=loops).await_ready()
    first = server.add(3)
    with Load([server.port], CLIENTS) as load:
        time.sleep(SECONDS)
    assert load.wrong == []
    assert len(load.history) >= LEAST_CALLS, f"only {len(load.history)} calls"
    assert load.posts(answered=False) == 0, "a POST was refused or lost without any fault"
    assert violations(load.history, first, final=server.get().count)[:5] == []


@pytest.mark.parametrize("shared", ["false", "true"])
def test_those_who_wait_share_one_commit(start, shared: str) -> None:
    """Group commit: all POSTs that come while one is under way are in the next, so that there are two."""
    server = start(EVENT_LOOPS=2, COUNTER_SHARED=shared, COMMIT_TIMEOUT=60).await_ready()
    server.add()
    with Fault(server, start.folder, SYNC, "delay_enter=2s:when=1", RENAME.calls) as fault:
        first = server.connect().send(request("POST"))
        wait_for("the first commit stalls", lambda: fault.seen("f"))
        others = [server.connect().send(request("POST")) for _ in range(CLIENTS)]
        numbers = [connection.read_response(to="POST").count for connection in [first, *others]]
        commits = fault.seen("rename")
    for connection in [first, *others]:
        connection.socket.close()
    assert sorted(numbers) == list(range(2, CLIENTS + 3))
    assert commits == 2, f"{commits} commits for {CLIENTS + 1} POSTs"


def test_gets_that_wait_in_shared_mode_share_one_read(start) -> None:
    server = start(EVENT_LOOPS=2, COUNTER_SHARED="true", COMMIT_TIMEOUT=60).await_ready()
    server.add(3)
    with Fault(server, start.folder, LOCK, "delay_enter=2s:when=1", "open,openat,openat2") as fault:
        first = server.connect().send(request("GET"))
        wait_for("the first read stalls", lambda: fault.seen("flock"))
        others = [server.connect().send(request("GET")) for _ in range(CLIENTS)]
        counts = [connection.read_response().count for connection in [first, *others]]
        reads = fault.seen(rf"open\w*\([^)]*{start.file.name}")
    for connection in [first, *others]:
        connection.socket.close()
    assert counts == [3] * (CLIENTS + 1)
    assert reads == 2, f"{reads} reads for {CLIENTS + 1} GETs"
