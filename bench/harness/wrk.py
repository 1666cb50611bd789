"""Load from wrk, and what it reports."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from .processes import Failed, Processes, pinned, run

SCRIPT = Path(__file__).resolve().parent.parent / "load.lua"


@dataclass(frozen=True)
class Load:
    """What is asked of a server: the method, on how many connections, and whether they are kept."""

    method: str
    connections: int
    keep_alive: bool = True

    @property
    def name(self) -> str:
        return f"{self.method} {self.connections}" + ("" if self.keep_alive else " close")


@dataclass(frozen=True)
class Target:
    """Where a server answers a method: webdis has a path of its own for reading and a body for counting."""

    port: int
    path: str = "/"
    body: str = ""


@dataclass(frozen=True)
class Measured:
    """Seconds where no unit is named. `failed` requests had no answer, `refused` ones none of 2xx."""

    rate: float
    p50: float
    p99: float
    requests: int
    failed: int
    refused: int
    cpu_per_100k: float | None = None


def wrk(load: Load, target: Target, seconds: int, cpus: str | None = None, threads: int = 1) -> Measured:
    command = [
        "wrk", "-t", str(min(threads, load.connections)), "-c", str(load.connections), "-d", f"{seconds}s",
        "--timeout", "20s", "-s", str(SCRIPT), f"http://127.0.0.1:{target.port}{target.path}",
    ]
    settings = {
        "LOAD_METHOD": load.method, "LOAD_BODY": target.body, "LOAD_CLOSE": "" if load.keep_alive else "1",
    }
    output = run(pinned(command, cpus), "wrk", env=os.environ | settings)
    report = json.loads(output.strip().splitlines()[-1])
    if report["requests"] == 0:
        raise Failed(f"{load.name}: port {target.port} answered no request within {seconds} s")
    return Measured(
        rate=report["requests"] / report["seconds"], p50=report["p50"], p99=report["p99"],
        requests=report["requests"], failed=report["failed"], refused=report["refused"],
    )


def measure(
    server: Processes, load: Load, target: Target, seconds: int, cpus: str | None = None, threads: int = 1
) -> Measured:
    """Loads a server and adds what that cost it in processor time."""
    before = server.cpu_seconds()
    measured = wrk(load, target, seconds, cpus, threads)
    spent = server.cpu_seconds() - before
    server.check()
    return Measured(**vars(measured) | {"cpu_per_100k": spent / measured.requests * 100_000})
