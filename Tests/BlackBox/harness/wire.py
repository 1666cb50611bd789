"""HTTP/1.1 as bytes: sends whatever it is told to, and reads answers strictly, as RFC 9112 has them."""

from __future__ import annotations

import json
import re
import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from .sanitizer import PATIENCE

_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) ([ -~]+)")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([!-~](?:[ -~]*[!-~])?)")


class WireError(AssertionError):
    """The server sent what is not an HTTP answer."""


class Closed(WireError):
    """The server closed the connection where an answer was due."""


@dataclass(frozen=True)
class Response:
    status: int
    reason: str
    fields: tuple[tuple[str, str], ...]
    body: bytes

    def field(self, name: str) -> str | None:
        """The value of the field; None where there is none. No field of ours may come twice."""
        values = [value for key, value in self.fields if key == name.lower()]
        assert len(values) < 2, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def count(self) -> int:
        """The number of a 200 of the counter."""
        assert self.status == 200, f"{self.status} {self.body!r} instead of a count"
        number = self.json["counter"]
        assert type(number) is int and self.body == b'{"counter":%d}\n' % number, f"body {self.body!r}"
        return number

    @property
    def closes(self) -> bool:
        return self.field("connection") == "close"


def expect_problem(response: Response, status: int) -> None:
    """That it is an error as RFC 9457 has it: `application/problem+json` with its status and a title."""
    assert response.status == status, f"{response.status} {response.body!r} instead of {status}"
    assert response.field("content-type") == "application/problem+json", f"{response}"
    assert response.json["status"] == status, f"{response}"
    for name in ("title", "detail"):
        text = response.json.get(name, "-")
        assert text and "\n" not in text, f"{name}: {text!r}"
    assert "title" in response.json, f"{response}"


def expect_unavailable(response: Response) -> None:
    """503 of a store: not acknowledged, and a hint when to ask again."""
    expect_problem(response, 503)
    assert (response.field("retry-after") or "").isdigit(), f"{response}"


class Connection:
    """A TCP connection to the server. Every wait ends: after `patience` seconds it is an error."""

    def __init__(
        self, port: int, host: str = "127.0.0.1", patience: float = PATIENCE, receive_buffer: int = 0
    ):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.patience = patience
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(patience)
        try:
            self.socket.connect((host, port))
        except OSError:
            self.socket.close()
            raise
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> Connection:
        self.socket.settimeout(self.patience)
        self.socket.sendall(data)
        return self

    def send_what_is_taken(self, data: bytes) -> None:
        """Sends; that the server has closed meanwhile is no error, what it answered is looked at later."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send(data)

    def finish_sending(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Goes away without a word more: an RST instead of a FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def read_response(self, to: str = "GET") -> Response:
        """The next answer, which is one to a request of the method `to`."""
        deadline = time.monotonic() + self.patience
        while b"\r\n\r\n" not in self._received:
            self._receive(deadline)
        head, self._received = self._received.split(b"\r\n\r\n", 1)
        status, reason, fields = _parse_head(head)
        length = _body_length(status, fields, to)
        while len(self._received) < length:
            self._receive(deadline)
        body, self._received = self._received[:length], self._received[length:]
        return Response(status, reason, fields, body)

    def ask(self, method: str, target: str = "/", fields: str = "", body: bytes = b"") -> Response:
        """One request and its answer; the connection stays open. `fields` end in CRLF each."""
        return self.send(request(method, target, fields, body)).read_response(to=method)

    def read_to_end(self, limit: int = 1 << 20) -> bytes:
        """All that still comes until the server closes; a reset is a close, too."""
        deadline = time.monotonic() + self.patience
        try:
            while len(self._received) < limit:
                self._receive(deadline)
        except (Closed, ConnectionResetError):
            pass
        rest, self._received = self._received, b""
        return rest

    def expect_close(self) -> None:
        """Waits for the server to close, and for nothing else to come before."""
        rest = self.read_to_end()
        assert rest == b"", f"before the connection closed there came {rest[:300]!r}"

    def is_silent(self, seconds: float) -> bool:
        """Whether neither bytes nor a close come for so long."""
        self.socket.settimeout(seconds)
        try:
            self._received += self.socket.recv(65_536) or b"(closed)"
        except TimeoutError:
            return not self._received
        return False

    def _receive(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise WireError(f"no answer within {self.patience} s; so far: {self._received[:300]!r}")
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(65_536)
        except TimeoutError:
            return
        if not data:
            raise Closed(f"the connection was closed after {self._received[:300]!r}")
        self._received += data


def request(method: str, target: str = "/", fields: str = "", body: bytes = b"") -> bytes:
    """A well-formed HTTP/1.1 request; its length is given where it has a body."""
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {target} HTTP/1.1\r\nHost: test\r\n{length}{fields}\r\n".encode() + body


def _parse_head(head: bytes) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    lines = head.split(b"\r\n")
    line = _STATUS_LINE.fullmatch(lines[0])
    if not line:
        raise WireError(f"not a status line: {lines[0][:300]!r}")
    fields = []
    for text in lines[1:]:
        field = _FIELD.fullmatch(text)
        if not field:
            raise WireError(f"not a header field: {text[:300]!r}")
        fields.append((field[1].decode().lower(), field[2].decode()))
    return int(line[1]), line[2].decode(), tuple(fields)


def _body_length(status: int, fields: tuple[tuple[str, str], ...], to: str) -> int:
    lengths = [value for name, value in fields if name == "content-length"]
    if status < 200 or status == 204:
        if lengths:
            raise WireError(f"a {status} has no Content-Length, this one has {lengths}")
        return 0
    if len(lengths) != 1 or not lengths[0].isdigit():
        raise WireError(f"one Content-Length is due, there is {lengths} in {fields}")
    return 0 if to == "HEAD" else int(lengths[0])
