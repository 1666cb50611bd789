"""What the tests of scripts/ share: a way to run a script, a real counter-server, and the stand-in
cluster."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STANDINS = Path(__file__).resolve().parent / "standins"
SERVER = Path(os.environ.get("COUNTER_SERVER", ROOT / ".build/release/counter-server")).absolute()


@dataclass
class Ran:
    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return f"status {self.status}\n--- stdout\n{self.out}--- stderr\n{self.err}"


def run(
    script: str, *arguments: str, env: dict[str, str] | None = None, timeout: float = 120, cwd: Path = ROOT
) -> Ran:
    """Runs scripts/SCRIPT with nothing of the caller's environment but PATH and HOME, and what env adds."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **(env or {})}
    done = subprocess.run(
        [ROOT / "scripts" / script, *arguments],
        env=environment,
        cwd=cwd,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@dataclass
class Server:
    url: str
    pid: int


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A counter-server on a free port with the count 41 and the version 1.2.3."""
    data = tmp_path / "server"
    data.mkdir()
    (data / "counter.json").write_text('{"counter": 41}')
    log = data / "log"
    environment = {
        "COUNTER_FILE": str(data / "counter.json"),
        "HOST": "127.0.0.1",
        "PORT": "0",
        "METRICS_PORT": "0",
        "APP_VERSION": "1.2.3",
        "LOG_FORMAT": "json",
        "PATH": os.environ["PATH"],
    }
    with log.open("wb") as stream:
        process = subprocess.Popen([SERVER], env=environment, stderr=stream, stdin=subprocess.DEVNULL)
    try:
        yield Server(f"http://127.0.0.1:{port_in(log)}", process.pid)
    finally:
        process.terminate()
        process.wait(20)


def port_in(log: Path) -> int:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = re.search(r'"server\.port":(\d+)', log.read_text())
        if found:
            return int(found.group(1))
        time.sleep(0.02)
    raise AssertionError(f"no 'listening' line within 20 s in: {log.read_text()}")


@dataclass
class Cluster:
    home: Path
    env: dict[str, str]

    def run(self, script: str, *arguments: str, **extra: str) -> Ran:
        return run(script, *arguments, env={**self.env, **extra})

    def calls(self, program: str) -> list[list[str]]:
        lines = (self.home / "calls.jsonl").read_text().splitlines()
        return [call[1:] for call in map(json.loads, lines) if call[0] == program]

    def state(self) -> dict:
        return json.loads((self.home / "state.json").read_text())


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """An empty cluster whose `kubectl` and `helm` are the stand-ins; its pod ends with the test."""
    home = tmp_path / "cluster"
    (home / "data").mkdir(parents=True)
    env = {"STANDIN": str(home), "COUNTER_SERVER": str(SERVER), "PATH": f"{STANDINS}:{os.environ['PATH']}"}
    yield Cluster(home, env)
    state = home / "state.json"
    pid = json.loads(state.read_text())["pid"] if state.exists() else None
    if pid is not None:
        os.kill(pid, signal.SIGKILL)
