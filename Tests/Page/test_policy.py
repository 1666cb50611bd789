"""That the page is self-contained and locked down: nothing from outside, nothing injected."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from playwright.sync_api import Page, expect

from service import ROOT, Service
from test_page import open_page

HTML = {"Accept": "text/html"}


def policy_of(service: Service) -> dict[str, str]:
    """The directives of the page's Content-Security-Policy by name."""
    text = service.get(**HTML)[1]["content-security-policy"]
    return dict(part.strip().partition(" ")[::2] for part in text.split(";"))


def hash_of(page: str, element: str) -> str:
    """The hash that a policy must name for the page's one inline element of that kind."""
    contents = re.findall(rf"<{element}\b[^>]*>(.*?)</{element}>", page, re.DOTALL)
    assert len(contents) == 1, f"{len(contents)} <{element}> elements"
    return "'sha256-" + base64.b64encode(hashlib.sha256(contents[0].encode()).digest()).decode() + "'"


def test_serves_the_file_of_the_repository(service: Service) -> None:
    assert service.get(**HTML)[2] == (ROOT / "Sources/Assets/index.html").read_bytes()


@pytest.mark.parametrize("element", ["style", "script"])
def test_the_policy_names_the_hash_of_the_inline(service: Service, element: str) -> None:
    right = hash_of(service.get(**HTML)[2].decode(), element)
    named = policy_of(service)[f"{element}-src"]
    assert named == right, f"the policy says {named}, the file's hash is {right}: mend PagePolicy.swift"


def test_the_policy_allows_nothing_else(service: Service) -> None:
    rest = {name: value for name, value in policy_of(service).items() if name not in ("style-src", "script-src")}
    assert rest == {
        "default-src": "'none'",
        "connect-src": "'self'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }


def test_is_not_sniffed_and_tells_no_one_where_it_was(service: Service) -> None:
    headers = service.get(**HTML)[1]
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


def test_asks_nothing_of_anyone_but_its_service_and_breaks_no_rule(page: Page, service: Service) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    open_page(page, service)
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).not_to_be_empty()
    outside = [url for url in asked if not url.startswith((service.url, "data:"))]
    assert not outside, f"asked outside: {outside}"
    assert not complaints, f"the browser complained: {complaints}"


def test_a_script_that_is_not_the_pages_own_does_not_run(page: Page, service: Service) -> None:
    open_page(page, service)
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.injected = true";
            document.body.append(script);
        }"""
    )
    assert page.evaluate("window.injected") is None, "an injected inline script ran"


def test_is_small_enough_to_open_at_once_on_a_phone(service: Service) -> None:
    size = len(service.get(**HTML)[2])
    assert size < 20_000, f"the page has {size} bytes"
