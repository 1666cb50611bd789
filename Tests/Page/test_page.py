"""What a person sees and does on the page, in a real browser."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Page, expect

from service import Service

COUNT, LINK, READY = "#digits", "#link", "#ready"


def open_page(page: Page, service: Service) -> None:
    page.goto(service.url)
    expect(page.locator(LINK)).to_have_text("live")


def test_shows_the_count_the_version_and_readiness(page: Page, service: Service) -> None:
    service.add(7)
    open_page(page, service)
    expect(page.locator(COUNT)).to_have_text("7")
    expect(page.locator("#version")).to_have_text("1.2.3-test")
    expect(page.locator(READY)).to_have_text("ready")


def test_each_click_adds_exactly_one(page: Page, service: Service) -> None:
    open_page(page, service)
    for _ in range(5):
        page.get_by_role("button", name="Add one").click()
    expect(page.locator(COUNT)).to_have_text("5")
    assert service.get()[2] == b'{"counter":5}\n'


def test_shows_what_others_count_as_it_happens(page: Page, service: Service) -> None:
    open_page(page, service)
    service.add(3)
    expect(page.locator(COUNT)).to_have_text("3", timeout=1000)


def test_is_live_again_after_a_restart_of_the_service(page: Page, service: Service) -> None:
    service.add(2)
    open_page(page, service)
    service.stop()
    expect(page.locator(LINK)).to_have_text(re.compile("reconnecting|asking"))
    expect(page.locator(READY)).to_have_text("not reachable")
    expect(page.locator(COUNT)).to_have_text("2")
    service.start()
    expect(page.locator(LINK)).to_have_text("live", timeout=15_000)
    expect(page.locator(READY)).to_have_text("ready")
    page.get_by_role("button").click()
    expect(page.locator(COUNT)).to_have_text("3")


def test_says_that_a_click_may_not_have_counted_when_the_service_is_away(page: Page, service: Service) -> None:
    open_page(page, service)
    service.stop()
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).to_have_text(re.compile("^Not confirmed: .* may or may not have counted"))


def test_shows_a_standby_as_not_ready_and_its_takeover(page: Page, start, service: Service) -> None:
    service.add(4)
    standby = start()
    page.goto(standby.url)
    expect(page.locator(READY)).to_have_text("not ready: lock held")
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).to_have_text(re.compile("^Not confirmed: "))
    service.stop()
    expect(page.locator(READY)).to_have_text("ready", timeout=15_000)
    expect(page.locator(LINK)).to_have_text("live", timeout=15_000)
    expect(page.locator(COUNT)).to_have_text("4")


def test_asks_for_the_count_where_streams_are_not_let_through(page: Page, service: Service) -> None:
    page.route("**/events", lambda route: route.fulfill(status=404))
    page.goto(service.url)
    expect(page.locator(LINK)).to_have_text("asking every 2 seconds")
    service.add(6)
    expect(page.locator(COUNT)).to_have_text("6")


def test_tries_the_stream_again_after_it_was_refused(page: Page, service: Service) -> None:
    page.route("**/events", lambda route: route.fulfill(status=503), times=1)
    page.goto(service.url)
    expect(page.locator(LINK)).to_have_text("asking every 2 seconds")
    expect(page.locator(LINK)).to_have_text("live", timeout=15_000)


def test_plots_the_increments_it_sees(page: Page, service: Service) -> None:
    open_page(page, service)
    caption = page.locator("#caption")
    expect(caption).to_have_text("Increments seen in the last 5 minutes: 0")
    service.add(12)
    expect(caption).to_have_text("Increments seen in the last 5 minutes: 12")
    assert (page.locator("#plot path").bounding_box() or {}).get("height", 0) > 50, "the plot has no bar to see"


def test_the_plot_forgets_what_is_older_than_five_minutes(page: Page, service: Service) -> None:
    page.clock.install()
    open_page(page, service)
    service.add(12)
    expect(page.locator("#caption")).to_have_text("Increments seen in the last 5 minutes: 12")
    page.clock.run_for(301_000)
    expect(page.locator("#caption")).to_have_text("Increments seen in the last 5 minutes: 0")


def test_shows_the_largest_count_exactly_and_whole_on_a_small_phone(page: Page, service: Service) -> None:
    service.stop()
    service.file.write_text('{"counter": 9223372036854775806}')
    service.start()
    page.set_viewport_size({"width": 320, "height": 568})
    open_page(page, service)
    expect(page.locator(COUNT)).to_have_text("9,223,372,036,854,775,806")
    page.get_by_role("button").click()
    expect(page.locator(COUNT)).to_have_text("9,223,372,036,854,775,807")
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).to_have_text(re.compile("^Not confirmed: "))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, "the page scrolls sideways on a phone"
    box = page.locator(COUNT).bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 320, f"the count is cut off: {box}"


def test_keeps_up_with_a_thousand_increments(page: Page, service: Service) -> None:
    open_page(page, service)
    begun = time.monotonic()
    service.add(1000)
    took = time.monotonic() - begun
    expect(page.locator(COUNT)).to_have_text("1,000", timeout=1000)
    expect(page.locator("#caption")).to_have_text("Increments seen in the last 5 minutes: 1,000")
    assert took < 30, f"1,000 POSTs one after the other took {took:.1f} s with a page open"
