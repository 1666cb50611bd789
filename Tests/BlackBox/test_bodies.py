"""Request bodies and header sections: read and ignored up to their limits, refused above."""

from __future__ import annotations

import pytest

from harness.program import Server
from harness.wire import Response, expect_problem, request

BODY_LIMIT = 64 * 1024
HEADER_LIMIT = 16 * 1024
MANY_FIELDS = "".join(f"X-{n:04}: {'v' * 90}\r\n" for n in range(200))


def chunked(*chunks: bytes, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    """A chunked body of these chunks and the last one."""
    parts = [b"%x%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks]
    return b"".join(parts) + b"0\r\n" + trailer + b"\r\n"


def chunked_request(body: bytes, method: str = "POST") -> bytes:
    return request(method, fields="Transfer-Encoding: chunked\r\n") + body


@pytest.mark.parametrize("size", [1, 1000, BODY_LIMIT])
def test_a_body_is_ignored(server: Server, size: int) -> None:
    with server.connect() as connection:
        assert connection.ask("POST", body=b"x" * size).count == 1
        assert connection.ask("POST").count == 2, "what follows the body is the next request"


@pytest.mark.parametrize("body", [b"\0" * 100, b'{"counter": 99}', b"POST / HTTP/1.1\r\nHost: test\r\n\r\n"])
def test_what_is_in_a_body_does_not_matter(server: Server, body: bytes) -> None:
    with server.connect() as connection:
        assert connection.ask("POST", body=body).count == 1
        assert connection.ask("GET").count == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "GET"])
def test_a_body_of_another_method_is_never_a_request(server: Server, method: str) -> None:
    smuggled = request("POST")
    with server.connect() as connection:
        connection.send(request(method, body=smuggled) + request("GET", "/version"))
        first = connection.read_response(to=method)
        if first.status == 400:
            connection.expect_close()
        elif not first.closes:
            assert "version" in connection.read_response().json
    assert server.get().count == 0, "the body was taken for a request"


def test_a_body_that_comes_byte_by_byte_is_one_body(server: Server) -> None:
    with server.connect() as connection:
        for byte in request("POST", body=b"hello, world"):
            connection.send(bytes([byte]))
        assert connection.read_response(to="POST").count == 1
        assert connection.ask("GET").count == 1


def expect_too_large(server: Server, data: bytes) -> None:
    """413, although the client sends all of it before it looks; then the connection ends."""
    with server.connect() as connection:
        connection.send_what_is_taken(data)
        response = connection.read_response(to="POST")
        expect_problem(response, 413)
        assert response.closes
        connection.expect_close()
    assert server.get().count == 0


@pytest.mark.parametrize("size", [BODY_LIMIT + 1, 1 << 20, 8 << 20])
def test_a_body_over_the_limit_is_413(server: Server, size: int) -> None:
    expect_too_large(server, request("POST", body=b"x" * size))


@pytest.mark.parametrize("length", ["65537", "10000000000", str(2**63 - 1)])
def test_a_body_over_the_limit_is_refused_by_its_announcement(server: Server, length: str) -> None:
    expect_too_large(server, request("POST", fields=f"Content-Length: {length}\r\n"))


def test_an_announced_length_beyond_all_numbers_is_refused(server: Server) -> None:
    with server.connect() as connection:
        connection.send(request("POST", fields=f"Content-Length: {2**64}\r\n"))
        response = connection.read_response(to="POST")
        expect_problem(response, response.status)
        assert response.status in (400, 413)
        connection.expect_close()


@pytest.mark.parametrize(
    "body",
    [
        chunked(b"hello"),
        chunked(b"a", b"bc", b"d" * 1000),
        chunked(),
        chunked(b"x" * BODY_LIMIT),
        chunked(b"hello", trailer=b"X-Checksum: 1\r\n"),
    ],
    ids=["one", "several", "none", "the largest", "a trailer"],
)
def test_a_chunked_body_is_ignored(server: Server, body: bytes) -> None:
    with server.connect() as connection:
        assert connection.send(chunked_request(body)).read_response(to="POST").count == 1
        assert connection.ask("POST").count == 2, "what follows the body is the next request"


