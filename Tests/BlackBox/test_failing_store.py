"""A disk that fails: 503 meanwhile, the service alive, right counts after, and nobody has to restart it."""

from __future__ import annotations

import json
import time

import pytest

from harness import python_service
from harness.faults import LOCK, STEPS, SYNC, Fault, Step
from harness.linearizability import violations
from harness.load import Load
from harness.program import Server, wait_for
from harness.sanitizer import scaled
from harness.watch import Watch
from harness.wire import expect_unavailable

BEFORE = 3
REFUSED = 5
CLIENTS = scaled(16)


def targets(shared: str) -> list[str]:
    """What answers whatever the disk does. In shared mode the count is on the disk."""
    return ["/healthz", "/version", *([] if shared == "true" else ["/"])]


def expect_failing(server: Server) -> None:
    for _ in range(REFUSED):
        expect_unavailable(server.ask("POST"))
    response = server.get("/readyz")
    assert (response.status, response.json) == (503, {"status": "unready", "reason": "store failing"})


def expect_recovered(server: Server, least: int = BEFORE) -> None:
    """By itself, before anyone counts; each refused POST is in the count once or not at all."""
    wait_for("it recovers by itself", lambda: server.get("/readyz").status == 200)
    count = server.get().count
    assert least <= count <= BEFORE + REFUSED, f"{count} after {BEFORE} acknowledged and {REFUSED} refused"
    assert server.add(3) == count + 3
    assert len(server.log("store failed")) >= 1 and len(server.log("store recovered")) >= 1


@pytest.mark.parametrize("shared", ["false", "true"])
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_fails_is_survived(start, step: str, error: str, shared: str) -> None:
    server = start(COUNTER_SHARED=shared).await_ready()
    server.may_log_errors = True
    server.add(BEFORE)
    with Fault(server, start.folder, STEPS[step], f"error={error}") as fault, Watch(server, targets(shared)):
        expect_failing(server)
        assert fault.times() > 0, "nothing was made to fail"
        # Where the rename was done, the next commit must start from there and not from memory.
        on_disk = python_service.read(start.file)
    expect_recovered(server, least=on_disk)


@pytest.mark.parametrize("shared", ["false", "true"])
def test_what_was_counted_before_and_after_a_failure_is_there_after_a_crash(start, shared: str) -> None:
    server = start(COUNTER_SHARED=shared).await_ready()
    server.may_log_errors = True
    server.add(BEFORE)
    with Fault(server, start.folder, SYNC, "error=EIO"):
        expect_failing(server)
    expect_recovered(server)
    last = server.add()
    server.kill()
    assert start(COUNTER_SHARED=shared).await_ready().get().count == last


@pytest.mark.heavy
@pytest.mark.parametrize("shared", ["false", "true"])
@pytest.mark.parametrize("step", STEPS)
def test_steps_that_fail_now_and_then_leave_the_history_linearizable(start, step: str, shared: str) -> None:
    server = start(COUNTER_SHARED=shared).await_ready()
    server.may_log_errors = True
    with Load([server.port], CLIENTS) as load:
        with Fault(server, start.folder, STEPS[step], "error=EIO:when=5+7") as fault:
            wait_for("some POSTs are refused", lambda: load.posts(answered=False) > CLIENTS)
            time.sleep(1)
        struck = fault.times()
        wait_for("it recovers by itself", lambda: server.get("/readyz").status == 200)
        acknowledged = load.posts()
        wait_for("POSTs are answered again", lambda: load.posts() > acknowledged + CLIENTS)
    assert struck > 0 and load.wrong == []
    assert violations(load.history, final=server.get().count)[:5] == []


@pytest.mark.parametrize("shared", ["false", "true"])
def test_a_lock_that_can_not_be_taken_is_survived(start, shared: str) -> None:
    """As on NFS after a lost lease. A single writer has it for life and does not ask again."""
    server = start(COUNTER_SHARED=shared).await_ready()
    server.may_log_errors = shared == "true"
    server.add(BEFORE)
    with Fault(server, start.folder, LOCK, "error=ENOLCK"), Watch(server, targets(shared)):
        if shared == "true":
            expect_failing(server)
        else:
            assert server.add() == BEFORE + 1
    if shared == "true":
        expect_recovered(server)


@pytest.mark.parametrize("error", ["EINVAL", "ENOSYS"])
def test_a_file_system_that_can_not_exchange_two_names_will_do(start, error: str) -> None:
    """As NFS: what one call can't do, another can."""
    server = start().await_ready()
    server.add(BEFORE)
    with Fault(server, start.folder, Step("renameat2"), f"error={error}"):
        assert server.add(5) == BEFORE + 5
    assert server.add(5) == BEFORE + 10
    server.stop()
    assert json.loads(start.file.read_text()) == {"counter": BEFORE + 10}


def test_a_failure_is_logged_when_it_begins_and_not_at_every_post(start) -> None:
    server = start().await_ready()
    server.may_log_errors = True
    server.add(BEFORE)
    with Fault(server, start.folder, SYNC, "error=EIO"):
        for _ in range(50):
            expect_unavailable(server.ask("POST"))
    wait_for("it recovers by itself", lambda: server.get("/readyz").status == 200)
    failed = server.log("store failed")
    assert 1 <= len(failed) <= 5, f"{len(failed)} lines for one failure"
    assert "sync" in failed[0]["error"] and str(start.file) in failed[0]["error"], failed[0]
