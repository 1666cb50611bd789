"""A disk with no room left: counts that were acknowledged are there, and it goes on when there is room."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import full_disk
from harness.full_disk import FileSizeLimit, TinyDisk
from harness.linearizability import violations
from harness.load import Load
from harness.program import wait_for
from harness.watch import Watch
from harness.wire import expect_unavailable

KINDS = full_disk.kinds()
Disk = TinyDisk | FileSizeLimit


@pytest.fixture(params=KINDS)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    with KINDS[request.param](folder) as disk:
        yield disk


def test_a_disk_that_is_full_before_the_first_commit_is_waited_for(start, disk: Disk) -> None:
    file = disk.folder / "counter.json"
    file.write_text('{"counter": 41}')
    with open(file.with_suffix(".lock"), "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = start(COUNTER_FILE=file)
        server.may_log_errors = True
        server.wait_for_log("waiting for the lock")
        disk.fill(server)
    wait_for("it has tried", lambda: server.get("/readyz").json.get("reason") == "store failing")
    with Watch(server):
        expect_unavailable(server.ask("POST"))
        assert json.loads(file.read_text()) == {"counter": 41}
    disk.empty(server)
    wait_for("it recovers by itself", lambda: server.get("/readyz").status == 200)
    assert server.get().count == 41
    assert server.add() == 42
    server.stop()


@pytest.mark.parametrize("shared", ["false", "true"])
def test_a_disk_that_is_full_refuses_or_counts_and_goes_on_after(start, disk: Disk, shared: str) -> None:
    """A single writer on a file system keeps the room that it needs; what is new on a disk is refused."""
    file = disk.folder / "counter.json"
    server = start(COUNTER_FILE=file, COUNTER_SHARED=shared).await_ready()
    server.may_log_errors = True
    server.add(3)
    disk.fill(server)
    counted = 3
    with Watch(server):
        for _ in range(5):
            response = server.ask("POST")
            if response.status == 200:
                assert isinstance(disk, TinyDisk) and shared == "false"
                counted = response.count
            else:
                expect_unavailable(response)
    disk.empty(server)
    wait_for("it recovers by itself", lambda: server.get("/readyz").status == 200)
    assert counted <= server.get().count <= 8
    assert server.add() == server.get().count
    server.stop()


@pytest.mark.heavy
@pytest.mark.parametrize("shared", ["false", "true"])
def test_a_disk_that_fills_and_empties_under_load_costs_no_count(start, disk: Disk, shared: str) -> None:
    file = disk.folder / "counter.json"
    server = start(COUNTER_FILE=file, COUNTER_SHARED=shared).await_ready()
    server.may_log_errors = True
    with Load([server.port], clients=8) as load:
        for _ in range(5):
            enough = len(load.history) + 200
            wait_for("calls go on", lambda enough=enough: len(load.history) > enough)
            disk.fill(server)
            enough = len(load.history) + 200
            wait_for("calls go on", lambda enough=enough: len(load.history) > enough)
            disk.empty(server)
            wait_for("it recovers by itself", lambda: server.get("/readyz").status == 200)
    assert load.wrong == []
    final = server.get().count
    assert violations(load.history, final=final)[:5] == []
    server.kill()
    assert json.loads(file.read_text()) == {"counter": final}
