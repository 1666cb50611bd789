"""How long a connection lives, and in which order its requests are answered."""

from __future__ import annotations

import pytest

from harness.program import Server
from harness.sanitizer import scaled
from harness.wire import request

PIPELINED = scaled(2000)


def test_http_1_0_is_answered_and_closed(server: Server) -> None:
    with server.connect() as connection:
        assert connection.send(b"POST / HTTP/1.0\r\n\r\n").read_response(to="POST").count == 1
        connection.expect_close()


def test_http_1_0_with_keep_alive_stays_open_and_says_so(server: Server) -> None:
    with server.connect() as connection:
        for number in range(1, 5):
            connection.send(b"POST / HTTP/1.0\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n")
            response = connection.read_response(to="POST")
            assert response.count == number
            assert (response.field("connection") or "").lower() == "keep-alive"


def test_http_1_0_needs_no_host_and_may_have_a_body(server: Server) -> None:
    with server.connect() as connection:
        connection.send(b"POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello")
        assert connection.read_response(to="POST").count == 1
        connection.expect_close()


def test_http_1_1_stays_open(server: Server) -> None:
    with server.connect() as connection:
        for number in range(1, 51):
            response = connection.ask("POST")
            assert response.count == number
            assert not response.closes


@pytest.mark.parametrize(
    "value", ["close", "Close", "keep-alive, close", "close, keep-alive", " close ,x", "x,\tclose"]
)
def test_close_is_honoured_and_said(server: Server, value: str) -> None:
    with server.connect() as connection:
        response = connection.ask("POST", fields=f"Connection: {value}\r\n")
        assert (response.count, response.closes) == (1, True)
        connection.expect_close()


def test_close_in_a_second_field_is_honoured(server: Server) -> None:
    with server.connect() as connection:
        assert connection.ask("GET", fields="Connection: keep-alive\r\nConnection: close\r\n").closes
        connection.expect_close()


@pytest.mark.parametrize("value", ["keep-alive", "Keep-Alive", "Upgrade", "closed"])
def test_what_is_not_close_keeps_the_connection(server: Server, value: str) -> None:
    with server.connect() as connection:
        assert not connection.ask("GET", fields=f"Connection: {value}\r\n").closes
        assert connection.ask("POST").count == 1


def test_nothing_after_close_is_a_request(server: Server) -> None:
    with server.connect() as connection:
        connection.send(request("POST", fields="Connection: close\r\n") + request("POST"))
        assert connection.read_response(to="POST").count == 1
        connection.expect_close()
    assert server.get().count == 1


@pytest.mark.parametrize("path", ["/nothing", "/version", "/healthz"])
def test_errors_and_other_routes_keep_the_connection(server: Server, path: str) -> None:
    with server.connect() as connection:
        for method in ["GET", "DELETE", "OPTIONS", "HEAD"]:
            assert not connection.ask(method, path).closes
        assert connection.ask("POST").count == 1


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    paths = ["/version", "/", "/nothing", "/healthz", "/readyz"] * 20
    with server.connect() as connection:
        connection.send(b"".join(request("GET", path) for path in paths))
        for path in paths:
            response = connection.read_response()
            expected = {"/version": "version", "/": "counter", "/nothing": "title"}.get(path, "status")
            assert expected in response.json, f"{path} was answered {response}"


def test_pipelined_gets_and_posts_see_each_other(server: Server) -> None:
    methods = ["POST", "GET", "POST", "POST", "HEAD", "GET", "OPTIONS", "POST", "GET", "DELETE"] * (
        PIPELINED // 10
    )
    posts = 0
    with server.connect() as connection:
        connection.send(b"".join(request(method) for method in methods))
        for method in methods:
            posts += method == "POST"
            response = connection.read_response(to=method)
            if method in ("GET", "POST"):
                assert response.count == posts, f"{method} after {posts} POSTs: {response}"
    assert server.get().count == posts


def test_pipelined_posts_with_bodies_of_both_kinds_are_told_apart(server: Server) -> None:
    one = request("POST", body=b"with a length")
    other = request("POST", fields="Transfer-Encoding: chunked\r\n") + b"5\r\nhello\r\n0\r\n\r\n"
    with server.connect() as connection:
        connection.send((one + other) * 50)
        assert [connection.read_response(to="POST").count for _ in range(100)] == list(range(1, 101))


def test_two_connections_do_not_wait_for_each_other(server: Server) -> None:
    with server.connect() as slow, server.connect() as quick:
        slow.send(b"POST / HTTP/1.1\r\nHost: te")
        assert quick.ask("POST").count == 1
        assert slow.send(b"st\r\n\r\n").read_response(to="POST").count == 2


def test_a_client_that_sends_no_more_still_gets_its_answers(server: Server) -> None:
    with server.connect() as connection:
        connection.send(request("POST") * 3)
        connection.finish_sending()
        assert [connection.read_response(to="POST").count for _ in range(3)] == [1, 2, 3]
        connection.expect_close()


def test_half_a_request_before_the_end_is_not_counted(server: Server) -> None:
    with server.connect() as connection:
        connection.send(request("POST", body=b"hello")[:-1])
        connection.finish_sending()
        rest = connection.read_to_end()
        assert b" 200 " not in rest, rest
    assert server.get().count == 0


def test_a_blank_line_before_a_request_does_no_harm(server: Server) -> None:
    """RFC 9112, section 2.2: a server should ignore it. It may refuse; it may not take it for a request."""
    with server.connect() as connection:
        connection.send(b"\r\n" + request("POST"))
        response = connection.read_response(to="POST")
        assert response.status in (200, 400)
    assert server.get().count == (1 if response.status == 200 else 0)
