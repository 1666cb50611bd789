"""Requests made to be read differently by two servers in line: refused, and never taken for more than one."""

from __future__ import annotations

from contextlib import suppress

import pytest

from harness.program import Server
from harness.wire import Closed, Connection, Response, expect_problem, request

#: What is to be hidden in a body: were it taken for a request, the count would tell.
SMUGGLED = request("POST")
LENGTH = len(SMUGGLED)
IN_A_CHUNK = b"%x\r\n%s\r\n0\r\n\r\n" % (LENGTH, SMUGGLED)
CHUNKED_SMUGGLED = b"0\r\n\r\n" + SMUGGLED


def head(line: str, *fields: str, host: str = "Host: test") -> bytes:
    return "".join(f"{text}\r\n" for text in (line, host, *fields) if text).encode("latin-1") + b"\r\n"


def post(*fields: str) -> bytes:
    return head("POST / HTTP/1.1", *fields)


#: RFC 9112 and the contract leave no choice: 400, and the connection closes.
REFUSED = {
    "two different lengths": post("Content-Length: 5", f"Content-Length: {LENGTH}") + SMUGGLED,
    "two different lengths, longer first": post(f"Content-Length: {LENGTH}", "Content-Length: 0") + SMUGGLED,
    "two lengths in one field": post("Content-Length: 5, 6") + SMUGGLED,
    "a length and chunked": post("Content-Length: 5", "Transfer-Encoding: chunked") + CHUNKED_SMUGGLED,
    "chunked and a length": post("Transfer-Encoding: chunked", "Content-Length: 5") + CHUNKED_SMUGGLED,
    "a length of 0 and chunked": post("Content-Length: 0", "Transfer-Encoding: chunked") + CHUNKED_SMUGGLED,
    "a signed length": post("Content-Length: +3") + b"abc" + SMUGGLED,
    "a negative length": post("Content-Length: -1") + SMUGGLED,
    "a length of minus zero": post("Content-Length: -0") + SMUGGLED,
    "a hexadecimal length": post("Content-Length: 0x3") + b"abc" + SMUGGLED,
    "an empty length": post("Content-Length: ") + SMUGGLED,
    "a length with text behind": post("Content-Length: 3abc") + b"abc" + SMUGGLED,
    "a length with a space in it": post("Content-Length: 3 3") + b"abc" + SMUGGLED,
    "a fraction for a length": post("Content-Length: 3.0") + b"abc" + SMUGGLED,
    "a space before the colon of the length": post(f"Content-Length : {LENGTH}") + SMUGGLED,
    "a tab before the colon of the length": post(f"Content-Length\t: {LENGTH}") + SMUGGLED,
    "a space before the colon of the encoding": post("Transfer-Encoding : chunked") + CHUNKED_SMUGGLED,
    "an unknown encoding": post("Transfer-Encoding: gzip") + SMUGGLED,
    "chunked is not the last encoding": post("Transfer-Encoding: chunked, gzip") + CHUNKED_SMUGGLED,
    "an encoding before chunked": post("Transfer-Encoding: gzip, chunked") + CHUNKED_SMUGGLED,
    "chunked twice": post("Transfer-Encoding: chunked, chunked") + CHUNKED_SMUGGLED,
    "chunked in two fields": post(*["Transfer-Encoding: chunked"] * 2) + CHUNKED_SMUGGLED,
    "an encoding that is almost chunked": post("Transfer-Encoding: xchunked") + CHUNKED_SMUGGLED,
    "chunked in quotes": post('Transfer-Encoding: "chunked"') + CHUNKED_SMUGGLED,
    "chunked after a vertical tab": post("Transfer-Encoding: \x0bchunked") + CHUNKED_SMUGGLED,
    "an empty encoding": post("Transfer-Encoding:") + CHUNKED_SMUGGLED,
    "a field without a name": post(": value", f"Content-Length: {LENGTH}") + SMUGGLED,
    "a field without a colon": post("Content-Length", "X: y") + SMUGGLED,
    "a control character in a name": post("Content-Length\x01: 3") + SMUGGLED,
    "no host": head("POST / HTTP/1.1", host="") + SMUGGLED,
    "two hosts": head("POST / HTTP/1.1", "Host: other") + SMUGGLED,
    "the same host twice": head("POST / HTTP/1.1", "Host: test") + SMUGGLED,
    "a space in the target": head("POST / / HTTP/1.1") + SMUGGLED,
    "a request in the target": head("POST /\x20HTTP/1.1\x20/ HTTP/1.1") + SMUGGLED,
    "a control character in the target": head("POST /\x01 HTTP/1.1") + SMUGGLED,
}

#: A body whose size is malformed: some of it may have been read when that shows.
MALFORMED_CHUNKS = {
    "a prefix of hexadecimal": b"0x3\r\nabc\r\n0\r\n\r\n",
    "a signed size": b"+3\r\nabc\r\n0\r\n\r\n",
    "a negative size": b"-3\r\nabc\r\n0\r\n\r\n",
    "a size of minus zero": b"-0\r\n\r\n",
    "a size that is no number": b"xyz\r\nabc\r\n0\r\n\r\n",
    "an empty size": b"\r\nabc\r\n0\r\n\r\n",
    "a space before the size": b" 3\r\nabc\r\n0\r\n\r\n",
    "an underscore in the size": b"0_3\r\nabc\r\n0\r\n\r\n",
    "a size beyond 64 bits": b"10000000000000003\r\nabc\r\n0\r\n\r\n",
    "a size of 2^63": b"8000000000000000\r\nabc\r\n0\r\n\r\n",
    "more data than the size": b"3\r\nabcdef\r\n0\r\n\r\n",
    "no line end after the data": b"3\r\nabc0\r\n\r\n",
    "a malformed size after a good chunk": b"3\r\nabc\r\n0x0\r\n\r\n",
}

