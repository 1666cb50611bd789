"""What the tests of the metrics, the alerts and the dashboard share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from service import ROOT, Service  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def tools() -> None:
    """promtool, for the rules, and strace, for a disk that fails."""
    subprocess.run([ROOT / "scripts/apt-install.sh", "strace"], check=True)
    folder = subprocess.run([ROOT / "Tests/Monitoring/tools.sh"], check=True, stdout=subprocess.PIPE, text=True)
    os.environ["PATH"] = f"{folder.stdout.strip()}:{os.environ['PATH']}"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Starts services with metrics, all on the same file, and ends those that still run after the test."""
    started: list[Service] = []

    def start_one(**settings: str) -> Service:
        service = Service(tmp_path, **{"METRICS_PORT": Service.free_port()} | settings)
        started.append(service)
        return service.start()

    yield start_one
    for service in started:
        service.kill()


@pytest.fixture
def service(start: Callable[..., Service]) -> Service:
    return start(APP_VERSION='1.2.3"\\quoted').await_ready()
