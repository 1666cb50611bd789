"""Who gets the page at /, and who gets JSON: everyone but a browser, byte for byte as ever."""

from __future__ import annotations

import pytest

from service import Service

BROWSERS = {
    "Chromium": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Firefox": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Safari": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "only HTML": "text/html",
    "in another case": "TEXT/HTML",
    "JSON less gladly": "application/json;q=0.5, text/html",
    "any text": "text/*",
}
PROGRAMS = {
    "curl, ab, Python": "*/*",
    "JSON": "application/json",
    "JSON rather than HTML": "application/json, text/html;q=0.9",
    "both alike": "text/html, application/json",
    "HTML not at all": "text/html;q=0, */*",
    "something else": "image/png",
    "nonsense": "nonsense;;;q=x,,/",
    "nothing": "",
}


@pytest.mark.parametrize("accept", BROWSERS.values(), ids=BROWSERS)
def test_a_browser_gets_the_page(service: Service, accept: str) -> None:
    status, headers, body = service.get(Accept=accept)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert headers["vary"] == "Accept"
    assert body.startswith(b"<!doctype html>")


@pytest.mark.parametrize("accept", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_gets_json(service: Service, accept: str) -> None:
    service.await_ready().add(2)
    status, headers, body = service.get(Accept=accept)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert headers["vary"] == "Accept"
    assert body == b'{"counter":2}\n'


def test_a_post_is_answered_with_json_whoever_sends_it(service: Service) -> None:
    service.await_ready()
    status, headers, body = service.ask("POST", Accept="text/html")
    assert (status, headers["content-type"], body) == (200, "application/json", b'{"counter":1}\n')


def test_head_is_negotiated_like_get(service: Service) -> None:
    length = len(service.get(Accept="text/html")[2])
    status, headers, body = service.ask("HEAD", Accept="text/html")
    assert (status, headers["content-type"], body) == (200, "text/html; charset=utf-8", b"")
    assert headers["content-length"] == str(length)


def test_the_page_is_there_when_the_count_is_not(start, service: Service) -> None:
    standby = start().await_readiness("lock held")
    assert standby.get(Accept="text/html")[0] == 200
    assert standby.get()[0] == 503
