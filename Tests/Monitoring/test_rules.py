"""The alert rules and the dashboard, judged by Prometheus' own tool."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from promtool import (
    ALERTS,
    PROMETHEUS,
    ROOT,
    UNIT_TESTS,
    alerts,
    dashboard,
    dashboard_queries,
    metric_names,
    promtool,
)

ALERT_NAMES = [
    "CounterDown",
    "CounterUnready",
    "CounterStoreFailing",
    "CounterCommitsStalled",
    "CounterErrorRatioHigh",
    "CounterLatencyHigh",
    "CounterVolumeNearlyFull",
]


def test_the_alert_rules_are_valid() -> None:
    content, said = promtool("check", "rules", "--lint=all", "--lint-fatal", ALERTS)
    assert content, said
    assert [rule["alert"] for rule in alerts()] == ALERT_NAMES


def test_the_alerts_fire_when_they_should_and_only_then() -> None:
    content, said = promtool("test", "rules", UNIT_TESTS)
    assert content, said


@pytest.mark.parametrize("change", ["never fires", "always fires", "fires at once"])
@pytest.mark.parametrize("name", ALERT_NAMES)
def test_the_unit_tests_notice_that_an_alert(tmp_path: Path, name: str, change: str) -> None:
    """A unit test that passes with a broken rule tests nothing."""
    rules = yaml.safe_load(ALERTS.read_text())
    rule = next(rule for rule in rules["groups"][0]["rules"] if rule["alert"] == name)
    if change == "fires at once":
        del rule["for"]
    else:
        rule["expr"] = "vector(1)" if change == "always fires" else "vector(1) == 0"
    (tmp_path / "alerts.yaml").write_text(yaml.safe_dump(rules))
    tests = yaml.safe_load(UNIT_TESTS.read_text()) | {"rule_files": ["alerts.yaml"]}
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(tests))
    content, _ = promtool("test", "rules", tmp_path / "test.yaml")
    assert not content, f"the unit tests pass although {name} {change}"


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_the_runbook_has_a_section_for(rule: dict) -> None:
    path, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    headings = re.findall(r"^#+ (.*)$", (ROOT / path).read_text(), re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
    assert anchor in anchors, f"{path} has no section #{anchor}"


def test_every_query_of_the_dashboard_can_be_parsed(tmp_path: Path) -> None:
    queries = dashboard_queries()
    assert len(queries) > 30, f"only {len(queries)} queries found"
    rules = [{"record": f"query:{index}", "expr": query} for index, query in enumerate(queries)]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    content, said = promtool("check", "rules", tmp_path / "rules.yaml")
    assert content, said


def test_no_panel_of_the_dashboard_covers_another() -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in dashboard()["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, f"{panel['title']} is wider than the dashboard"
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert (x, y) not in taken, f"{panel['title']} covers {taken[x, y]} at {x}, {y}"
                taken[x, y] = panel["title"]
    ids = [panel["id"] for panel in dashboard()["panels"]]
    assert len(ids) == len(set(ids)), "two panels have one id"


def test_the_configuration_for_prometheus_is_valid() -> None:
    content, said = promtool("check", "config", PROMETHEUS)
    assert content, said


def test_names_of_metrics_are_found_in_queries() -> None:
    query = 'sum by (counter_x) (rate(http_requests_total{route="process_x"}[5m])) and on (job) counter_ready'
    assert metric_names(query) == {"http_requests_total", "counter_ready"}