#: Not forbidden outright, or without a prescribed answer: refused, or read as exactly one request.
ONE_AT_MOST = {
    "the same length twice": post(f"Content-Length: {LENGTH}", f"Content-Length: {LENGTH}") + SMUGGLED,
    "a length with zeros before": post(f"Content-Length: 000{LENGTH}") + SMUGGLED,
    "a length in another case": post(f"cOnTeNt-LeNgTh: {LENGTH}") + SMUGGLED,
    "a length with spaces around": post(f"Content-Length: \t {LENGTH} \t") + SMUGGLED,
    "chunked in another case": (
        post("Transfer-Encoding: CHUNKED") + IN_A_CHUNK),
    "a chunk extension": (
        post("Transfer-Encoding: chunked") + b"%x;a=b\r\n%s\r\n0\r\n\r\n" % (LENGTH, SMUGGLED)),
    "a chunk size with a space behind": (
        post("Transfer-Encoding: chunked") + b"%x \r\n%s\r\n0\r\n\r\n" % (LENGTH, SMUGGLED)),
    "a length beyond 64 bits": post(f"Content-Length: {2**64 + 3}") + b"abc" + SMUGGLED,
    "a length in a folded line": (
        post("X: y", f" Content-Length: {LENGTH}", f"Content-Length: {LENGTH}") + SMUGGLED),
    "a length whose value is folded": post("Content-Length:", f" {LENGTH}") + SMUGGLED,
    "a HEAD with a body": head("HEAD / HTTP/1.1", f"Content-Length: {LENGTH}") + SMUGGLED,
    "a HEAD with a chunked body": (
        head("HEAD / HTTP/1.1", "Transfer-Encoding: chunked") + IN_A_CHUNK),
    "a GET with a body": head("GET / HTTP/1.1", f"Content-Length: {LENGTH}") + SMUGGLED,
    "a DELETE with a body": head("DELETE / HTTP/1.1", f"Content-Length: {LENGTH}") + SMUGGLED,
    "a TRACE with a body": head("TRACE / HTTP/1.1", f"Content-Length: {LENGTH}") + SMUGGLED,
    "an OPTIONS with a body": head("OPTIONS / HTTP/1.1", f"Content-Length: {LENGTH}") + SMUGGLED,
    "a CONNECT with a body": head("CONNECT test:80 HTTP/1.1", f"Content-Length: {LENGTH}") + SMUGGLED,
    "an unknown method with a body": head("BREW / HTTP/1.1", f"Content-Length: {LENGTH}") + SMUGGLED,
    "chunked in HTTP/1.0": (
        head("POST / HTTP/1.0", "Transfer-Encoding: chunked", "Connection: keep-alive")
        + IN_A_CHUNK),
    "an upgrade": (
        head("GET / HTTP/1.1", "Connection: Upgrade", "Upgrade: h2c", f"Content-Length: {LENGTH}")
        + SMUGGLED),
}  # fmt: skip


def answers(connection: Connection, data: bytes) -> list[Response]:
    """All answers to `data` after which the client sends nothing more."""
    connection.send_what_is_taken(data)
    with suppress(OSError):
        connection.finish_sending()
    found = []
    method = data.split(b" ", 1)[0].decode()
    try:
        while True:
            found.append(connection.read_response(to=method))
    except (Closed, ConnectionResetError):
        return found


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_ambiguous_framing_is_400_and_the_end(server: Server, data: bytes) -> None:
    with server.connect() as connection:
        connection.send_what_is_taken(data)
        response = connection.read_response(to="POST")
        expect_problem(response, 400)
        assert response.closes
        connection.expect_close()
    assert server.get().count == 0, "a refused request was counted"


@pytest.mark.parametrize("chunks", MALFORMED_CHUNKS.values(), ids=MALFORMED_CHUNKS)
def test_a_malformed_chunk_size_is_refused_and_the_end(start, chunks: bytes) -> None:
    """As 400; as 413 where it may be read as a large number; at the latest when the rest does not come."""
    server = start(REQUEST_TIMEOUT=1)
    with server.connect() as connection:
        connection.send_what_is_taken(post("Transfer-Encoding: chunked") + chunks + SMUGGLED)
        response = connection.read_response(to="POST")
        assert response.status in (400, 408, 413), f"accepted as a request: {response}"
        expect_problem(response, response.status)
        assert response.closes
        connection.expect_close()
    assert server.get().count == 0, "a refused request was counted"


@pytest.mark.parametrize("data", ONE_AT_MOST.values(), ids=ONE_AT_MOST)
def test_one_request_gets_one_answer_at_most(server: Server, data: bytes) -> None:
    with server.connect() as connection:
        found = answers(connection, data)
    assert len(found) <= 1, f"one request was answered {len(found)} times: {found}"
    counted = data.startswith(b"POST") and bool(found) and found[0].status == 200
    assert server.get().count == counted, f"the body was taken for a request; answered {found}"
    if found and found[0].status >= 400 and found[0].status not in (404, 405):
        assert found[0].closes, f"{found[0]}"


@pytest.mark.parametrize("name", ["a DELETE with a body", "a GET with a body", "a length with zeros before"])
def test_the_request_after_such_a_body_is_read_right_or_not_at_all(server: Server, name: str) -> None:
    with server.connect() as connection:
        found = answers(connection, ONE_AT_MOST[name] + request("GET", "/version"))
    assert (len(found) == 1 and found[0].closes) or "version" in found[-1].json, f"{found}"
    assert len(found) <= 2, f"two requests were answered {len(found)} times: {found}"
