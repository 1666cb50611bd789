"""GET /events, byte for byte: what a program that follows the count can rely on."""

from __future__ import annotations

import contextlib
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from service import Service
from stream import Stream


@pytest.fixture(autouse=True)
def ready(service: Service) -> None:
    service.await_ready()


def test_tells_the_present_count_at_once_and_each_change(service: Service) -> None:
    service.add(3)
    stream = Stream(service)
    assert stream.status == 200
    assert stream.headers["content-type"] == "text/event-stream"
    assert stream.headers["cache-control"] == "no-store"
    assert stream.event()[1] == 3
    service.add()
    assert stream.event()[1] == 4
    stream.close()


def test_sends_at_most_ten_events_a_second_however_fast_the_count_moves(service: Service) -> None:
    stream = Stream(service)
    stopping = threading.Event()

    def count() -> None:
        while not stopping.is_set():
            service.add()

    counting = [threading.Thread(target=count) for _ in range(4)]
    for thread in counting:
        thread.start()
    times = [stream.event()[0] for _ in range(35)]
    stopping.set()
    for thread in counting:
        thread.join()
    # From the second on: the first is the answer itself.
    spans = [times[i + 10] - times[i] for i in range(1, len(times) - 10)]
    assert min(spans) > 0.95, f"eleven events within {min(spans):.2f} s"
    assert times[-1] - times[1] < 33 * 0.2, f"33 events took {times[-1] - times[1]:.1f} s: hardly live"
    stream.read_to(service.add())
    stream.close()


def test_the_last_count_of_a_burst_is_always_told(service: Service) -> None:
    stream = Stream(service)
    for _ in range(5):
        stream.read_to(service.add(7))
    stream.close()


def test_a_client_that_comes_back_learns_what_it_missed(service: Service) -> None:
    stream = Stream(service)
    stream.read_to(service.add(2))
    stream.close()
    service.add(5)
    again = Stream(service, "Last-Event-ID: 2")
    assert again.event()[1] == 7
    again.close()


@pytest.mark.parametrize("last", ["7", "99999999999999999999999", "-1", "nonsense", ""])
def test_any_last_event_id_is_accepted(service: Service, last: str) -> None:
    service.add()
    stream = Stream(service, f"Last-Event-ID: {last}")
    assert stream.event()[1] == 1
    stream.close()


def test_shows_that_it_is_alive_after_15_seconds_without_an_event(service: Service) -> None:
    stream = Stream(service)
    told, _ = stream.event()
    comment = stream.block()
    silence = time.monotonic() - told
    assert comment.startswith(":"), comment
    assert 14 < silence < 17, f"a heartbeat after {silence:.1f} s"
    stream.close()


def test_a_client_of_http_1_0_gets_it_without_chunks(service: Service) -> None:
    stream = Stream(service, version="1.0")
    assert "transfer-encoding" not in stream.headers
    assert stream.event()[1] == 0
    stream.read_to(service.add())
    stream.close()


def test_head_tells_what_get_would_and_ends(service: Service) -> None:
    status, headers, body = service.ask("HEAD", "events")
    assert (status, body) == (200, b"")
    assert headers["content-type"] == "text/event-stream" and "content-length" not in headers


def test_ends_in_order_when_the_service_stops(service: Service) -> None:
    streams = [Stream(service) for _ in range(20)]
    for stream in streams:
        stream.event()
    begun = time.monotonic()
    assert service.stop() == 0
    took = time.monotonic() - begun
    for stream in streams:
        stream.rest()
    assert took < 5, f"stopping with 20 streams open took {took:.1f} s"


def test_stays_open_while_the_service_drains(start, service: Service) -> None:
    service.stop()
    service = start(DRAIN_DELAY="1").await_ready()
    stream = Stream(service)
    stopping = threading.Thread(target=service.stop)
    stopping.start()
    service.await_readiness("draining")
    stream.read_to(service.add())
    stream.rest()
    stopping.join()


def test_a_standby_has_no_count_to_tell(start, service: Service) -> None:
    standby = start().await_readiness("lock held")
    status, headers, _ = standby.get("events")
    assert (status, headers["content-type"], headers["retry-after"]) == (503, "application/problem+json", "1")
    service.stop()
    standby.await_ready()
    assert Stream(standby).event()[1] == 0


def test_tells_what_other_processes_count_where_they_share_the_file(start, service: Service) -> None:
    service.stop()
    one, other = start(COUNTER_SHARED="true").await_ready(), start(COUNTER_SHARED="true").await_ready()
    stream = Stream(one)
    told = time.monotonic()
    stream.read_to(other.add(5))
    assert time.monotonic() - told < 3, "another process's increments came late"


def test_a_reader_that_stops_reading_is_cut_and_others_go_on(start, tmp_path: Path) -> None:
    service = start_with_metrics(start, tmp_path)
    lazy, reader = Stream(service, receive_buffer=2048), Stream(service)
    heard: list[int] = []
    reading = threading.Thread(target=follow, args=(reader, heard))
    reading.start()
    deadline = time.monotonic() + 60
    while metric(service, 'http_connections_cut_total{reason="slow_reader"}') == 0:
        assert time.monotonic() < deadline, "a reader that doesn't read is still not cut after 60 s of events"
        service.add(5)
    await_metric(service, "http_event_streams_open", 1)
    last = service.add()
    deadline = time.monotonic() + 5
    while heard[-1] != last:
        assert time.monotonic() < deadline, f"a stream that is read tells {heard[-1]}, the count is {last}"
        time.sleep(0.05)
    service.stop()
    reading.join()
    with pytest.raises((EOFError, ConnectionError)):
        lazy.rest()


def test_streams_are_counted_while_they_are_open(start, tmp_path: Path) -> None:
    service = start_with_metrics(start, tmp_path)
    streams = [Stream(service) for _ in range(3)]
    await_metric(service, "http_event_streams_open", 3)
    for stream in streams:
        stream.close()
    await_metric(service, "http_event_streams_open", 0)
    await_metric(service, "http_connections_open", 0)


def follow(stream: Stream, heard: list[int]) -> None:
    """Notes every count until the stream ends."""
    with contextlib.suppress(EOFError):
        while True:
            heard.append(stream.event()[1])


def start_with_metrics(start, folder: Path) -> Service:
    """A service of its own, on a file of its own."""
    return start(METRICS_PORT=Service.free_port(), COUNTER_FILE=str(folder / "own.json")).await_ready()


def metric(service: Service, name: str) -> float:
    with urllib.request.urlopen(service.metrics_url + "metrics", timeout=10) as reply:
        for line in reply.read().decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[-1])
    raise AssertionError(f"no metric {name}")


def await_metric(service: Service, name: str, value: float) -> None:
    deadline = time.monotonic() + 5
    while (now := metric(service, name)) != value:
        assert time.monotonic() < deadline, f"{name} is {now}, not {value}"
        time.sleep(0.05)
