"""What the tests of the page share: services to look at, and one browser for all of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from service import ROOT, Service  # noqa: E402

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Starts services, all on the same file, and ends those that still run after the test."""
    started: list[Service] = []

    def start_one(**settings: str) -> Service:
        service = Service(tmp_path, **settings)
        started.append(service)
        return service.start()

    yield start_one
    for service in started:
        service.kill()


@pytest.fixture
def service(start: Callable[..., Service]) -> Service:
    return start(APP_VERSION="1.2.3-test")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    subprocess.run([ROOT / "scripts/apt-install.sh", "chromium", "fonts-dejavu-core"], check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser profile of its own, on a phone-sized screen, that fails the test on any script error."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, f"script errors on the page: {errors}"
