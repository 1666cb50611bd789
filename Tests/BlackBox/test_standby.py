"""Two servers on one file in single-writer mode: one counts, the other waits for its turn."""

from __future__ import annotations

import fcntl
import json
import signal

import pytest

from harness.program import Server, wait_for
from harness.wire import expect_unavailable


def await_standby(server: Server) -> Server:
    server.wait_for_log("waiting for the lock")
    return server


def test_the_second_is_alive_but_unready_and_does_not_count(start) -> None:
    first = start().await_ready()
    first.add(3)
    second = await_standby(start())
    assert second.get("/healthz").status == 200
    assert second.get("/version").status == 200
    response = second.get("/readyz")
    assert (response.status, response.json) == (503, {"status": "unready", "reason": "lock held"})
    for method in ["GET", "POST"]:
        expect_unavailable(second.ask(method))
    assert first.get().count == 3
    assert first.get("/readyz").status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_second_takes_over_when_the_first_ends(start, number: signal.Signals) -> None:
    first = start().await_ready()
    first.add(3)
    second = await_standby(start())
    first.add(2)
    first.send_signal(number)
    second.await_ready()
    assert second.get().count == 5
    assert second.add() == 6
    assert json.loads(start.file.read_text()) == {"counter": 6}


def test_of_many_one_counts_at_a_time(start) -> None:
    count = 0
    servers = [start().await_ready(), *(await_standby(start()) for _ in range(3))]
    while servers:
        (leader,) = wait_for("one is ready", lambda: [s for s in servers if s.get("/readyz").status == 200])
        count += 2
        assert leader.add(2) == count
        leader.stop()
        servers.remove(leader)


def test_a_standby_stops_cleanly_and_touches_nothing(start) -> None:
    first = start().await_ready()
    first.add(3)
    before = sorted(path.name for path in start.folder.iterdir())
    content = start.file.read_bytes()
    await_standby(start()).stop()
    assert start.file.read_bytes() == content
    assert sorted(path.name for path in start.folder.iterdir()) == before
    assert first.add() == 4


def test_it_waits_for_a_python_service_as_well(start) -> None:
    start.file.write_text('{"counter": 9}')
    with open(start.folder / "counter.lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = await_standby(start())
        expect_unavailable(server.ask("POST"))
        # What the lock's holder does last is what the next one goes on from.
        start.file.write_text('{"counter": 12}')
        fcntl.flock(lock, fcntl.LOCK_UN)
        server.await_ready()
    assert server.add() == 13


def test_waiting_for_the_lock_is_logged_once(start) -> None:
    start().await_ready()
    second = await_standby(start())
    for _ in range(5):
        expect_unavailable(second.ask("POST"))
    assert len(second.log("waiting for the lock")) == 1


def test_a_lock_on_a_deleted_file_is_not_enough(start) -> None:
    """Else one server would hold the lock that was deleted, and another the one that took its name."""
    first = start().await_ready()
    first.add(3)
    second = await_standby(start())
    (start.folder / "counter.lock").unlink()
    first.kill()
    second.await_ready()
    third = await_standby(start())
    assert second.add() == 4
    expect_unavailable(third.ask("POST"))
