"""Runs the built program as its users do: a process with settings in its environment."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("COUNTER_SERVER", str(ROOT / ".build/release/counter-server"))


class Service:
    """One process of the service on 127.0.0.1. `port` stays the same over restarts, so that clients find it again."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.file = folder / "counter.json"
        self.settings = settings
        self.port = 0
        self.metrics_port = 0
        self.lines: list[str] = []
        self._may_read = threading.Event()
        self._may_read.set()
        self._reader: threading.Thread | None = None
        self._start = 0
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def metrics_url(self) -> str:
        return f"http://127.0.0.1:{self.metrics_port}/"

    def start(self) -> "Service":
        environment = os.environ | {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "METRICS_PORT": "0",
            "COUNTER_FILE": str(self.file),
            "EVENT_LOOPS": "2",
        }
        self.process = subprocess.Popen(
            [PROGRAM], env=environment | self.settings, stderr=subprocess.PIPE, text=True
        )
        self._start = len(self.lines)
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        self._await_listening()
        return self

    def await_ready(self) -> "Service":
        return self.await_readiness(None)

    def await_readiness(self, reason: str | None) -> "Service":
        """Waits until /readyz says so: a reason, or None for ready."""
        deadline = time.monotonic() + 10
        while (answer := json.loads(self.get("readyz")[2]).get("reason")) != reason:
            assert time.monotonic() < deadline, f"not '{reason}' but '{answer}' after 10 s"
            time.sleep(0.02)
        return self

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        status = self.process.wait(timeout=30)
        if self._reader is not None:
            self._reader.join()
        return status

    def pause_reading(self) -> None:
        """Leaves its log unread from now on, after what was already on its way."""
        self._may_read.clear()

    def resume_reading(self) -> None:
        self._may_read.set()

    def kill(self) -> None:
        """Ends it at once if it still runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @staticmethod
    def free_port() -> str:
        """A port for a setting in which 0 would mean "none"."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return str(probe.getsockname()[1])

    def get(self, path: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
        return self.ask("GET", path, **headers)

    def ask(self, method: str, path: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (names in lower case) and body; an error status is an answer like any other."""
        request = urllib.request.Request(self.url + path, method=method, headers=headers)
        try:
            reply = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            return reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.read()

    def add(self, times: int = 1) -> int:
        """Counts so many times, one after the other, and returns the last number answered."""
        count = 0
        for _ in range(times):
            status, _, body = self.ask("POST")
            assert status == 200, f"POST / answered {status}: {body!r}"
            count = json.loads(body)["counter"]
        return count

    def _await_listening(self) -> None:
        """Learns the ports from the log; where the log won't tell, PORT was set, and the port is tried."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, f"{PROGRAM} ended before it listened: {''.join(self.lines)}"
            if "PORT" in self.settings:
                self.port = int(self.settings["PORT"])
                if self._is_open():
                    return
            for line in self.lines[self._start :]:
                if '"listening"' in line:
                    entry = json.loads(line)
                    self.port, self.metrics_port = entry["server.port"], entry.get("metrics.port", 0)
                    return
            time.sleep(0.005)
        raise AssertionError(f"{PROGRAM} does not listen after 10 s: {''.join(self.lines)}")

    def _is_open(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _read_log(self) -> None:
        assert self.process is not None and self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            self._may_read.wait()
