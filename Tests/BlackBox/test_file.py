"""The counter file: its form, its mode, its neighbours, its lock."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from pathlib import Path

import pytest

from harness.program import wait_for

MAXIMUM = 2**63 - 1
TEMPORARY = ".counter.json.tmp"


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def umask(value: str) -> tuple[str, ...]:
    """A prefix that runs the program with this umask."""
    return ("sh", "-c", f'umask {value} && exec "$0" "$@"')


def test_it_is_one_json_object_with_the_count(start) -> None:
    server = start().await_ready()
    for count in range(1, 4):
        assert server.add() == count
        assert json.loads(start.file.read_text()) == {"counter": count}, "the answer came before the file"
    server.stop()
    assert json.loads(start.file.read_text()) == {"counter": 3}


def test_every_count_survives_a_stop(start) -> None:
    for begin in range(0, 9, 3):
        server = start().await_ready()
        assert server.get().count == begin
        assert server.add(3) == begin + 3
        server.stop()


@pytest.mark.parametrize("shared", ["false", "true"])
@pytest.mark.parametrize(
    "content, count",
    [
        ('{"counter": 41}', 41),
        ('{"counter":41}\n', 41),
        (' {\n  "counter" : 41\n}\r\n', 41),
        ('{"note": "x", "counter": 41, "more": {"counter": 7}}', 41),
        ('{"counter": 0}', 0),
        (f'{{"counter": {MAXIMUM - 1}}}', MAXIMUM - 1),
    ],
)
def test_what_another_program_wrote_is_read(start, shared: str, content: str, count: int) -> None:
    start.file.write_text(content)
    server = start(COUNTER_SHARED=shared).await_ready()
    assert server.get().count == count
    assert server.add() == count + 1
    assert json.loads(start.file.read_text())["counter"] == count + 1


@pytest.mark.parametrize("shared", ["false", "true"])
def test_a_new_file_has_mode_0600(start, shared: str) -> None:
    start(COUNTER_SHARED=shared, prefix=umask("000")).await_ready().add()
    assert mode(start.file) == 0o600


def test_a_tighter_umask_is_respected(start) -> None:
    start(prefix=umask("0277")).await_ready().add()
    assert mode(start.file) & ~0o400 == 0


@pytest.mark.parametrize("shared", ["false", "true"])
@pytest.mark.parametrize("bits", [0o600, 0o644, 0o640, 0o664, 0o660])
def test_an_existing_file_keeps_its_mode(start, shared: str, bits: int) -> None:
    start.file.write_text('{"counter": 5}')
    start.file.chmod(bits)
    server = start(COUNTER_SHARED=shared, prefix=umask("077")).await_ready()
    for count in range(6, 10):
        assert server.add() == count
        assert mode(start.file) == bits, f"mode {mode(start.file):o} after the commit of {count}"
    server.stop()
    assert mode(start.file) == bits


def test_nothing_is_left_beside_file_and_lock(start) -> None:
    server = start().await_ready()
    server.add(5)
    server.stop()
    assert sorted(os.listdir(start.folder)) == ["counter.json", "counter.lock"]


def test_in_shared_mode_nothing_is_left_even_between_commits(start) -> None:
    server = start(COUNTER_SHARED="true").await_ready()
    server.add(5)
    assert sorted(os.listdir(start.folder)) == ["counter.json", "counter.lock"]


@pytest.mark.parametrize("shared", ["false", "true"])
@pytest.mark.parametrize(
    "content", [b"", b'{"counter": 99}', b"\0" * 10_000], ids=["empty", "a count", "garbage"]
)
def test_a_temporary_file_that_a_crash_left_is_harmless_and_goes_away(
    start, shared: str, content: bytes
) -> None:
    start.file.write_text('{"counter": 7}')
    (start.folder / TEMPORARY).write_bytes(content)
    server = start(COUNTER_SHARED=shared).await_ready()
    assert server.add() == 8
    server.stop()
    assert sorted(os.listdir(start.folder)) == ["counter.json", "counter.lock"]
    assert json.loads(start.file.read_text()) == {"counter": 8}


def test_a_temporary_name_that_leads_elsewhere_is_not_followed(start) -> None:
    victim = start.folder.parent / "victim"
    victim.write_text("precious")
    (start.folder / TEMPORARY).symlink_to(victim)
    assert start().await_ready().add() == 1
    assert victim.read_text() == "precious"


def test_files_of_others_are_left_alone(start) -> None:
    others = ["counter.json.bak", ".counter.json.123.tmp", "counter.json.tmp", "other.json"]
    for name in others:
        (start.folder / name).write_text(name)
    server = start().await_ready()
    server.add(3)
    server.stop()
    assert [(start.folder / name).read_text() for name in others] == others


@pytest.mark.parametrize(
    "name, lock",
    [
        ("counter.json", "counter.lock"),
        ("count", "count.lock"),
        ("a.b.json", "a.b.lock"),
        (".hidden", ".hidden.lock"),
        ("counter with space.json", "counter with space.lock"),
    ],
)
def test_the_lock_is_beside_the_file_with_its_extension_replaced(start, name: str, lock: str) -> None:
    server = start(COUNTER_FILE=start.folder / name).await_ready()
    assert server.add() == 1
    with open(start.folder / lock, "r+") as file:
        with pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        server.stop()
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_between_commits_shared_mode_leaves_the_lock_to_others(start) -> None:
    server = start(COUNTER_SHARED="true").await_ready()
    server.add(3)
    with open(start.folder / "counter.lock", "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("shared", ["false", "true"])
def test_at_the_maximum_a_post_is_refused_and_nothing_wraps(start, shared: str) -> None:
    start.file.write_text(f'{{"counter": {MAXIMUM - 2}}}')
    server = start(COUNTER_SHARED=shared).await_ready()
    assert server.add(2) == MAXIMUM
    for _ in range(3):
        response = server.ask("POST")
        assert response.status == 503
        assert response.field("content-type") == "application/problem+json"
        assert "maximum" in response.json["detail"]
        assert server.get().count == MAXIMUM
    assert json.loads(start.file.read_text()) == {"counter": MAXIMUM}


def test_posts_at_once_share_what_is_left_below_the_maximum(start) -> None:
    start.file.write_text(f'{{"counter": {MAXIMUM - 3}}}')
    server = start().await_ready()
    connections = [server.connect() for _ in range(10)]
    for connection in connections:
        connection.send(b"POST / HTTP/1.1\r\nHost: test\r\n\r\n")
    responses = [connection.read_response(to="POST") for connection in connections]
    for connection in connections:
        connection.socket.close()
    answered = sorted(response.count for response in responses if response.status == 200)
    assert answered == [MAXIMUM - 2, MAXIMUM - 1, MAXIMUM]
    assert sum(response.status == 503 for response in responses) == 7


def test_a_server_at_the_maximum_starts_and_answers(start) -> None:
    start.file.write_text(f'{{"counter": {MAXIMUM}}}')
    server = start()
    assert wait_for("the count is there", lambda: server.get().status == 200)
    assert server.get().count == MAXIMUM
    assert server.ask("POST").status == 503
