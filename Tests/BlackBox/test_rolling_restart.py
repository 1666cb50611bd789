"""A new server takes over from an old one, behind a load balancer: no client notices."""

from __future__ import annotations

import threading
import time

import pytest

from harness.linearizability import Call, violations
from harness.program import Server, wait_for
from harness.sanitizer import scaled
from harness.wire import Connection

CLIENTS = 8
RESTARTS = scaled(4)
#: How often the load balancer asks who is ready, and how long a stopping server waits for it to notice.
PROBE_SECONDS = 0.05
DRAIN_SECONDS = 1.0

pytestmark = pytest.mark.heavy


class LoadBalancer:
    """Knows which servers are ready, as Kubernetes does: by asking each of them again and again."""

    def __init__(self) -> None:
        self.servers: list[Server] = []
        self.ready: list[Server] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._probe)

    def __enter__(self) -> LoadBalancer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _probe(self) -> None:
        while not self._stop.wait(PROBE_SECONDS):
            self.ready = [server for server in list(self.servers) if self._is_ready(server)]

    @staticmethod
    def _is_ready(server: Server) -> bool:
        try:
            return server.get("/readyz").status == 200
        except (OSError, AssertionError):
            return False


class Client(threading.Thread):
    """POSTs without a pause, and changes its server when that one says `Connection: close`."""

    def __init__(self, balancer: LoadBalancer) -> None:
        super().__init__()
        self.history: list[Call] = []
        self.failures: list[str] = []
        self.stop = threading.Event()
        self._balancer = balancer
        self._connection: Connection | None = None

    def run(self) -> None:
        while not self.stop.is_set():
            ready = self._balancer.ready
            if self._connection is None and not ready:
                time.sleep(PROBE_SECONDS / 5)
                continue
            start = time.monotonic()
            try:
                self._connection = self._connection or ready[-1].connect()
                response = self._connection.ask("POST")
                self.history.append(Call("POST", start, time.monotonic(), response.count))
                if response.closes:
                    self._leave()
            except (OSError, AssertionError) as error:
                self.failures.append(f"{type(error).__name__}: {error}")
                self._leave()
        self._leave()

    def _leave(self) -> None:
        if self._connection:
            self._connection.socket.close()
        self._connection = None


def test_it_loses_no_request_and_no_count(start) -> None:
    with LoadBalancer() as balancer:
        old = start(COUNTER_SHARED="true", DRAIN_DELAY=DRAIN_SECONDS).await_ready()
        balancer.servers.append(old)
        clients = [Client(balancer) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            for _ in range(RESTARTS):
                new = start(COUNTER_SHARED="true", DRAIN_DELAY=DRAIN_SECONDS).await_ready()
                balancer.servers.append(new)
                wait_for("the new one gets requests", lambda new=new: new in balancer.ready)
                old.stop()
                balancer.servers.remove(old)
                old = new
        finally:
            for client in clients:
                client.stop.set()
            for client in clients:
                client.join()
    failures = [failure for client in clients for failure in client.failures]
    history = [call for client in clients for call in client.history]
    assert failures == [], f"{len(failures)} of {len(history)} requests failed: {failures[:5]}"
    assert violations(history, final=old.get().count)[:5] == []
    assert old.get().count == len(history)


def test_a_standby_takes_over_without_losing_a_count(start) -> None:
    """With one writer there is a moment without one; what is answered then is "not now", and never wrong."""
    with LoadBalancer() as balancer:
        old = start(DRAIN_DELAY=DRAIN_SECONDS).await_ready()
        balancer.servers.append(old)
        clients = [Client(balancer) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            for _ in range(RESTARTS):
                new = start(DRAIN_DELAY=DRAIN_SECONDS)
                new.wait_for_log("waiting for the lock")
                balancer.servers.append(new)
                old.stop()
                balancer.servers.remove(old)
                wait_for("the new one gets requests", lambda new=new: new in balancer.ready)
                old = new
        finally:
            for client in clients:
                client.stop.set()
            for client in clients:
                client.join()
    failures = [failure for client in clients for failure in client.failures]
    history = [call for client in clients for call in client.history]
    assert failures == [], f"{len(failures)} of {len(history)} requests failed: {failures[:5]}"
    assert violations(history, final=old.get().count)[:5] == []
    assert old.get().count == len(history)
