"""That everyone can use the page: keyboard, screen reader, dark, high contrast, small and large screens."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from service import Service
from test_page import COUNT, open_page

LOOKS = [
    {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    {"color_scheme": "light", "viewport": {"width": 320, "height": 568}},
    {"color_scheme": "dark", "viewport": {"width": 320, "height": 568}},
    {"forced_colors": "active", "viewport": {"width": 390, "height": 844}},
]


def name_of(look: dict) -> str:
    return f"{look.get('color_scheme', 'forced-colors')}-{look['viewport']['width']}"


def assert_accessible(page: Page, contrast: bool = True) -> None:
    results = Axe().run(page, options={"rules": {"color-contrast": {"enabled": contrast}}})
    assert results.violations_count == 0, results.generate_report()
    unsure = [rule["id"] for rule in results.response["incomplete"]]
    assert not unsure, f"axe could not decide on {unsure}"
    assert len(results.response["passes"]) >= 15, "axe found hardly anything to check"


@pytest.mark.parametrize("look", LOOKS, ids=name_of)
def test_passes_the_accessibility_check(browser: Browser, service: Service, look: dict) -> None:
    service.add(3)
    context = browser.new_context(**look)
    page = context.new_page()
    open_page(page, service)
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).to_have_text("Added: that was number 4.")
    # With forced colours the person's own palette replaces the page's: there is no contrast of ours to judge.
    assert_accessible(page, contrast="forced_colors" not in look)
    context.close()


def test_passes_the_accessibility_check_while_the_service_is_away(page: Page, service: Service) -> None:
    open_page(page, service)
    service.stop()
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).not_to_be_empty()
    expect(page.locator("#ready")).to_have_text("not reachable")
    assert_accessible(page)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_counts_by_keyboard(page: Page, service: Service, key: str) -> None:
    open_page(page, service)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Add one")).to_be_focused()
    page.keyboard.press(key)
    expect(page.locator(COUNT)).to_have_text("1")
    outline = page.get_by_role("button").evaluate("e => getComputedStyle(e).outlineWidth")
    assert outline == "3px", f"the focused button has an outline of {outline}"


def test_announces_own_clicks_but_not_what_others_count(page: Page, service: Service) -> None:
    open_page(page, service)
    page.evaluate(
        """() => {
            window.announced = [];
            const live = document.querySelectorAll("[role=status], [role=alert], [aria-live], output");
            const watch = new MutationObserver(list => announced.push(list[0].target.textContent));
            for (const e of live) watch.observe(e, { childList: true, characterData: true, subtree: true });
        }"""
    )
    service.add(20)
    expect(page.locator(COUNT)).to_have_text("20")
    assert page.evaluate("announced") == [], "increments of others are read out"
    page.get_by_role("button").evaluate("button => { for (let i = 0; i < 3; i++) button.click(); }")
    expect(page.get_by_role("status")).to_have_text("Added: that was number 23.")
    # Once, where their answers come quickly; on a slow machine the earlier ones may be told, too, but nothing else.
    said = page.evaluate("announced")
    own = [f"Added: that was number {number}." for number in (21, 22, 23)]
    assert said[-1:] == own[-1:] and set(said) <= set(own), f"three quick clicks were announced as {said}"


def test_a_screen_reader_finds_the_count_the_state_and_the_plot_by_name(page: Page, service: Service) -> None:
    service.add(1234)
    open_page(page, service)
    expect(page.get_by_role("heading", level=1)).to_have_text("Counter")
    expect(page.locator("#count")).to_have_text("Count: 1,234")
    expect(page.get_by_role("contentinfo")).to_contain_text("Service: ready")
    expect(page.get_by_role("img")).to_have_accessible_name("Increments seen in the last 5 minutes: 0")


def test_a_finger_can_hit_the_button(page: Page, service: Service) -> None:
    open_page(page, service)
    box = page.get_by_role("button").bounding_box()
    assert box and box["height"] >= 44 and box["width"] >= 44, f"the button measures {box}"
