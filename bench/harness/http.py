"""The little HTTP that a benchmark speaks itself: one request, and many connections that then say nothing."""

import socket


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def request(connection: socket.socket, path: str, method: str = "GET") -> tuple[int, bytes]:
    """Sends a request on a connection that is open, and reads the answer whole: its status and body."""
    length = "Content-Length: 0\r\n" if method == "POST" else ""
    connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{length}\r\n".encode())
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += _more(connection)
    return int(head.split()[1]), body


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise ConnectionError("closed before the answer was complete")
    return received


def get(port: int, path: str) -> tuple[int, bytes] | None:
    """Status and body; None where nothing answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return request(connection, path)
    except (ConnectionError, TimeoutError):
        return None


def answers(port: int, path: str) -> bool:
    got = get(port, path)
    return got is not None and got[0] == 200


class IdleConnections:
    """Keep-alive connections that have had one answer each and wait."""

    def __init__(self, port: int, path: str) -> None:
        self.port, self.path = port, path
        self.open: list[socket.socket] = []

    def grow(self, to: int) -> None:
        while len(self.open) < to:
            connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
            self.open.append(connection)
            request(connection, self.path)

    def held(self) -> int:
        """How many the server has kept open."""
        return sum(1 for connection in self.open if is_open(connection))

    def close(self) -> None:
        for connection in self.open:
            connection.close()


def is_open(connection: socket.socket) -> bool:
    """Whether the peer has not closed it; leaves it non-blocking."""
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
