"""The objects for the Prometheus operator and Grafana's sidecar, and the files they are made of."""

import json

import yaml
from chart import CHART, MONITORED, merged, render

LABELLED = merged(
    MONITORED,
    {
        "metrics": {
            "serviceMonitor": {"labels": {"release": "prometheus"}, "interval": "5s", "scrapeTimeout": "4s"},
            "prometheusRule": {"labels": {"release": "prometheus"}},
            "dashboard": {
                "labels": {"grafana_dashboard": None, "board": "yes"},
                "annotations": {"folder": "counters"},
            },
        }
    },
)


def test_nothing_of_it_is_there_unless_asked_for():
    kinds = {o["kind"] for o in render().objects}
    assert not kinds & {
        "ServiceMonitor",
        "PrometheusRule",
        "ConfigMap",
        "Ingress",
        "HTTPRoute",
        "PodDisruptionBudget",
        "HorizontalPodAutoscaler",
    }, kinds


def test_the_monitor_finds_the_metrics_service_and_only_that():
    chart = render(LABELLED)
    monitor = chart.one("ServiceMonitor")
    selector = monitor["spec"]["selector"]["matchLabels"]
    found = [
        s["metadata"]["name"]
        for s in chart.all("Service")
        if selector.items() <= s["metadata"]["labels"].items()
    ]
    assert found == ["counter-service-metrics"]
    job = {s["metadata"]["labels"][monitor["spec"]["jobLabel"]] for s in chart.all("Service")}
    assert job == {"counter-service"}, "the job is the release"
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint == {"port": "metrics", "path": "/metrics", "interval": "5s", "scrapeTimeout": "4s"}
    assert monitor["metadata"]["labels"]["release"] == "prometheus"


def test_the_rule_is_the_alerts_file_unchanged():
    rule = render(LABELLED).one("PrometheusRule")
    written = yaml.safe_load((CHART / "files" / "alerts.yaml").read_text())
    assert rule["spec"] == written
    assert rule["metadata"]["labels"]["release"] == "prometheus"
    assert sum(len(group["rules"]) for group in written["groups"]) > 0


def test_the_dashboard_is_its_file_unchanged():
    board = render(LABELLED).one("ConfigMap")
    written = (CHART / "files" / "dashboard.json").read_text()
    assert json.loads(board["data"]["counter-service.json"]) == json.loads(written)
    assert (
        board["metadata"]["labels"]["board"] == "yes"
        and "grafana_dashboard" not in board["metadata"]["labels"]
    )
    assert board["metadata"]["annotations"] == {"folder": "counters"}
    assert render(MONITORED).one("ConfigMap")["metadata"]["labels"]["grafana_dashboard"] == "1"
