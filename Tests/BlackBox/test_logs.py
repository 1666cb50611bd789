"""JSON lines on standard error: what happened to the service, and not each request."""

from __future__ import annotations

import re

import pytest

from harness.program import run

LEVELS = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_each_line_has_time_level_and_message(start) -> None:
    server = start().await_ready()
    server.stop()
    for line in server.log():
        assert TIME.fullmatch(line["time"]), line
        assert line["level"] in LEVELS, line
        assert line["message"], line


def test_a_life_is_told_in_order(start) -> None:
    server = start().await_ready()
    server.stop()
    messages = [line["message"] for line in server.log()]
    # Listening and reading the file go side by side.
    for story in [
        ["starting", "listening", "draining", "stopped"],
        ["starting", "ready", "draining", "stopped"],
    ]:
        assert [message for message in messages if message in story] == story


def test_one_line_says_where_it_listens(start) -> None:
    server = start(metrics=True)
    (line,) = server.log("listening")
    assert line["server.address"] == "127.0.0.1"
    assert type(line["server.port"]) is int and type(line["metrics.port"]) is int


def test_without_a_metrics_port_none_is_logged(start) -> None:
    assert "metrics.port" not in start().log("listening")[0]


def test_requests_leave_no_line_at_info(start) -> None:
    server = start().await_ready()
    before = len(server.log())
    server.add(50)
    for target in ["/", "/nothing", "/healthz", "/readyz"]:
        server.get(target)
    with server.connect() as connection:
        connection.send(b"nonsense\r\n\r\n").read_response()
    assert server.log()[before:] == []


def test_the_end_is_summed_up(start) -> None:
    server = start().await_ready()
    server.add(7)
    server.stop()
    (line,) = server.log("stopped")
    assert line["count"] == 7
    assert line["requests"] >= 7


@pytest.mark.parametrize("level", [*LEVELS, "INFO", "Debug", "CRITICAL"])
def test_any_level_in_any_case_is_understood(level: str) -> None:
    assert run("--healthcheck", LOG_LEVEL=level, PORT="1", HOST="127.0.0.1").returncode == 1


def test_nothing_below_the_level_is_logged(start) -> None:
    for level in ["error", "CRITICAL"]:
        server = start(listening=False, COUNTER_FILE="/nowhere/counter.json", LOG_LEVEL=level)
        server.may_log_errors = True
        assert server.wait() == 73
        assert [line["level"] for line in server.log()] == ["critical"]


def test_a_format_for_people_is_one_line_an_event() -> None:
    result = run(COUNTER_FILE="/nowhere/counter.json", LOG_FORMAT="text", PORT="0", METRICS_PORT="0")
    assert result.returncode == 73
    lines = result.stderr.splitlines()
    assert "/nowhere" in lines[-1] and not lines[-1].startswith("{"), lines
