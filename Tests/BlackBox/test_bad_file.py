"""A file that can't be understood is never read as 0 and never overwritten; a bad directory is named."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import program
from harness.program import Server, wait_for
from harness.wire import expect_unavailable

BAD = {
    "empty": b"",
    "white space": b" \n",
    "an empty object": b"{}",
    "no object": b"5",
    "an array": b"[5]",
    "null": b"null",
    "a negative count": b'{"counter": -1}',
    "one more than the maximum": b'{"counter": 9223372036854775808}',
    "far above the maximum": b'{"counter": 1e30}',
    "a fraction": b'{"counter": 1.5}',
    "a string": b'{"counter": "5"}',
    "a truth value": b'{"counter": true}',
    "nothing for a count": b'{"counter": null}',
    "another name": b'{"Counter": 5}',
    "truncated": b'{"counter": 5',
    "truncated in the number's name": b'{"coun',
    "text behind": b'{"counter": 5} 6',
    "two objects": b'{"counter": 5}{"counter": 6}',
    "zeros": b"\0" * 64,
    "zeros behind": b'{"counter": 5}' + b"\0" * 50,
    "noise": bytes(range(256)),
    "a megabyte": b"x" * (1 << 20),
    "a count behind a megabyte of spaces": b" " * (1 << 20) + b'{"counter": 5}',
}


def expect_end(server: Server, status: int, named: object) -> None:
    """It ends by itself with this status, and the last line says why."""
    server.may_log_errors = True
    assert server.wait() == status, server.log_text()
    complaints = [line for line in server.log() if line["level"] in ("error", "critical")]
    assert len(complaints) == 1, f"one clear line is due: {complaints}"
    assert str(named) in complaints[0]["message"], complaints[0]


@pytest.mark.parametrize("shared", ["false", "true"])
@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_it_ends_the_start_with_65_and_is_left_as_it_is(start, shared: str, content: bytes) -> None:
    start.file.write_bytes(content)
    before = start.file.stat()
    expect_end(start(listening=False, COUNTER_SHARED=shared), 65, start.file)
    after = start.file.stat()
    assert start.file.read_bytes() == content
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_directory_in_its_place_ends_the_start(start) -> None:
    start.file.mkdir()
    server = start(listening=False)
    expect_end(server, 65, start.file)


def test_a_missing_directory_ends_the_start_with_73(start) -> None:
    missing = start.folder / "missing"
    expect_end(start(listening=False, COUNTER_FILE=missing / "counter.json"), 73, missing)


def test_a_file_in_place_of_the_directory_ends_the_start_with_73(start) -> None:
    start.file.write_text('{"counter": 5}')
    expect_end(start(listening=False, COUNTER_FILE=start.file / "counter.json"), 73, start.file)


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user can get at, with the program in it."""
    with tempfile.TemporaryDirectory(prefix="counter-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copy(program.BINARY, folder / "counter-server")
        yield folder


def as_nobody() -> tuple[str, ...]:
    """Who runs the tests as root reads and writes everything: the server must be someone else."""
    if os.geteuid() != 0:
        return ()
    return ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")


def start_unprivileged(start, public: Path, file: Path) -> Server:
    return start(prefix=as_nobody(), binary=public / "counter-server", COUNTER_FILE=file, listening=False)


@pytest.mark.parametrize("bits", [0o555, 0o000])
def test_a_directory_without_rights_ends_the_start_with_73(start, public: Path, bits: int) -> None:
    folder = public / "data"
    folder.mkdir()
    folder.chmod(bits)
    try:
        expect_end(start_unprivileged(start, public, folder / "counter.json"), 73, folder)
    finally:
        folder.chmod(0o755)


def test_a_file_that_may_not_be_read_ends_the_start_and_is_left(start, public: Path) -> None:
    folder = public / "data"
    folder.mkdir()
    folder.chmod(0o777)
    file = folder / "counter.json"
    file.write_text('{"counter": 5}')
    file.chmod(0o000)
    expect_end(start_unprivileged(start, public, file), 65, file)
    file.chmod(0o600)
    assert file.read_text() == '{"counter": 5}'


def expect_unready(server: Server, reason: str) -> None:
    response = server.get("/readyz")
    assert (response.status, response.json) == (503, {"status": "unready", "reason": reason})


@pytest.mark.parametrize(
    "content", [BAD["empty"], BAD["truncated"], BAD["a negative count"], b'{"counter": 3}', None]
)
def test_in_shared_mode_a_file_that_goes_bad_stops_the_count_until_it_is_restored(start, content) -> None:
    """Also one that goes back, or away: numbers that were given out are not given out again."""
    server = start(COUNTER_SHARED="true").await_ready()
    server.may_log_errors = True
    server.add(5)
    good = start.file.read_bytes()
    start.file.unlink() if content is None else start.file.write_bytes(content)
    for method in ["POST", "GET", "POST"]:
        expect_unavailable(server.ask(method))
    expect_unready(server, "store failing")
    assert server.get("/healthz").status == 200
    if content is not None:
        assert start.file.read_bytes() == content
    start.file.write_bytes(good)
    wait_for("it recovers by itself", lambda: server.get("/readyz").status == 200)
    assert server.get().count == 5
    assert server.add() == 6


def test_a_standby_that_finds_a_bad_file_does_not_count_until_it_is_restored(start) -> None:
    first = start().await_ready()
    first.add(5)
    second = start()
    second.may_log_errors = True
    wait_for("the standby waits", lambda: second.log("waiting for the lock"))
    start.file.write_bytes(BAD["truncated"])
    first.kill()
    wait_for("the standby has seen it", lambda: second.log("store failed"))
    expect_unavailable(second.ask("POST"))
    expect_unavailable(second.get())
    expect_unready(second, "store failing")
    assert start.file.read_bytes() == BAD["truncated"]
    start.file.write_bytes(b'{"counter": 5}')
    wait_for("it recovers by itself", lambda: second.get("/readyz").status == 200)
    assert second.add() == 6
