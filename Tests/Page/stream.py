"""A reader of server-sent events that sees every byte, and when it came."""

from __future__ import annotations

import socket
import time

from service import Service


class Stream:
    """One connection to /events, read by hand."""

    def __init__(self, service: Service, *fields: str, version: str = "1.1", receive_buffer: int = 0) -> None:
        self._socket = socket.socket()
        if receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(20)
        self._socket.connect(("127.0.0.1", service.port))
        lines = [f"GET /events HTTP/{version}", "Host: a", *fields, "", ""]
        self._socket.sendall("\r\n".join(lines).encode())
        self._received = b""
        head = self._until(b"\r\n\r\n").decode()
        status, *rest = head.split("\r\n")
        self.status = int(status.split()[1])
        self.headers = {k.lower(): v for k, v in (field.split(": ", 1) for field in rest if field)}
        self._chunked = self.headers.get("transfer-encoding") == "chunked"
        self._text = b""
        self.ended = False

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._received:
            received = self._socket.recv(65536)
            if not received:
                raise EOFError(self._received)
            self._received += received
        part, _, self._received = self._received.partition(mark)
        return part

    def _more(self) -> None:
        """Takes in the next chunk, or whatever comes where there are none."""
        if not self._chunked:
            self._received += self._received or self._socket.recv(65536)
            self._text, self._received = self._text + self._received, b""
            return
        size = int(self._until(b"\r\n"), 16)
        while len(self._received) < size + 2:
            received = self._socket.recv(65536)
            if not received:
                raise EOFError("in the middle of a chunk")
            self._received += received
        self._text += self._received[:size]
        assert self._received[size : size + 2] == b"\r\n", "a chunk without its end"
        self._received = self._received[size + 2 :]
        self.ended = size == 0

    def block(self) -> str:
        """The next event, comment or setting: what stands before an empty line."""
        while b"\n\n" not in self._text:
            if self.ended:
                raise EOFError("the stream has ended")
            self._more()
        part, _, self._text = self._text.partition(b"\n\n")
        return part.decode()

    def event(self) -> tuple[float, int]:
        """When the next event came (seconds, monotonic) and the count in it."""
        while True:
            lines = self.block().split("\n")
            if lines[0] == "event: count":
                break
            assert lines[0].startswith((":", "retry:")), f"neither event nor comment: {lines}"
        fields = dict(line.split(": ", 1) for line in lines)
        assert fields["data"] == f'{{"counter":{fields["id"]}}}', f"id and data differ: {lines}"
        return time.monotonic(), int(fields["id"])

    def read_to(self, count: int) -> None:
        """Reads on until an event tells this count."""
        told = -1
        while told != count:
            _, told = self.event()
            assert told <= count, f"the stream tells {told}, the count is {count}"

    def rest(self) -> None:
        """Reads to the end; fails when the end is not an orderly one."""
        while not self.ended:
            self._more()

    def close(self) -> None:
        self._socket.close()