def test_a_chunked_body_that_comes_in_pieces_is_one_body(server: Server) -> None:
    with server.connect() as connection:
        for byte in chunked_request(chunked(b"hello", b"world")):
            connection.send(bytes([byte]))
        assert connection.read_response(to="POST").count == 1


@pytest.mark.parametrize("chunks", [(b"x" * (BODY_LIMIT + 1),), (b"x" * 1000,) * 66, (b"x" * 1000,) * 2000])
def test_a_chunked_body_over_the_limit_is_413(server: Server, chunks: tuple[bytes, ...]) -> None:
    expect_too_large(server, chunked_request(chunked(*chunks)))


def test_a_client_may_wait_for_continue(server: Server) -> None:
    fields = "Expect: 100-continue\r\nContent-Length: 5\r\n"
    with server.connect() as connection:
        interim = connection.send(request("POST", fields=fields)).read_response(to="POST")
        assert interim.status == 100
        assert connection.send(b"hello").read_response(to="POST").count == 1
        assert connection.ask("GET").count == 1


def test_a_client_may_expect_continue_and_not_wait(server: Server) -> None:
    fields = "Expect: 100-continue\r\nContent-Length: 5\r\n"
    with server.connect() as connection:
        connection.send(request("POST", fields=fields) + b"hello")
        response = connection.read_response(to="POST")
        if response.status == 100:
            response = connection.read_response(to="POST")
        assert response.count == 1


def test_a_chunked_body_may_wait_for_continue(server: Server) -> None:
    fields = "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"
    with server.connect() as connection:
        assert connection.send(request("POST", fields=fields)).read_response(to="POST").status == 100
        assert connection.send(chunked(b"hello")).read_response(to="POST").count == 1


def test_a_body_too_large_is_refused_before_it_is_sent(server: Server) -> None:
    fields = f"Expect: 100-continue\r\nContent-Length: {BODY_LIMIT + 1}\r\n"
    with server.connect() as connection:
        expect_problem(connection.send(request("POST", fields=fields)).read_response(to="POST"), 413)
        connection.expect_close()


def test_an_unknown_expectation_is_417(server: Server) -> None:
    with server.connect() as connection:
        connection.send(request("POST", fields="Expect: the-unexpected\r\nContent-Length: 5\r\n"))
        expect_problem(connection.read_response(to="POST"), 417)
        connection.expect_close()


def expect_headers_refused(server: Server, data: bytes) -> Response:
    with server.connect() as connection:
        connection.send_what_is_taken(data)
        response = connection.read_response(to="POST")
        assert response.status in (400, 431), f"{response}"
        expect_problem(response, response.status)
        assert response.closes
        connection.expect_close()
    assert server.get().count == 0
    return response


def test_headers_below_the_limit_are_read(server: Server) -> None:
    fields = f"Cookie: {'c' * (HEADER_LIMIT - 1024)}\r\n"
    with server.connect() as connection:
        assert connection.ask("POST", fields=fields).count == 1
        assert connection.ask("POST").count == 2


@pytest.mark.parametrize(
    "data",
    [
        request("POST", fields=f"Cookie: {'c' * HEADER_LIMIT}\r\n"),
        request("POST", fields=MANY_FIELDS),
        request("POST", "/?" + "q" * HEADER_LIMIT),
        b"POST / HTTP/1.1\r\nHost: test\r\nCookie: " + b"c" * (1 << 20),
        b"A" * (1 << 20),
        b"POST /" + b"x" * (1 << 20),
    ],
    ids=[
        "one field",
        "many fields",
        "target",
        "field without end",
        "method without end",
        "target without end",
    ],
)
def test_headers_over_the_limit_are_refused(server: Server, data: bytes) -> None:
    expect_headers_refused(server, data)


def test_trailers_over_the_limit_are_refused(server: Server) -> None:
    trailer = b"X: " + b"t" * (1 << 18) + b"\r\n"
    with server.connect() as connection:
        connection.send_what_is_taken(chunked_request(chunked(b"hello", trailer=trailer)))
        response = connection.read_response(to="POST")
        assert response.status in (400, 413, 431), f"{response}"
        connection.expect_close()
    assert server.get().count == 0


def test_a_long_target_is_an_unknown_path(server: Server) -> None:
    expect_problem(server.get("/" + "x" * 8000), 404)
