"""Two servers and a Python service on one directory, as while a team migrates: the total is exact."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness import python_service
from harness.linearizability import Call, violations
from harness.load import Load
from harness.program import wait_for
from harness.sanitizer import scaled

CLIENTS = 8
TIMES = scaled(300)

pytestmark = pytest.mark.heavy


def start_python_service(file: Path) -> subprocess.Popen[str]:
    command = [sys.executable, python_service.__file__, str(file), str(TIMES)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def calls_of(service: subprocess.Popen[str]) -> list[Call]:
    """What it counted; its clock is the same for all processes of a machine."""
    output, _ = service.communicate(timeout=120)
    assert service.returncode == 0
    return [Call("POST", *json.loads(line)) for line in output.splitlines()]


def test_the_total_is_exact_and_each_number_is_given_once(start) -> None:
    start.file.write_text('{"counter": 1000}')
    servers = [start(COUNTER_SHARED="true").await_ready() for _ in range(2)]
    services = [start_python_service(start.file) for _ in range(2)]
    try:
        with Load([server.port for server in servers], CLIENTS) as load:
            history = [call for service in services for call in calls_of(service)]
    finally:
        for service in services:
            service.kill()
    history += load.history
    posts = sum(call.method == "POST" for call in history)
    assert load.wrong == []
    assert load.posts(answered=False) == 0, "a POST was refused or lost without any fault"
    assert load.posts() > TIMES / 4, f"only {load.posts()} POSTs beside {2 * TIMES} of the Python services"
    assert [server.get().count for server in servers] == [1000 + posts] * 2
    assert python_service.read(start.file) == 1000 + posts
    assert violations(history, first=1000, final=1000 + posts)[:5] == []


def test_each_sees_at_once_what_the_others_did(start) -> None:
    servers = [start(COUNTER_SHARED="true").await_ready() for _ in range(2)]
    for turn in range(10):
        assert servers[turn % 2].add() == turn * 2 + 1
        assert servers[1 - turn % 2].get().count == turn * 2 + 1
        assert python_service.increment(start.file) == turn * 2 + 2
        assert servers[turn % 2].get().count == turn * 2 + 2


def test_a_single_writer_keeps_the_python_service_waiting_and_then_lets_it_go_on(start) -> None:
    server = start().await_ready()
    server.add(5)
    service = start_python_service(start.file)
    try:
        assert server.add(5) == 10
        time.sleep(0.3)
        assert service.poll() is None and python_service.read(start.file) == 10
        server.stop()
        numbers = [call.number for call in calls_of(service)]
    finally:
        service.kill()
    assert numbers == list(range(11, 11 + TIMES))
    successor = start().await_ready()
    assert wait_for("the successor counts on", successor.add) == 11 + TIMES
