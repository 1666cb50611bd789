"""Clients that are slow, silent or never read: cut when their time is up, and not before."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from harness.program import wait_for
from harness.sanitizer import NAME, PATIENCE, scaled
from harness.wire import Connection, expect_problem, request

DEADLINE = 1.0
#: A deadline may be kept late by a loaded machine, but not by as much as another drip would delay it.
ROOM = 5.0 if not NAME else 15.0
DRIP_SECONDS = 0.1

#: How many clients flood without reading, and what all of them together may cost the server.
FLOODERS = scaled(10)
MEMORY_BYTES = 16 << 20
FLOOD_BYTES = 256 << 20


def drip(connection: Connection, byte: Callable[[int], bytes]) -> float:
    """Sends byte after byte until the server ends it; returns after how many seconds that was."""
    start = time.monotonic()
    connection.socket.setblocking(False)
    while time.monotonic() < start + PATIENCE:
        try:
            connection.socket.send(byte(int((time.monotonic() - start) / DRIP_SECONDS)))
            if connection.socket.recv(1, socket.MSG_PEEK) is not None:
                return time.monotonic() - start
        except BlockingIOError:
            time.sleep(DRIP_SECONDS)
        except OSError:
            return time.monotonic() - start
    raise AssertionError(f"still open after {PATIENCE} s of dripping")


@pytest.mark.parametrize(
    "beginning, byte",
    [
        (b"", b"A"),
        (b"POST / HTTP/1.1\r\nHost: test\r\nX-Slow: ", b"x"),
        (b"POST / HTTP/1.1\r\nHost: test\r\n", b"X: y\r\n"),
        (b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 60000\r\n\r\n", b"x"),
        (b"POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["request line", "field", "fields", "body", "chunks"],
)
def test_a_request_that_drips_is_cut_at_its_deadline(start, beginning: bytes, byte: bytes) -> None:
    server = start(REQUEST_TIMEOUT=DEADLINE)
    with server.connect() as connection:
        connection.send(beginning)
        seconds = drip(connection, lambda _: byte)
    assert DEADLINE - 0.1 <= seconds <= DEADLINE + ROOM, f"cut after {seconds:.1f} s"
    assert server.get().count == 0


def test_the_deadline_is_told_in_http(start) -> None:
    server = start(REQUEST_TIMEOUT=DEADLINE)
    with server.connect() as connection:
        response = connection.send(b"POST / HTTP/1.1\r\nHost: te").read_response(to="POST")
        expect_problem(response, 408)
        assert response.closes
        connection.expect_close()


def test_each_request_of_a_connection_has_a_deadline_of_its_own(start) -> None:
    server = start(REQUEST_TIMEOUT=DEADLINE)
    with server.connect() as connection:
        for number in range(1, 4):
            connection.send(request("POST")[:10])
            time.sleep(DEADLINE * 0.6)
            assert connection.send(request("POST")[10:]).read_response(to="POST").count == number
        connection.send(request("POST")[:10])
        expect_problem(connection.read_response(to="POST"), 408)


def test_a_pause_between_requests_is_no_slow_request(start) -> None:
    server = start(REQUEST_TIMEOUT=DEADLINE)
    with server.connect() as connection:
        assert connection.ask("POST").count == 1
        assert connection.is_silent(DEADLINE * 2)
        assert connection.ask("POST").count == 2


@pytest.mark.parametrize("requests", [0, 1])
def test_an_idle_connection_is_closed(start, requests: int) -> None:
    server = start(IDLE_TIMEOUT=DEADLINE)
    with server.connect() as connection:
        for _ in range(requests):
            connection.ask("POST")
        start_of_silence = time.monotonic()
        connection.expect_close()
        seconds = time.monotonic() - start_of_silence
    assert DEADLINE - 0.1 <= seconds <= DEADLINE + ROOM, f"closed after {seconds:.1f} s"


def test_a_connection_in_use_is_not_idle(start) -> None:
    server = start(IDLE_TIMEOUT=DEADLINE)
    with server.connect() as connection:
        for number in range(1, 6):
            assert connection.ask("POST").count == number
            time.sleep(DEADLINE / 2)


def flood(connections: list[Connection], data: bytes, limit: int) -> int:
    """Sends on all of them, and reads nothing, until none takes any more; returns how many bytes went out."""
    for connection in connections:
        connection.socket.setblocking(False)
    sent, quiet_since = 0, time.monotonic()
    while sent < limit and time.monotonic() < quiet_since + 0.5:
        for connection in connections:
            try:
                sent += connection.socket.send(data)
                quiet_since = time.monotonic()
            except BlockingIOError:
                time.sleep(0.001)
            except OSError:
                pass
    return sent


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder without a disk: thousands of commits, one after the other, take no time."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.mark.heavy
@pytest.mark.parametrize("method, target", [("GET", "/"), ("POST", "/"), ("GET", "/nothing")])
def test_clients_that_pipeline_and_never_read_are_bounded_and_cut(
    memory: Path, start, method: str, target: str
) -> None:
    """They are cut once the kernel takes no more answers for them, and that is some thousands each."""
    server = start(IDLE_TIMEOUT=2, EVENT_LOOPS=1, COUNTER_FILE=memory / "counter.json")
    server.add(10)
    descriptors, before = server.open_descriptors(), server.resident_bytes()
    connections = [server.connect(receive_buffer=4096) for _ in range(FLOODERS)]
    try:
        sent = flood(connections, request(method, target) * 200, FLOOD_BYTES)
        grown = server.resident_bytes() - before
        assert sent > FLOODERS * 100_000, f"only {sent} bytes were sent: no flood"
        assert NAME or grown < MEMORY_BYTES, f"{sent} bytes sent and not read cost {grown} bytes"
        assert server.get("/healthz").status == 200
        wait_for("the clients are cut", lambda: server.open_descriptors() <= descriptors)
    finally:
        for connection in connections:
            connection.socket.close()
    assert server.get("/version").status == 200


def test_a_slow_reader_that_does_read_is_served_to_the_end(start) -> None:
    """More answers than all buffers hold: the server stops reading, then goes on, and loses none."""
    server = start(IDLE_TIMEOUT=5)
    number = 20_000
    with server.connect(receive_buffer=4096) as connection:
        connection.socket.settimeout(0.1)
        data, sent, read = request("GET", "/healthz") * number, 0, 0
        while read < number:
            with suppress(TimeoutError):
                sent += connection.socket.send(data[sent : sent + 65_536]) if sent < len(data) else 0
            for _ in range(min(200, number - read)):
                assert connection.read_response().json == {"status": "ok"}
                read += 1
            connection.socket.settimeout(0.1)
        assert connection.ask("POST").count == 1
