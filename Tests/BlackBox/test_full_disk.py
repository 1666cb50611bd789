"""A disk with no room left: counts that were acknowledged are there, and it goes on when there is room."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import full_disk
from harness.full_disk import FileSizeLimit, TinyDisk
from harness.linearizability import violations
from harness.load import Load
from harness.program import Server, free_port, wait_for
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


def test_a_full_disk_at_the_start_is_waited_for(start, disk: Disk) -> None:
    file = disk.folder / "counter.json"
    file.write_text('{"counter": 41}')
    disk.fill()
    # A limit on file sizes holds for the log as well: what it would say is asked for instead.
    port = free_port()
    server = start(
        prefix=disk.prefix_when_full, listening=False, PORT=port, LOG_LEVEL="critical", COUNTER_FILE=file
    )
    server.port = port
    wait_for("it serves", lambda: is_there(server))
    wait_for("it has tried", lambda: server.get("/readyz").json.get("reason") == "store failing")
    with Watch(server):
        expect_unavailable(server.ask("POST"))
        assert json.loads(file.read_text()) == {"counter": 41}
    disk.empty(server)
    wait_for("it recovers by itself", lambda: server.get("/readyz").status == 200)
    assert server.get().count == 41
    assert server.add() == 42
    server.stop()


def is_there(server: Server) -> bool:
    try:
        return server.get("/healthz").status == 200
    except ConnectionRefusedError:
        return False


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
