"""Bytes that are hardly HTTP: answered in HTTP or not at all, and the server lives on."""

from __future__ import annotations

import random

import pytest

from harness.program import Server
from harness.sanitizer import scaled
from harness.wire import Closed, WireError, expect_problem, request

SEED = 20_26
FUZZED = scaled(600)

#: Not to be answered as a request at all.
NOT_HTTP = {
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "HTTP/2.0": b"GET / HTTP/2.0\r\nHost: test\r\n\r\n",
    "HTTP/0.1": b"GET / HTTP/0.1\r\nHost: test\r\n\r\n",
    "a version without number": b"GET / HTTP/\r\nHost: test\r\n\r\n",
    "a version of another protocol": b"GET / HTTQ/1.1\r\nHost: test\r\n\r\n",
    "a version in lower case": b"GET / http/1.1\r\nHost: test\r\n\r\n",
    "text behind the version": b"GET / HTTP/1.1x\r\nHost: test\r\n\r\n",
    "no method": b" / HTTP/1.1\r\nHost: test\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: test\r\n\r\n",
    "an empty target": b"GET  HTTP/1.1\r\nHost: test\r\n\r\n",
    "a NUL in the method": b"GE\0T / HTTP/1.1\r\nHost: test\r\n\r\n",
    "a NUL in the target": b"GET /\0version HTTP/1.1\r\nHost: test\r\n\r\n",
    "a NUL in a name": b"GET / HTTP/1.1\r\nHost: test\r\nX\0Y: z\r\n\r\n",
    "only NULs": b"\0" * 1000 + b"\r\n\r\n",
    "a redis command": b"*1\r\n$4\r\nPING\r\n",
    "a letter": b"EHLO test\r\nMAIL FROM:<a@b>\r\n\r\n",
}

#: May be taken for the one request that they are, or be refused.
ODD = {
    "bare line feeds": b"POST / HTTP/1.1\nHost: test\n\n",
    "bare line feeds at the end only": b"POST / HTTP/1.1\r\nHost: test\n\n",
    "a carriage return alone in a value": b"POST / HTTP/1.1\r\nHost: test\r\nX: a\rb\r\n\r\n",
    "a folded field": b"POST / HTTP/1.1\r\nHost: test\r\nX: a\r\n b\r\n\r\n",
    "a folded host": b"POST / HTTP/1.1\r\nHost:\r\n test\r\n\r\n",
    "a folded line before all fields": b"POST / HTTP/1.1\r\n folded: x\r\nHost: test\r\n\r\n",
    "a NUL in a value": b"POST / HTTP/1.1\r\nHost: test\r\nX: a\0b\r\n\r\n",
    "HTTP/1.9": b"POST / HTTP/1.9\r\nHost: test\r\n\r\n",
    "HTTP/1.10": b"POST / HTTP/1.10\r\nHost: test\r\n\r\n",
    "spaces behind the version": b"POST / HTTP/1.1  \r\nHost: test\r\n\r\n",
    "several spaces before the target": b"POST   / HTTP/1.1\r\nHost: test\r\n\r\n",
    "a tab for a space": b"POST\t/\tHTTP/1.1\r\nHost: test\r\n\r\n",
    "an empty host": b"POST / HTTP/1.1\r\nHost:\r\n\r\n",
    "bytes beyond ASCII in a value": b"POST / HTTP/1.1\r\nHost: test\r\nX: \xff\xfe\xc3\xa9\r\n\r\n",
    "bytes beyond ASCII in the target": b"POST /?\xff\xfe HTTP/1.1\r\nHost: test\r\n\r\n",
    "an unfinished percent encoding": b"POST /?%2 HTTP/1.1\r\nHost: test\r\n\r\n",
    "a fragment in the target": b"POST /#x HTTP/1.1\r\nHost: test\r\n\r\n",
    "a host with a target in it": b"POST / HTTP/1.1\r\nHost: test/path?x\r\n\r\n",
    "many blank lines before": b"\r\n" * 20 + b"POST / HTTP/1.1\r\nHost: test\r\n\r\n",
}


@pytest.mark.parametrize("data", NOT_HTTP.values(), ids=NOT_HTTP)
def test_what_is_not_http_gets_an_error_or_no_answer(server: Server, data: bytes) -> None:
    with server.connect() as connection:
        connection.send_what_is_taken(data)
        connection.finish_sending()
        try:
            response = connection.read_response()
            assert 400 <= response.status < 600, f"taken for a request: {response}"
            expect_problem(response, response.status)
            assert response.closes
            connection.expect_close()
        except (Closed, ConnectionResetError):
            pass
    assert server.ask("POST").count == 1


@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_what_is_oddly_written_is_one_request_or_refused(server: Server, data: bytes) -> None:
    with server.connect() as connection:
        response = connection.send(data).read_response(to="POST")
        if response.status == 200:
            assert response.count == 1
            assert connection.ask("POST").count == 2, "it was taken for more than one request"
        else:
            expect_problem(response, response.status)
            assert response.status in (400, 404, 505), f"{response}"
            if response.status != 404:
                assert response.closes
                connection.expect_close()
    assert server.get().count == (2 if response.status == 200 else 0)


@pytest.mark.parametrize(
    "target", ["*", "/healthz#a", "test:80", "http://", "http:///", "//test/", "?", "%2f"]
)
def test_odd_targets_are_answered_in_http(server: Server, target: str) -> None:
    for method in ["GET", "OPTIONS", "CONNECT", "POST"]:
        try:
            response = server.ask(method, target)
        except Closed:
            continue
        assert response.status in (200, 204, 400, 404, 405, 501), f"{method} {target}: {response}"


def mutated(chance: random.Random) -> bytes:
    """A request or two with some bytes changed, doubled, cut out or put in."""
    data = bytearray(request("POST", body=b"hello") + request("GET", "/version", "Accept: */*\r\n"))
    if chance.random() < 0.5:
        data = bytearray(
            request("POST", fields="Transfer-Encoding: chunked\r\n") + b"5\r\nhello\r\n0\r\n\r\n"
        )
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(data))
        piece = bytes(chance.choice(b"\0\r\n :;,+-0x9aZ\xff\t") for _ in range(chance.randint(0, 4)))
        data[place : place + chance.randint(0, 4)] = piece
        data = data or bytearray(b"\n")
    return bytes(data)


@pytest.mark.parametrize("part", range(4))
def test_random_bytes_do_no_harm(server: Server, part: int) -> None:
    chance = random.Random(SEED + part)
    for turn in range(FUZZED // 4):
        data = mutated(chance) if turn % 4 else chance.randbytes(chance.randint(1, 4000))
        with server.connect() as connection:
            try:
                connection.send_what_is_taken(data)
                connection.finish_sending()
                while True:
                    response = connection.read_response()
                    assert response.status != 500, f"{data!r} was answered {response}"
            except (Closed, ConnectionResetError, BrokenPipeError):
                continue
            except WireError as error:
                # An answer to a HEAD or to an unknown method is framed otherwise than this reader thinks.
                assert b"HEAD" in data, f"{data!r}: {error}"
    assert server.get("/healthz").status == 200
    assert server.add() > 0
