"""Asks what must answer at any time, again and again, and notes how long the slowest answer took."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from .program import Server
from .sanitizer import FAST, PATIENCE


class Watch:
    """While it lasts, each of the targets is asked in turn, on new connections and on an old one."""

    def __init__(self, server: Server, targets: Sequence[str] = ("/healthz", "/version")) -> None:
        self._server = server
        self._targets = targets
        self._stop = threading.Event()
        # Released after each round: one must be whole before this ends.
        self._rounds = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._work)
        self._problems: list[str] = []
        self._slowest = (0.0, "")
        self._asked = 0

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._rounds.acquire(timeout=PATIENCE)
        self._stop.set()
        self._thread.join()
        if kind is None:
            self._judge()

    def _work(self) -> None:
        with self._server.connect() as old:
            while not self._stop.wait(0.02):
                for target in self._targets:
                    self._time(target, lambda target=target: old.ask("GET", target).status)
                    self._time(target, lambda target=target: self._server.get(target).status)
                self._rounds.release()

    def _time(self, target: str, ask) -> None:
        start = time.monotonic()
        try:
            status = ask()
            if status != 200:
                self._problems.append(f"{target} answered {status}")
        except (OSError, AssertionError) as error:
            self._problems.append(f"{target}: {error}")
        self._slowest = max(self._slowest, (time.monotonic() - start, target))
        self._asked += 1

    def _judge(self) -> None:
        assert not self._problems, f"{len(self._problems)} of {self._asked}: {self._problems[:5]}"
        assert self._asked >= len(self._targets), f"asked only {self._asked} times"
        seconds, target = self._slowest
        assert seconds < FAST, f"{target} took {seconds:.2f} s, {FAST} s are allowed"
