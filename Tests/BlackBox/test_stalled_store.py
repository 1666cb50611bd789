"""A disk that does not answer: POSTs are refused in time, the rest is as fast as ever, nothing is lost."""

from __future__ import annotations

import fcntl
import time

import pytest

from harness.faults import STEPS, SYNC, Fault
from harness.linearizability import violations
from harness.load import Load
from harness.program import Server, wait_for
from harness.sanitizer import FAST, NAME, scaled
from harness.watch import Watch
from harness.wire import expect_unavailable, request

STALL = "delay_enter=3s"
#: Seconds within which a POST that waits for the disk is refused, with room for a loaded machine.
COMMIT_TIMEOUT = 1.0
ROOM = 2.0 if not NAME else 10.0
CLIENTS = scaled(16)


def targets(shared: str) -> list[str]:
    return ["/healthz", "/version", *([] if shared == "true" else ["/"])]


def await_stall(fault: Fault) -> None:
    wait_for("a call stalls", lambda: fault.seen(r"\w+\("))


def expect_refused_within(server: Server, seconds: float) -> None:
    start = time.monotonic()
    expect_unavailable(server.ask("POST"))
    took = time.monotonic() - start
    assert took < seconds, f"refused after {took:.2f} s, {seconds} s are allowed"


@pytest.mark.parametrize("shared", ["false", "true"])
@pytest.mark.parametrize("step", STEPS)
def test_posts_are_refused_in_time_and_the_rest_is_fast(start, step: str, shared: str) -> None:
    server = start(COUNTER_SHARED=shared, COMMIT_TIMEOUT=COMMIT_TIMEOUT).await_ready()
    server.may_log_errors = True
    server.add(3)
    with Fault(server, start.folder, STEPS[step], "delay_enter=8s") as fault, Watch(server, targets(shared)):
        expect_refused_within(server, COMMIT_TIMEOUT + ROOM)
        assert fault.seen(r"\w+\("), "nothing stalled"
        response = server.get("/readyz")
        assert (response.status, response.json) == (503, {"status": "unready", "reason": "store stalled"})
        for _ in range(3):
            expect_refused_within(server, FAST)
    wait_for("it recovers by itself", lambda: server.get("/readyz").status == 200)
    count = server.get().count
    assert 3 <= count <= 3 + 4, f"{count} after 3 acknowledged and 4 refused"
    assert server.add() == count + 1


@pytest.mark.parametrize("shared", ["false", "true"])
@pytest.mark.parametrize("step", STEPS)
def test_a_stall_that_ends_in_time_is_only_a_slow_commit(start, step: str, shared: str) -> None:
    server = start(COUNTER_SHARED=shared, COMMIT_TIMEOUT=60).await_ready()
    server.add(3)
    connections = [server.connect() for _ in range(8)]
    with (
        Fault(server, start.folder, STEPS[step], "delay_enter=2s:when=1") as fault,
        Watch(server, targets(shared)),
    ):
        for connection in connections:
            connection.send(request("POST"))
        await_stall(fault)
        assert server.get("/readyz").status == 200
        numbers = [connection.read_response(to="POST").count for connection in connections]
    for connection in connections:
        connection.socket.close()
    assert sorted(numbers) == list(range(4, 12))
    assert server.get().count == 11


@pytest.mark.parametrize("shared", ["false", "true"])
@pytest.mark.parametrize("step", STEPS)
def test_the_answer_waits_for_every_step(start, step: str, shared: str) -> None:
    """The increment is on disk before the first byte of the answer; a step left out would show here."""
    server = start(COUNTER_SHARED=shared, COMMIT_TIMEOUT=60).await_ready()
    server.add(3)
    with server.connect() as connection, Fault(server, start.folder, STEPS[step], STALL) as fault:
        connection.send(request("POST"))
        await_stall(fault)
        assert connection.is_silent(0.5), "the answer came before the disk's"
    with server.connect() as connection:
        assert connection.ask("POST").count == 5


def test_a_get_during_a_stall_shows_what_was_committed(start) -> None:
    server = start(COMMIT_TIMEOUT=60).await_ready()
    server.add(3)
    with server.connect() as connection, Fault(server, start.folder, SYNC, STALL) as fault:
        connection.send(request("POST"))
        await_stall(fault)
        for _ in range(20):
            assert server.get().count == 3, "a number that is not on disk was shown"
        assert connection.read_response(to="POST").count == 4


def test_in_shared_mode_gets_that_wait_too_long_are_refused(start) -> None:
    server = start(COUNTER_SHARED="true", COMMIT_TIMEOUT=COMMIT_TIMEOUT).await_ready()
    server.may_log_errors = True
    server.add(3)
    with server.connect() as connection, Fault(server, start.folder, SYNC, "delay_enter=8s") as fault:
        connection.send(request("POST"))
        await_stall(fault)
        start_of_get = time.monotonic()
        expect_unavailable(server.get())
        assert time.monotonic() - start_of_get < COMMIT_TIMEOUT + ROOM
        expect_unavailable(connection.read_response(to="POST"))
    wait_for("it recovers by itself", lambda: server.get("/readyz").status == 200)
    assert server.get().count in (3, 4)


@pytest.mark.heavy
@pytest.mark.parametrize("shared", ["false", "true"])
def test_stalls_now_and_then_leave_the_history_linearizable(start, shared: str) -> None:
    server = start(COUNTER_SHARED=shared, COMMIT_TIMEOUT=0.3).await_ready()
    server.may_log_errors = True
    with Load([server.port], CLIENTS) as load:
        with Fault(server, start.folder, SYNC, "delay_enter=1s:when=4+9"):
            wait_for("some POSTs are refused", lambda: load.posts(answered=False) > CLIENTS)
            time.sleep(3)
        wait_for("it recovers by itself", lambda: server.get("/readyz").status == 200)
    assert load.wrong == []
    assert violations(load.history, final=server.get().count)[:5] == []


def test_a_lock_that_another_process_keeps_stalls_shared_mode_and_no_more(start) -> None:
    server = start(COUNTER_SHARED="true", COMMIT_TIMEOUT=COMMIT_TIMEOUT).await_ready()
    server.may_log_errors = True
    server.add(3)
    with open(start.folder / "counter.lock", "r+") as lock, Watch(server):
        fcntl.flock(lock, fcntl.LOCK_EX)
        expect_refused_within(server, COMMIT_TIMEOUT + ROOM)
        assert server.get("/readyz").json["reason"] == "store stalled"
        fcntl.flock(lock, fcntl.LOCK_UN)
        wait_for("it recovers by itself", lambda: server.get("/readyz").status == 200)
    assert server.get().count in (3, 4)
