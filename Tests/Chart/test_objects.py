"""Every option on and off and every two together: Kubernetes takes what comes out, and it hangs together."""

import json
import re
from functools import cache

import helm_python as helm
import kubernetes_validate
import pytest
from chart import CHART, SHARED, Rendered, render
from options import OPTIONS, combinations

COMBINATIONS = combinations()
OLDEST = re.search(
    r">=(\d+\.\d+)", helm.values_from_yaml((CHART / "Chart.yaml").read_text())["kubeVersion"]
).group(1)
NEWEST = kubernetes_validate.latest_version()
WARNING = 2  # of Helm's severities: 1 is for information
# Not of Kubernetes itself, so without a schema there: test_monitoring and test_network assert their fields.
CUSTOM = {"ServiceMonitor", "PrometheusRule", "HTTPRoute"}


@cache
def rendered(name: str) -> Rendered:
    return render(COMBINATIONS[name])


@pytest.mark.parametrize("name", COMBINATIONS)
def test_kubernetes_takes_every_object_in_its_oldest_and_newest_version(name: str):
    for item in rendered(name).objects:
        if item["kind"] not in CUSTOM:
            validate(json.dumps(item, sort_keys=True))


@cache
def validate(item: str) -> None:
    """Once for each different object: most are the same in most combinations, and this is slow."""
    for version in (OLDEST, NEWEST):
        kubernetes_validate.validate(json.loads(item), version, strict=True)


@pytest.mark.parametrize("name", COMBINATIONS)
def test_the_objects_hang_together(name: str):
    chart = rendered(name)
    names = [(o["kind"], o["metadata"]["name"]) for o in chart.objects]
    assert len(names) == len(set(names)), f"an object is there twice: {names}"
    assert {o["metadata"]["namespace"] for o in chart.objects} == {"prod"}
    selected_by_all(chart)
    ports_are_there(chart)
    volumes_are_there(chart)
    account_is_there(chart)
    stops_in_time(chart)
    for item in chart.objects:
        assert "None" not in str(item["metadata"]) and "<nil>" not in str(item), f"an empty value in {item}"


def selected_by_all(chart: Rendered) -> None:
    labels = chart.pod["metadata"]["labels"]
    selectors = {"Deployment": chart.deployment["spec"]["selector"]["matchLabels"]}
    selectors |= {o["metadata"]["name"]: o["spec"]["selector"] for o in chart.all("Service")}
    selectors |= {o["kind"]: o["spec"]["podSelector"]["matchLabels"] for o in chart.all("NetworkPolicy")}
    selectors |= {o["kind"]: o["spec"]["selector"]["matchLabels"] for o in chart.all("PodDisruptionBudget")}
    for constraint in chart.pod["spec"].get("topologySpreadConstraints", []):
        selectors[constraint["topologyKey"]] = constraint["labelSelector"]["matchLabels"]
    for by, selector in selectors.items():
        assert selector.items() <= labels.items(), f"{by} selects {selector}, the pods have {labels}"
        for test in chart.all("Pod"):
            assert not selector.items() <= test["metadata"]["labels"].items(), (
                f"{by} selects the pod of helm test"
            )


def ports_are_there(chart: Rendered) -> None:
    ports = {p["name"]: p["containerPort"] for p in chart.container["ports"]}
    assert str(ports["http"]) == chart.env["PORT"]
    assert str(ports.get("metrics", 0)) == chart.env["METRICS_PORT"]
    for service in chart.all("Service"):
        for port in service["spec"]["ports"]:
            assert port["targetPort"] in ports, (
                f"{service['metadata']['name']} leads to {port}, not one of {ports}"
            )
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert chart.container[probe]["httpGet"]["port"] == "http"
    for policy in chart.all("NetworkPolicy"):
        opened = {p["port"] for rule in policy["spec"]["ingress"] for p in rule["ports"]}
        assert opened == set(ports.values()), f"the policy opens {opened}, the pod listens on {ports}"


def volumes_are_there(chart: Rendered) -> None:
    volumes = {v["name"]: v for v in chart.pod["spec"]["volumes"]}
    assert {m["name"] for m in chart.container["volumeMounts"]} == set(volumes)
    assert chart.env["COUNTER_FILE"].startswith(chart.container["volumeMounts"][0]["mountPath"] + "/")
    claims = {o["metadata"]["name"] for o in chart.all("PersistentVolumeClaim")} | {"counted-before"}
    claim = volumes["data"].get("persistentVolumeClaim")
    assert claim is None or claim["claimName"] in claims, f"{claim} is not one of {claims}"


def account_is_there(chart: Rendered) -> None:
    made = [o["metadata"]["name"] for o in chart.all("ServiceAccount")]
    used = chart.pod["spec"]["serviceAccountName"]
    assert made == [used] or (not made and used in ("default", "counter")), f"{made} made, {used} used"


def stops_in_time(chart: Rendered) -> None:
    """Draining and finishing must fit into the grace period, and draining must not look like death."""
    needed = int(chart.env["DRAIN_DELAY"]) + int(chart.env["SHUTDOWN_TIMEOUT"])
    grace = chart.pod["spec"]["terminationGracePeriodSeconds"]
    assert grace > needed, f"killed after {grace} s, but stopping may take {needed} s"
    probes = ("startupProbe", "livenessProbe", "readinessProbe")
    paths = [chart.container[probe]["httpGet"]["path"] for probe in probes]
    assert paths == ["/healthz", "/healthz", "/readyz"]


def test_the_names_are_those_of_the_operators_commands():
    chart = rendered("production values")
    assert chart.deployment["metadata"]["name"] == "counter-service"
    assert chart.one("Service", "counter-service")["spec"]["type"] == "LoadBalancer"


@pytest.mark.parametrize(
    "release, name",
    [
        ("counter-service", "counter-service"),
        ("blue", "blue-counter-service"),
        ("counter-service-blue", "counter-service-blue"),
        ("r" * 53, "r" * 53),
    ],
)
def test_two_releases_in_one_namespace_do_not_meet(release: str, name: str):
    chart = render(name=release)
    assert chart.deployment["metadata"]["name"] == name
    assert chart.deployment["spec"]["selector"]["matchLabels"]["app.kubernetes.io/instance"] == release
    assert all(len(o["metadata"]["name"]) <= 63 for o in chart.objects), [
        o["metadata"]["name"] for o in chart.objects
    ]


def test_the_chart_passes_helm_lint():
    for values in (*OPTIONS.values(), SHARED):
        outcome = helm.lint(CHART, values, strict=True)
        assert not outcome["errors"], outcome
        assert all(m["severity"] < WARNING for m in outcome["messages"]), outcome
