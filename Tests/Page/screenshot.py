#!/usr/bin/env python3
"""Takes the pictures of the page in docs/: five minutes of a service that is used, on a fake clock.

Usage: screenshot.py FOLDER
"""

from __future__ import annotations

import math
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from conftest import CHROMIUM  # noqa: E402
from service import Service  # noqa: E402

PICTURES = {
    "page.png": {"viewport": {"width": 760, "height": 560}},
    "page-dark-phone.png": {
        "viewport": {"width": 360, "height": 640},
        "color_scheme": "dark",
        "device_scale_factor": 2,
    },
}
STEPS = 59
BEGIN = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


def picture(browser: Browser, service: Service, path: Path, look: dict) -> None:
    context = browser.new_context(**look)
    page = context.new_page()
    page.clock.install(time=BEGIN)
    page.goto(service.url)
    expect(page.locator("#link")).to_have_text("live")
    # In the middle of the plot's five seconds, so that each step fills a bar.
    page.clock.pause_at(BEGIN + timedelta(seconds=62.5))
    for step in range(STEPS):
        # More by day than by night, so to speak.
        count = service.add(1 + round(12 + 11 * math.sin(step / 6) + step % 4))
        expect(page.locator("#digits")).to_have_text(f"{count:,}")
        page.clock.run_for(5000)
    page.get_by_role("button").click()
    expect(page.locator("#digits")).to_have_text(f"{count + 1:,}")
    page.clock.run_for(1000)
    expect(page.get_by_role("status")).not_to_be_empty()
    page.mouse.move(0, 0)
    page.screenshot(path=path)
    context.close()


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        Path(data, "counter.json").write_text('{"counter": 40712}')
        service = Service(Path(data), APP_VERSION="1.4.0").start().await_ready()
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        for name, look in PICTURES.items():
            picture(browser, service, folder / name, look)
        browser.close()
        service.stop()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
