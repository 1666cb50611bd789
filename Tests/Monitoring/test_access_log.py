"""ACCESS_LOG=true: one line a request, in the words of OpenTelemetry, and no request waits for it."""

from __future__ import annotations

import json
import socket
import time

from disk import sick_disk
from service import Service


def lines(service: Service, message: str) -> list[dict]:
    return [entry for entry in map(json.loads, service.lines) if entry["message"] == message]


def stopped(service: Service) -> Service:
    """Ended, so that all lines are there."""
    assert service.stop() == 0
    return service


def test_there_is_none_by_default(start) -> None:
    service = start().await_ready()
    service.add(5)
    assert not lines(stopped(service), "request")


def test_each_request_leaves_one_line(start) -> None:
    service = start(ACCESS_LOG="true").await_ready()
    service.add(3)
    service.ask("GET", "nothing/to/see?x=y", **{"User-Agent": 'a "quoted"\\name'})
    logged = lines(stopped(service), "request")
    posts = [line for line in logged if line["http.request.method"] == "POST"]
    assert len(posts) == 3
    for line in posts:
        assert (line["level"], line["url.path"], line["http.response.status_code"]) == ("info", "/", 200)
        assert line["network.peer.address"] == "127.0.0.1" and line["network.peer.port"] > 1023
        assert 0 < line["http.server.request.duration"] < 5
    (missed,) = [line for line in logged if line["http.response.status_code"] == 404]
    assert missed["url.path"] == "/nothing/to/see"
    assert missed["user_agent.original"] == 'a "quoted"\\name'


def test_what_could_not_be_understood_is_logged_too(start) -> None:
    service = start(ACCESS_LOG="true").await_ready()
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        connection.recv(1000)
    (line,) = [e for e in lines(stopped(service), "request") if e["http.response.status_code"] == 400]
    assert line["http.request.method"] == "_OTHER" and "url.path" not in line


def test_does_not_depend_on_the_level(start) -> None:
    service = start(ACCESS_LOG="true", LOG_LEVEL="critical", PORT=Service.free_port()).await_ready()
    service.add()
    assert len(lines(stopped(service), "request")) >= 1


def test_text_for_people(start) -> None:
    service = start(ACCESS_LOG="true", LOG_FORMAT="text", PORT=Service.free_port()).await_ready()
    service.add()
    (line,) = [line for line in stopped(service).lines if "http.request.method=POST" in line]
    assert " INFO request " in line and "url.path=/ " in line


def test_no_request_waits_for_a_reader_of_the_log(start) -> None:
    """More lines than a pipe holds, twice over, while nobody reads: all are answered, and the loss is told."""
    service = start(ACCESS_LOG="true").await_ready()
    service.pause_reading()
    request = b"GET /healthz HTTP/1.1\r\nHost: a\r\nUser-Agent: " + b"x" * 400 + b"\r\n\r\n"
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
        for _ in range(40):
            connection.sendall(request * 100)
            received = b""
            while received.count(b'{"status":"ok"}') < 100:
                received += connection.recv(65536)
    took = time.monotonic() - begun
    service.resume_reading()
    service.get("version")
    stopped(service)
    logged, dropped = len(lines(service, "request")), sum(e["lines"] for e in lines(service, "access log dropped"))
    assert took < 10, f"4,000 requests took {took:.1f} s while nobody read the log"
    assert dropped > 0, "the log's pipe took everything: nothing was tested"
    assert logged + dropped >= 4001, f"{logged} lines logged and {dropped} told as dropped, of 4,001 requests"


def test_a_store_that_fails_and_recovers_is_told_once(start) -> None:
    service = start().await_ready()
    with sick_disk(service, "error=EIO"):
        for _ in range(10):
            service.ask("POST")
        service.await_readiness("store failing")
    service.await_ready()
    (failed,) = lines(stopped(service), "store failed")
    assert failed["level"] == "error" and failed["error.type"] == "sync" and failed["error"]
    assert len(lines(service, "store recovered")) == 1


def test_a_commit_that_hangs_is_told_once(start) -> None:
    service = start(COMMIT_TIMEOUT="1").await_ready()
    with sick_disk(service, "delay_enter=4s:when=1"):
        for _ in range(5):
            service.ask("POST")
        service.await_readiness("store stalled")
        service.await_ready()
    time.sleep(0.5)
    (failed,) = lines(stopped(service), "store failed")
    assert failed["error.type"] == "stalled"
    assert len(lines(service, "store recovered")) == 1


def test_the_end_is_told_with_totals(start) -> None:
    service = start().await_ready()
    service.add(4)
    service.get()
    (line,) = lines(stopped(service), "stopped")
    assert line["count"] == 4 and line["requests"] >= 5 and line["connections.cut"] == 0
