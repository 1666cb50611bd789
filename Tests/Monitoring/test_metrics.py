"""The numbers on the metrics port are those of what really happened."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from disk import sick_disk
from promtool import alerts, dashboard_queries, metric_names, promtool
from scrape import OPEN_METRICS, PROMETHEUS, Scrape, page
from service import Service

COUNT = {"route": "/"}


def until(service: Service, what: str, true) -> Scrape:
    """A scrape of which `true` holds."""
    deadline = time.monotonic() + 10
    while not true(scrape := Scrape(service)):
        assert time.monotonic() < deadline, f"not in 10 s: {what}"
        time.sleep(0.05)
    return scrape


def connect(service: Service, send: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=10)
    connection.sendall(send)
    return connection


def test_prometheus_own_linter_finds_nothing_to_say(service: Service) -> None:
    for status, path in [(200, ""), (200, "version"), (404, "nothing"), (200, "healthz")]:
        assert service.get(path)[0] == status
    service.add(3)
    connect(service, b"nonsense\r\n\r\n").recv(1000)
    content, said = promtool("check", "metrics", given=page(service)[1])
    assert content and not said, said


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "text/plain; version=0.0.4; charset=utf-8"),
        ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
        ("text/plain", "text/plain; version=0.0.4; charset=utf-8"),
        (OPEN_METRICS, "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        (PROMETHEUS, "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        ("application/openmetrics-text;q=0.1, text/plain", "text/plain; version=0.0.4; charset=utf-8"),
    ],
)
def test_the_scraper_chooses_the_format(service: Service, accept: str | None, kind: str) -> None:
    assert page(service, accept)[0] == kind


def test_both_formats_say_the_same(service: Service) -> None:
    service.add(5)
    moving = {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes"}
    moving |= {"counter_last_commit_age_seconds"}
    old, new = Scrape(service), Scrape(service, OPEN_METRICS)
    assert old.samples.keys() == new.samples.keys()
    differing = {key for key in old.samples if old.samples[key] != new.samples[key]}
    assert {name for name, _ in differing} <= moving


def test_the_version_is_quoted_as_the_format_asks(service: Service) -> None:
    for accept in (None, OPEN_METRICS):
        infos = [labels for name, labels in Scrape(service, accept).samples if name == "counter_build_info"]
        assert dict(infos[0])["version"] == '1.2.3"\\quoted'


def test_the_loops_counts_add_up(service: Service) -> None:
    """40 connections spread over both loops; nothing that they count gets lost."""
    with ThreadPoolExecutor(40) as pool:
        list(pool.map(lambda _: service.add(5), range(40)))
    for _ in range(30):
        service.get()
    # The last is counted a moment after its answer.
    scrape = until(
        service, "30 GETs", lambda s: s("http_requests_total", **COUNT, method="GET", code="200") == 30
    )
    assert scrape("counter_value") == 200
    assert scrape("counter_increments_total") == 200
    assert scrape("http_requests_total", **COUNT, method="POST", code="200") == 200
    assert scrape("http_request_duration_seconds_count", **COUNT, method="POST") == 200
    assert scrape("counter_commit_batch_size_sum") == 200
    assert 1 <= scrape("counter_commit_batch_size_count") <= 200
    assert scrape("counter_waiting_increments") == 0
    assert scrape("http_connections_accepted_total") >= 230


def test_durations_are_those_that_a_client_sees(service: Service) -> None:
    begun = time.monotonic()
    service.add(50)
    seen = time.monotonic() - begun
    scrape = until(service, "50 POSTs", lambda s: s("counter_increments_total") == 50)
    told = scrape("http_request_duration_seconds_sum", **COUNT, method="POST")
    commits = scrape("counter_commit_duration_seconds_sum")
    assert 0 < told < seen, f"50 POSTs took the client {seen} s, the service says {told} s"
    assert 0 < commits, "the commits took no time"


def test_unknown_paths_and_methods_make_no_series_of_their_own(service: Service) -> None:
    for number in range(20):
        service.ask("GET", f"nothing{number}")
        connect(service, f"BREW{number} / HTTP/1.1\r\nHost: a\r\n\r\n".encode()).recv(1000)
    scrape = until(service, "40 requests", lambda s: s.sum("http_requests_total", route="other") == 20
                   and s.sum("http_requests_total", method="_OTHER") == 20)
    assert scrape("http_requests_total", route="other", method="GET", code="404") == 20
    series = sum(name == "http_requests_total" for name, _ in scrape.samples)
    assert series < 12, f"{series} series"


def test_what_the_server_refuses_by_itself_is_counted_too(service: Service) -> None:
    connect(service, b"nonsense\r\n\r\n").recv(1000)
    connect(service, b"POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").recv(1000)
    scrape = until(service, "two refusals", lambda s: s.sum("http_requests_total", code="400") == 2)
    assert scrape("http_connections_cut_total", reason="malformed") == 2


def test_cut_connections_are_counted_by_reason(start) -> None:
    service = start(IDLE_TIMEOUT="1", REQUEST_TIMEOUT="0.5")
    idle = connect(service, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    slow = connect(service, b"GET / HT")
    assert until(service, "open connections", lambda s: s("http_connections_open") == 2)
    for reason in ("idle", "deadline"):
        until(service, reason, lambda s, reason=reason: s("http_connections_cut_total", reason=reason) == 1)
    until(service, "no connections", lambda s: s("http_connections_open") == 0)
    idle.close()
    slow.close()


def test_a_full_house_is_counted(start) -> None:
    service = start(MAX_CONNECTIONS="2", EVENT_LOOPS="1")
    guests = [connect(service) for _ in range(3)]
    until(service, "a pause", lambda s: s("http_accept_pauses_total", reason="limit") >= 1)
    for guest in guests:
        guest.close()


def test_failures_are_counted_by_the_step(start) -> None:
    service = start().await_ready()
    with sick_disk(service, "error=EIO"):
        assert service.ask("POST")[0] == 503
        scrape = until(service, "unready", lambda s: s("counter_ready") == 0)
        assert scrape("counter_commit_failures_total", kind="sync") >= 1
        assert scrape("http_requests_total", **COUNT, method="POST", code="503") == 1
        assert scrape("counter_increments_total") == 0
    until(service, "ready again", lambda s: s("counter_ready") == 1)


def test_a_commit_that_hangs_is_seen_while_it_hangs(start) -> None:
    service = start(COMMIT_TIMEOUT="1").await_ready()
    with sick_disk(service, "delay_enter=4s:when=1"), ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(service.ask, "POST") for _ in range(3)]
        until(service, "waiting POSTs", lambda s: s("counter_waiting_increments") == 3)
        scrape = until(service, "a stall", lambda s: s("counter_commit_failures_total", kind="stalled") == 1)
        assert scrape("counter_store_busy_seconds") > 1
        assert scrape("counter_last_commit_age_seconds") > 1
        assert [answer.result()[0] for answer in answers] == [503, 503, 503]
        assert Scrape(service)("counter_waiting_increments") == 0
    service.await_ready()
    assert Scrape(service)("counter_commit_failures_total", kind="stalled") == 1, "one stall was counted again"


def test_the_lock_is_held_by_one(start) -> None:
    service, standby = start().await_ready(), start().await_readiness("lock held")
    assert (Scrape(service)("counter_lock_held"), Scrape(service)("counter_ready")) == (1, 1)
    assert (Scrape(standby)("counter_lock_held"), Scrape(standby)("counter_ready")) == (0, 0)
    assert "counter_value" not in Scrape(standby).names(), "a standby tells a count"


def test_the_process_is_described_as_by_any_client_of_prometheus(service: Service) -> None:
    scrape = Scrape(service)
    assert abs(time.time() - scrape("process_start_time_seconds")) < 60
    assert abs(time.time() - scrape("counter_last_commit_timestamp_seconds")) < 60
    assert 1e6 < scrape("process_resident_memory_bytes") < scrape("process_virtual_memory_bytes")
    assert 10 < scrape("process_open_fds") < scrape("process_max_fds")
    before = scrape("process_cpu_seconds_total")
    service.add(500)
    assert Scrape(service)("process_cpu_seconds_total") > before
    open_before = Scrape(service)("process_open_fds")
    guests = [connect(service) for _ in range(10)]
    until(service, "10 more descriptors", lambda s: s("process_open_fds") == open_before + 10)
    for guest in guests:
        guest.close()


def test_alerts_and_dashboard_ask_for_metrics_that_there_are(service: Service) -> None:
    service.add()
    asked = set().union(*(metric_names(query) for query in dashboard_queries()))
    asked |= set().union(*(metric_names(rule["expr"]) for rule in alerts()))
    ours = {name for name in asked if not name.startswith("kubelet_")}
    missing = ours - Scrape(service).names()
    assert not missing, f"nobody exposes {sorted(missing)}"
    assert len(ours) > 20, f"only {len(ours)} names found"
