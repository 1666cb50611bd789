"""What each path answers, by method; the form of every answer."""

from __future__ import annotations

import re

import pytest

from harness.program import Server
from harness.wire import expect_problem

KNOWN = ["/", "/healthz", "/readyz", "/version"]
ALLOWED = {path: {"GET", "HEAD", "OPTIONS"} | ({"POST"} if path == "/" else set()) for path in KNOWN}
DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")


def test_get_answers_zero_where_there_is_no_file(server: Server) -> None:
    response = server.get()
    assert response.body == b'{"counter":0}\n'
    assert response.status == 200


def test_post_answers_the_new_count(server: Server) -> None:
    assert [server.ask("POST").count for _ in range(3)] == [1, 2, 3]
    assert server.get().count == 3


def test_healthz_says_that_the_process_serves(server: Server) -> None:
    response = server.get("/healthz")
    assert (response.status, response.json) == (200, {"status": "ok"})


def test_readyz_says_that_it_is_ready(server: Server) -> None:
    response = server.get("/readyz")
    assert (response.status, response.json) == (200, {"status": "ready"})


def test_version_is_what_the_environment_says(start) -> None:
    response = start(APP_VERSION="1.2.3-rc.4+build").get("/version")
    assert (response.status, response.json) == (200, {"version": "1.2.3-rc.4+build"})


def test_version_is_dev_by_default(server: Server) -> None:
    assert server.get("/version").json == {"version": "dev"}


def test_a_version_with_quotes_is_still_json(start) -> None:
    assert start(APP_VERSION='a "b" \\ c').get("/version").json == {"version": 'a "b" \\ c'}


@pytest.mark.parametrize("path", KNOWN)
def test_what_can_change_is_json_that_nobody_stores(server: Server, path: str) -> None:
    response = server.get(path)
    assert response.field("content-type") == "application/json"
    assert response.field("cache-control") == "no-store"
    assert DATE.fullmatch(response.field("date") or ""), f"Date: {response.field('date')}"


def test_post_answers_json_that_nobody_stores(server: Server) -> None:
    response = server.ask("POST")
    assert response.field("content-type") == "application/json"
    assert response.field("cache-control") == "no-store"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/*;q=0.5", "text/plain"])
def test_who_does_not_prefer_html_gets_json(server: Server, accept: str) -> None:
    assert server.ask("GET", fields=f"Accept: {accept}\r\n").count == 0


@pytest.mark.parametrize("path", KNOWN)
def test_a_query_changes_nothing(server: Server, path: str) -> None:
    plain = server.get(path)
    for query in ["?", "?a=b", "?a=b&c=%20d", "?/other", "?x=?y"]:
        response = server.get(path + query)
        assert (response.status, response.body) == (plain.status, plain.body), f"{path}{query}: {response}"


def test_a_post_with_a_query_counts(server: Server) -> None:
    assert server.ask("POST", "/?source=test").count == 1


@pytest.mark.parametrize(
    "path", ["/nothing", "/healthz/", "/Healthz", "//", "/healthz/x", "/..", "/%00", "/é"]
)
def test_an_unknown_path_is_404(server: Server, path: str) -> None:
    expect_problem(server.get(path), 404)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_an_unknown_path_is_404_whatever_the_method(server: Server, method: str) -> None:
    expect_problem(server.ask(method, "/nothing"), 404)
    assert server.get().count == 0


@pytest.mark.parametrize(
    "path, method",
    [
        (path, method)
        for path in KNOWN
        for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW", "PROPFIND", "get"]
        if method not in ALLOWED[path]
    ],
)
def test_another_method_on_a_known_path_is_405_with_allow(server: Server, path: str, method: str) -> None:
    response = server.ask(method, path)
    expect_problem(response, 405)
    assert set((response.field("allow") or "").split(", ")) == ALLOWED[path]
    assert server.get().count == 0


@pytest.mark.parametrize("path", KNOWN)
def test_options_is_204_with_allow(server: Server, path: str) -> None:
    response = server.ask("OPTIONS", path)
    assert (response.status, response.body) == (204, b"")
    assert set((response.field("allow") or "").split(", ")) == ALLOWED[path]


def test_options_on_an_unknown_path_is_404(server: Server) -> None:
    expect_problem(server.ask("OPTIONS", "/nothing"), 404)


@pytest.mark.parametrize("path", [*KNOWN, "/nothing"])
def test_head_is_get_without_the_body(server: Server, path: str) -> None:
    server.add(10)
    with server.connect() as connection:
        full, head = connection.ask("GET", path), connection.ask("HEAD", path)
        # Were a body sent, it would be read as the beginning of this answer.
        assert connection.ask("GET", "/version").status == 200
    assert (head.status, head.body) == (full.status, b"")
    assert head.field("content-length") == str(len(full.body))
    assert [name for name, _ in head.fields] == [name for name, _ in full.fields]


def test_an_absolute_target_is_understood(server: Server) -> None:
    assert server.get(f"http://test:{server.port}/healthz").json == {"status": "ok"}
    assert server.ask("POST", "http://test/").count == 1


def test_the_metrics_are_not_on_the_public_port(start) -> None:
    expect_problem(start(metrics=True).get("/metrics"), 404)
