"""Prometheus' own tool, and what the chart's monitoring files contain."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "helm_charts/counter-service/files"
ALERTS = FILES / "alerts.yaml"
UNIT_TESTS = ROOT / "Tests/Monitoring/alerts_test.yaml"
PROMETHEUS = ROOT / "docs/monitoring/prometheus.yml"


def promtool(*arguments: str | Path, given: str | None = None) -> tuple[bool, str]:
    """Whether promtool is content, and what it said."""
    ran = subprocess.run(
        ["promtool", *map(str, arguments)],
        input=given,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
    )
    return ran.returncode == 0, ran.stdout


def alerts() -> list[dict]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def dashboard() -> dict:
    return json.loads((FILES / "dashboard.json").read_text())


def dashboard_queries() -> list[str]:
    """Every query of the dashboard, with Grafana's variables replaced by something that they may stand for."""
    board = dashboard()
    targets = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    annotations = [annotation["expr"] for annotation in board["annotations"]["list"]]
    return [re.sub(r"\$(namespace|job|instance)", ".*", q.replace("$__rate_interval", "5m")) for q in targets + annotations]


def metric_names(query: str) -> set[str]:
    """The names of the metrics that a query asks for."""
    bare = re.sub(r'"[^"]*"', "", query)
    bare = re.sub(r"\b(by|on|without|ignoring)\s*\([^)]*\)", "", bare)
    return set(re.findall(r"\b(?:counter|http|process|kubelet)_[a-z_]+", bare))
