"""The runbook and the alert rules know of each other."""

import re

import tree
from markdown import read, slug_of

RULES = tree.ROOT / "helm_charts/counter-service/files/alerts.yaml"


def test_every_alert_has_an_entry_in_the_runbook() -> None:
    alerts = re.findall(r"^\s*- alert: (\w+)$", RULES.read_text(), re.M)
    headings = {heading for _, heading in read(tree.ROOT / "docs/runbook.md").headings}
    missing = sorted(set(alerts) - headings)
    assert alerts and not missing, f"no heading in docs/runbook.md for {missing}"


def test_every_entry_that_is_called_like_an_alert_is_one() -> None:
    alerts = set(re.findall(r"^\s*- alert: (\w+)$", RULES.read_text(), re.M))
    headings = read(tree.ROOT / "docs/runbook.md").headings
    entries = {heading for _, heading in headings if heading.startswith("Counter")}
    assert entries == alerts, f"only in one of the two: {sorted(entries ^ alerts)}"


def test_every_alert_points_at_its_entry() -> None:
    named = dict(re.findall(r"- alert: (\w+)\n(?:.*\n)*?\s*runbook_url: (\S+)", RULES.read_text()))
    wrong = {alert: url for alert, url in named.items() if url != f"docs/runbook.md#{slug_of(alert)}"}
    assert named and not wrong, wrong
