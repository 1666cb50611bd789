"""Many clients at once, and a record of what each of their calls was answered."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence

from .linearizability import Call
from .wire import Closed, Connection

#: How long a client waits before it tries a server again that it could not reach.
_RETRY_SECONDS = 0.01


class Load:
    """Clients on keep-alive connections that POST and GET until told to stop.

    With several ports the clients are dealt out to them in turn. A client whose server is gone tries again
    until the server is back.
    """

    def __init__(self, ports: Sequence[int], clients: int, reads: float = 0.5, seed: int = 1) -> None:
        self.history: list[Call] = []
        #: Answers that are neither a count nor a 503, and answers that are not HTTP.
        self.wrong: list[str] = []
        self._reads = reads
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(ports[i % len(ports)], random.Random(seed * 1000 + i)))
            for i in range(clients)
        ]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def posts(self, answered: bool = True) -> int:
        return sum(
            call.method == "POST" and (call.number is not None) is answered for call in list(self.history)
        )

    def _work(self, port: int, chance: random.Random) -> None:
        connection = None
        while not self._stop.is_set():
            method = "GET" if chance.random() < self._reads else "POST"
            try:
                connection = connection or Connection(port)
            except OSError:
                time.sleep(_RETRY_SECONDS)
                continue
            if not self._call(connection, method):
                connection.socket.close()
                connection = None
        if connection:
            connection.socket.close()

    def _call(self, connection: Connection, method: str) -> bool:
        """One call, recorded; false when the connection is of no more use."""
        number, goes_on = None, False
        start = time.monotonic()
        try:
            response = connection.ask(method)
            goes_on = not response.closes
            if response.status == 200:
                number = response.count
            elif response.status != 503:
                self.wrong.append(f"{method}: {response}")
        except (OSError, Closed):
            # Killed, or cut: the answer may be missing, or half there.
            pass
        except AssertionError as error:
            self.wrong.append(f"{method}: {error}")
        self.history.append(Call(method, start, time.monotonic(), number))
        return goes_on
