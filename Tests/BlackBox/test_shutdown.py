"""Stopping: unready first, then closed to new clients, and nothing in flight is lost."""

from __future__ import annotations

import signal
import time

import pytest

from harness.faults import SYNC, Fault
from harness.full_disk import FileSizeLimit
from harness.program import Server, wait_for
from harness.sanitizer import PATIENCE
from harness.wire import Closed, expect_unavailable, request

LONG = 60
SIGNALS = [signal.SIGTERM, signal.SIGINT]
#: The first part of a POST, and the rest.
HEAD, REST = request("POST", body=b"hello")[:-3], request("POST", body=b"hello")[-3:]


def await_draining(server: Server) -> Server:
    server.wait_for_log("draining")
    return server


def await_refused(server: Server) -> None:
    def refused() -> bool:
        try:
            server.connect().socket.close()
        except ConnectionRefusedError:
            return True
        return False

    wait_for("new connections are refused", refused)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_stop_is_clean(start, number: signal.Signals) -> None:
    server = start().await_ready()
    server.add(3)
    server.stop(number)
    assert server.log("stopped")
    assert not server.log("ready")[1:]


def test_a_stop_right_after_the_start_is_clean(start) -> None:
    for _ in range(10):
        start().stop()


def test_idle_connections_are_closed(start) -> None:
    server = start(SHUTDOWN_TIMEOUT=LONG).await_ready()
    unused, used = server.connect(), server.connect()
    used.ask("POST")
    server.send_signal(signal.SIGTERM)
    used.expect_close()
    unused.expect_close()
    assert server.wait() == 0
    for connection in (unused, used):
        connection.socket.close()


@pytest.mark.parametrize("number", SIGNALS)
def test_during_the_delay_it_is_unready_and_still_serves(start, number: signal.Signals) -> None:
    server = start(DRAIN_DELAY=LONG).await_ready()
    with server.connect() as old:
        old.ask("GET")
        server.send_signal(number)
        await_draining(server)
        response = server.get("/readyz")
        assert (response.status, response.json) == (503, {"status": "unready", "reason": "draining"})
        assert server.get("/healthz").status == 200
        assert server.add() == 1
        response = old.ask("POST")
        assert (response.count, response.closes) == (2, True), (
            "clients must learn that they should turn elsewhere"
        )
        old.expect_close()
    server.kill()


def test_after_the_delay_it_ends(start) -> None:
    server = start(DRAIN_DELAY=0.5).await_ready()
    before = time.monotonic()
    server.stop()
    seconds = time.monotonic() - before
    assert seconds >= 0.5, f"ended after {seconds:.2f} s"


def test_metrics_and_probes_are_there_until_the_end(start) -> None:
    server = start(DRAIN_DELAY=LONG, metrics=True).await_ready()
    server.send_signal(signal.SIGTERM)
    await_draining(server)
    assert server.metrics("/healthz").status == 200
    assert server.metrics("/readyz").json["reason"] == "draining"
    assert server.metrics().status == 200
    server.kill()


@pytest.mark.parametrize("beginning", [HEAD, HEAD[:10]], ids=["in its body", "in its first line"])
def test_a_request_that_has_begun_is_answered(start, beginning: bytes) -> None:
    server = start(SHUTDOWN_TIMEOUT=LONG).await_ready()
    with server.connect() as connection:
        connection.send(beginning)
        # That the server has read it shows in nothing; an answer on another connection comes after it.
        assert server.add() == 1
        server.send_signal(signal.SIGTERM)
        await_refused(server)
        response = connection.send((HEAD + REST)[len(beginning) :]).read_response(to="POST")
        assert (response.count, response.closes) == (2, True)
        connection.expect_close()
    assert server.wait() == 0


def test_pipelined_requests_that_have_arrived_get_an_answer_or_a_close(start) -> None:
    server = start().await_ready()
    with server.connect() as connection:
        connection.send(request("POST") * 500)
        assert connection.read_response(to="POST").count == 1
        server.send_signal(signal.SIGTERM)
        answered = 1
        try:
            while True:
                response = connection.read_response(to="POST")
                answered += 1
                assert response.count == answered
                if response.closes:
                    connection.expect_close()
                    break
        except Closed:
            assert answered == 500, f"{answered} of 500 answered, and the last did not say close"
    assert server.wait() == 0
    counted = server.log("stopped")[0]["count"]
    assert counted == answered, f"{counted} counted, {answered} answered"


def test_a_post_that_waits_for_the_disk_is_answered(start) -> None:
    server = start(SHUTDOWN_TIMEOUT=LONG, COMMIT_TIMEOUT=LONG).await_ready()
    server.add(1)
    with server.connect() as connection, Fault(server, start.folder, SYNC, "delay_enter=1s") as fault:
        connection.send(request("POST"))
        wait_for("the disk stalls", lambda: fault.seen("f"))
        server.send_signal(signal.SIGTERM)
        response = connection.read_response(to="POST")
        assert (response.count, response.closes) == (2, True)
        connection.expect_close()
    assert server.wait() == 0


def test_a_client_that_never_finishes_does_not_hold_it_up_for_ever(start) -> None:
    server = start(SHUTDOWN_TIMEOUT=1, REQUEST_TIMEOUT=LONG).await_ready()
    with server.connect() as connection:
        connection.send(HEAD)
        assert server.add() == 1
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 0
        assert connection.read_to_end() == b""


def test_a_disk_that_never_answers_does_not_hold_it_up_for_ever(start) -> None:
    server = start(SHUTDOWN_TIMEOUT=1, COMMIT_TIMEOUT=LONG).await_ready()
    server.add(1)
    with server.connect() as connection, Fault(server, start.folder, SYNC, f"delay_enter={LONG}s") as fault:
        connection.send(request("POST"))
        wait_for("the disk stalls", lambda: fault.seen("f"))
        server.send_signal(signal.SIGTERM)
        server.wait_for_log("stopped")
    # Only now, with strace gone, can the call that stalls be ended.
    assert server.wait() == 0


def test_a_server_whose_disk_fails_stops_cleanly(start) -> None:
    server = start().await_ready()
    server.may_log_errors = True
    server.add(1)
    FileSizeLimit(start.folder).fill(server)
    expect_unavailable(server.ask("POST"))
    server.send_signal(signal.SIGTERM)
    assert server.wait() == 0


@pytest.mark.parametrize("settings", [{"DRAIN_DELAY": LONG}, {"SHUTDOWN_TIMEOUT": LONG}], ids=str)
def test_a_second_signal_ends_it_at_once(start, settings: dict[str, int]) -> None:
    server = start(REQUEST_TIMEOUT=LONG, **settings).await_ready()
    with server.connect() as connection:
        connection.send(HEAD)
        assert server.add() == 1
        server.send_signal(signal.SIGTERM)
        await_draining(server)
        if "DRAIN_DELAY" not in settings:
            await_refused(server)
        assert server.process.poll() is None
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE)


def test_a_standby_that_is_asked_to_stop_refuses_to_the_end(start) -> None:
    start().await_ready()
    second = start(DRAIN_DELAY=LONG)
    second.wait_for_log("waiting for the lock")
    second.send_signal(signal.SIGTERM)
    await_draining(second)
    expect_unavailable(second.ask("POST"))
    second.kill()
