"""Who may reach what: the service port, the metrics port, and what the pod may reach."""

import pytest
from chart import PROD, SHARED, read, render
from options import OPTIONS, PEER


def rules(*layers: dict) -> tuple[dict[int, list | None], list[dict]]:
    """The peers by port (None is anyone), and the rules for going out."""
    policy = render(*layers).one("NetworkPolicy")["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    return {p["port"]: r.get("from") for r in policy["ingress"] for p in r["ports"]}, policy["egress"]


def test_the_service_port_is_for_anyone_and_metrics_for_monitoring():
    ingress, _ = rules()
    monitoring = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
    assert ingress == {8080: None, 9090: monitoring}


def test_nothing_goes_out_but_dns():
    _, egress = rules()
    (dns,) = egress
    assert {(p["port"], p["protocol"]) for p in dns["ports"]} == {(53, "UDP"), (53, "TCP")}
    assert dns["to"] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
    ]


def test_values_narrow_what_comes_in_and_open_what_goes_out():
    ingress, egress = rules(OPTIONS["a narrow network policy"])
    assert ingress[8080] == PEER
    assert ingress[9090][0]["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "watch"}
    assert egress[0]["to"] == PEER and egress[1:] == [{"to": PEER}]


def test_without_metrics_their_port_is_closed():
    chart = render({"metrics": {"enabled": False}})
    ingress, _ = rules({"metrics": {"enabled": False}})
    assert list(ingress) == [8080] and chart.env["METRICS_PORT"] == "0"
    assert [s["metadata"]["name"] for s in chart.all("Service")] == ["counter-service"]


@pytest.mark.parametrize(
    "layer", [{}, read(PROD), SHARED, OPTIONS["a load balancer"], OPTIONS["a node port"]]
)
def test_metrics_are_never_behind_the_public_service(layer: dict):
    chart = render(layer)
    public = chart.one("Service", "counter-service")["spec"]
    assert [p["targetPort"] for p in public["ports"]] == ["http"]
    metrics = chart.one("Service", "counter-service-metrics")["spec"]
    assert metrics["type"] == "ClusterIP" and metrics["clusterIP"] == "None"
    assert metrics["publishNotReadyAddresses"] is True, "an unready pod is the one to look at"


def test_the_production_load_balancer_asks_for_readiness():
    annotations = render(read(PROD)).one("Service", "counter-service")["metadata"]["annotations"]
    prefix = "service.beta.kubernetes.io/aws-load-balancer-"
    assert annotations[prefix + "healthcheck-path"] == "/readyz"
    assert annotations[prefix + "type"] == "nlb"
    assert all(isinstance(value, str) for value in annotations.values()), annotations


def test_the_ingress_leads_to_the_service():
    ingress = render(OPTIONS["an Ingress"]).one("Ingress")["spec"]
    (rule,) = ingress["rules"]
    backend = rule["http"]["paths"][0]["backend"]["service"]
    assert rule["host"] == "count.example.com" and ingress["ingressClassName"] == "alb"
    assert backend == {"name": "counter-service", "port": {"name": "http"}}


def test_the_route_leads_to_the_service():
    route = render(OPTIONS["an HTTPRoute"], {"service": {"port": 8081}}).one("HTTPRoute")
    assert route["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert route["spec"]["parentRefs"] == [{"name": "gateway", "namespace": "edge"}]
    assert route["spec"]["hostnames"] == ["count.example.com"]
    assert route["spec"]["rules"][0]["backendRefs"] == [{"name": "counter-service", "port": 8081}]
