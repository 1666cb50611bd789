"""Clients of a Service: they go where the endpoints say, which they learn late, and stay while they may."""

import http.client
import json
import random
import select
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Callable

from kubelet import Kubelet

# How long a change of the endpoints takes to reach every node's proxy.
PROPAGATION = 0.5


class Endpoints:
    """What the proxies know: the pods' endpoints of a moment ago."""

    def __init__(self, kubelets: list[Kubelet]):
        self.kubelets = kubelets
        self.known: list[tuple[float, list[int]]] = [(0, [])]
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self) -> None:
        while not self.ended.wait(0.02):
            now = [k.pod.port for k in list(self.kubelets) if k.endpoint]
            if now != self.known[-1][1]:
                self.known.append((time.monotonic(), now))

    @property
    def ports(self) -> list[int]:
        before = time.monotonic() - PROPAGATION
        return next(ports for at, ports in reversed(self.known) if at <= before)


@dataclass
class Outcome:
    posted: list[int] = field(default_factory=list)
    read: int = 0
    failures: Counter = field(default_factory=Counter)
    # When there was nobody to connect to.
    refused: list[float] = field(default_factory=list)
    unknown: int = 0


class Client(threading.Thread):
    """Keeps its connection until the server asks it to leave, and checks before it sends that it is still
    open, as HTTP clients with a pool do. It never sends a request twice."""

    def __init__(self, ports: Callable[[], list[int]], stop: threading.Event, seed: int):
        super().__init__(daemon=True)
        self.ports, self.stopping, self.random = ports, stop, random.Random(seed)
        self.connection: http.client.HTTPConnection | None = None
        self.outcome = Outcome()
        self.last = 0

    def run(self) -> None:
        while not self.stopping.is_set():
            if self.connection is None or self.gone():
                self.connect()
            if self.connection is not None:
                self.ask("POST" if self.random.random() < 0.7 else "GET")
            time.sleep(0.002)

    def gone(self) -> bool:
        """Whether the server has closed: what can be read between two requests is only the end."""
        readable, _, _ = select.select([self.connection.sock], [], [], 0)
        return bool(readable)

    def connect(self) -> None:
        self.leave()
        ports = self.ports()
        connection = (
            http.client.HTTPConnection("127.0.0.1", self.random.choice(ports), timeout=10) if ports else None
        )
        try:
            if connection is None:
                raise ConnectionRefusedError("no endpoints")
            connection.connect()
            self.connection = connection
        except ConnectionRefusedError:
            self.outcome.refused.append(time.monotonic())
            time.sleep(0.02)

    def leave(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def ask(self, method: str) -> None:
        try:
            self.connection.request(method, "/")
            answer = self.connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                self.fail(method, f"answered {answer.status} {body[:120]!r}")
                return
            self.note(method, json.loads(body)["counter"])
            if answer.will_close:
                self.leave()
        except (OSError, http.client.HTTPException) as error:
            self.fail(method, f"{type(error).__name__}: {error}")

    def note(self, method: str, count: int) -> None:
        if method == "POST":
            self.outcome.posted.append(count)
        else:
            self.outcome.read += 1
        if count < self.last:
            self.outcome.failures[f"{method} answered a smaller number than this client had seen"] += 1
        self.last = count

    def fail(self, method: str, how: str) -> None:
        self.outcome.failures[f"{method} {how}"] += 1
        self.outcome.unknown += method == "POST"
        self.leave()


class Traffic:
    """Clients that ask from `with` to its end; afterwards `outcome` is what came of it."""

    def __init__(self, endpoints: Endpoints, clients: int):
        self.endpoints, self.stop = endpoints, threading.Event()
        self.clients = [Client(lambda: endpoints.ports, self.stop, seed) for seed in range(clients)]

    def __enter__(self) -> "Traffic":
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop.set()
        for client in self.clients:
            client.join()
        self.endpoints.ended.set()

    @property
    def outcome(self) -> Outcome:
        total = Outcome()
        for part in (client.outcome for client in self.clients):
            total.posted += part.posted
            total.read += part.read
            total.failures += part.failures
            total.refused += part.refused
            total.unknown += part.unknown
        return total


def assert_nothing_lost(outcome: Outcome, on_disk: int) -> None:
    """Every acknowledged increment once, and no more in the file than were acknowledged or may have been."""
    assert len(outcome.posted) > 1000, (
        f"only {len(outcome.posted)} POSTs were acknowledged: that is no traffic"
    )
    twice = [number for number, times in Counter(outcome.posted).items() if times > 1]
    assert not twice, f"handed out twice: {twice[:5]}"
    acknowledged = len(outcome.posted)
    assert max(outcome.posted) <= on_disk, f"{max(outcome.posted)} was acknowledged, the file says {on_disk}"
    assert acknowledged <= on_disk <= acknowledged + outcome.unknown, (
        f"{acknowledged} acknowledged, {outcome.unknown} unknown, but the file says {on_disk}"
    )
