"""The port for machines: the count and the requests as Prometheus reads them, and the probes."""

from __future__ import annotations

import re

import pytest

from harness.program import Server, wait_for
from harness.wire import expect_problem

SAMPLE = re.compile(r'([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})? ([0-9.eE+-]+|\+Inf|NaN)')

#: What the requests of a test add, by route, method and status.
EXPECTED = {
    ("/", "POST", "200"): 5,
    ("/", "GET", "200"): 1,
    ("other", "GET", "404"): 1,
    ("/", "DELETE", "405"): 1,
}


def samples(server: Server) -> dict[str, float]:
    """Name with labels to value; each line must be a comment or a sample."""
    found = {}
    response = server.metrics()
    assert response.status == 200
    assert (response.field("content-type") or "").startswith("text/plain; version=0.0.4")
    for line in response.body.decode().splitlines():
        if line.startswith("#"):
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, f"not a sample: {line}"
        found[sample[1] + (sample[2] or "")] = float(sample[3])
    return found


def requests(found: dict[str, float], route: str, method: str, code: str) -> float:
    labels = [f'route="{route}"', f'method="{method}"', f'code="{code}"']
    return sum(
        value
        for name, value in found.items()
        if name.startswith("http_requests_total{") and all(label in name for label in labels)
    )


@pytest.fixture
def measured(start) -> Server:
    return start(metrics=True).await_ready()


def test_the_count_is_a_metric(measured: Server) -> None:
    measured.add(3)
    assert samples(measured)["counter_value"] == 3


def test_requests_are_counted_by_route_method_and_status(measured: Server) -> None:
    before = samples(measured)
    measured.add(5)
    measured.get()
    measured.get("/nothing")
    measured.ask("DELETE")

    def grown() -> dict[tuple[str, str, str], float]:
        after = samples(measured)
        return {labels: requests(after, *labels) - requests(before, *labels) for labels in EXPECTED}

    # A request may be counted a moment after its answer was sent.
    wait_for("all of them are counted", lambda: sum(grown().values()) >= sum(EXPECTED.values()))
    assert grown() == EXPECTED


def test_the_probes_are_there_too(measured: Server) -> None:
    assert measured.metrics("/healthz").json == {"status": "ok"}
    assert measured.metrics("/readyz").json == {"status": "ready"}


@pytest.mark.parametrize("target", ["/", "/version", "/nothing"])
def test_nothing_else_is_there(measured: Server, target: str) -> None:
    expect_problem(measured.metrics(target), 404)


def test_the_count_can_not_be_changed_there(measured: Server) -> None:
    expect_problem(measured.metrics("/", "POST"), 404)
    response = measured.metrics("/metrics", "POST")
    expect_problem(response, 405)
    assert response.field("allow")
    assert measured.get().count == 0


def test_hostile_input_is_refused_there_too(measured: Server) -> None:
    ambiguous = "GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
    with measured.connect_metrics() as connection:
        expect_problem(connection.send(ambiguous.encode()).read_response(), 400)
        connection.expect_close()


def test_paths_and_queries_are_read_as_on_the_public_port(measured: Server) -> None:
    assert measured.metrics("/metrics?x=y").status == 200
    expect_problem(measured.metrics("/metrics/"), 404)


def test_port_0_turns_it_off(start) -> None:
    server = start(METRICS_PORT=0)
    assert server.metrics_port == 0
    assert server.get("/healthz").status == 200
