"""What would hurt is refused: by the schema what it does not know, by a sentence what the whole tells."""

import json

import helm_python as helm
import pytest
from chart import CHART, MONITORED, SHARED, refusal, render, sets

SINGLE_WRITER = "only one pod may write"

SENTENCES: dict[str, tuple[list[dict], list[str]]] = {
    "two pods on ReadWriteOnce": (
        [{"replicaCount": 2}],
        ["replicaCount is 2", SINGLE_WRITER, "ReadWriteOnce", "persistence.accessMode=ReadWriteMany"],
    ),
    "two pods on ReadWriteOncePod": (
        [{"replicaCount": 2, "persistence": {"accessMode": "ReadWriteOncePod"}}],
        [SINGLE_WRITER, "ReadWriteOncePod"],
    ),
    "two pods without a volume": (
        [SHARED, {"persistence": {"enabled": False}}],
        [SINGLE_WRITER, "a count of its own"],
    ),
    "autoscaling one writer": (
        [{"autoscaling": {"enabled": True}}],
        ["autoscaling.enabled is true", SINGLE_WRITER],
    ),
    "a budget for one pod": (
        [{"podDisruptionBudget": {"enabled": True}}],
        ["podDisruptionBudget.enabled", "fewer than two pods"],
    ),
    "a budget for one shared pod": (
        [SHARED, {"replicaCount": 1, "podDisruptionBudget": {"enabled": True}}],
        ["fewer than two pods"],
    ),
    "bounds the wrong way round": (
        [SHARED, {"autoscaling": {"enabled": True, "minReplicas": 9}}],
        ["minReplicas (9)", "maxReplicas (6)"],
    ),
    "an update that cannot move": (
        [SHARED, {"rollingUpdate": {"maxSurge": "0%"}}],
        ["both 0", "no pod could ever be replaced"],
    ),
    "a ServiceMonitor of nothing": (
        [MONITORED, {"metrics": {"enabled": False}}],
        ["metrics.serviceMonitor.enabled", "metrics.prometheusRule.enabled", "metrics.dashboard.enabled"],
    ),
    "metrics on the public port": ([{"metrics": {"port": 8080}}], ["both 8080", "never public"]),
    "a route without a gateway": ([{"httpRoute": {"enabled": True}}], ["httpRoute.parentRefs is empty"]),
    "a variable twice": (
        [{"extraEnv": [{"name": "LOG_LEVEL", "value": "info"}]}],
        ["extraEnv names LOG_LEVEL", "env.LOG_LEVEL"],
    ),
    "a derived variable": (
        [{"extraEnv": [{"name": "COUNTER_SHARED", "value": "true"}]}],
        ["COUNTER_SHARED", "persistence.accessMode"],
    ),
    "a selector's label": (
        [{"podLabels": {"app.kubernetes.io/name": "other"}}],
        ["app.kubernetes.io/name", "nameOverride"],
    ),
    "a selector's label for all": (
        [{"commonLabels": {"app.kubernetes.io/instance": "other"}}],
        ["app.kubernetes.io/instance"],
    ),
    "source ranges without a load balancer": (
        [{"service": {"loadBalancerSourceRanges": ["192.0.2.0/24"]}}],
        ["service.type=ClusterIP", "networkPolicy.from"],
    ),
    "a traffic policy without a node port": (
        [{"service": {"externalTrafficPolicy": "Local"}}],
        ["externalTrafficPolicy", "ClusterIP"],
    ),
}


@pytest.mark.parametrize("what", SENTENCES)
def test_it_is_refused_with_its_reason_and_the_way_out(what: str):
    layers, words = SENTENCES[what]
    said = refusal(*layers)
    assert all(word in said for word in words), f"{words} are not all in: {said}"


@pytest.mark.parametrize(
    "name",
    ["HOST", "PORT", "METRICS_PORT", "COUNTER_FILE", "COUNTER_SHARED", "DRAIN_DELAY", "SHUTDOWN_TIMEOUT"],
)
def test_a_setting_that_the_chart_derives_is_refused(name: str):
    said = refusal({"env": {name: "1"}})
    assert f"env.{name} is set by the chart" in said and "Set instead" in said, said


def test_all_that_is_wrong_is_said_at_once():
    said = refusal({"replicaCount": 2, "env": {"PORT": 1}, "httpRoute": {"enabled": True}})
    assert "replicaCount is 2" in said and "env.PORT" in said and "parentRefs" in said, said


def maps(schema: dict, path: tuple[str, ...] = ()):
    """Every map that the schema knows the names of, with a list item's map as one too."""
    if "$ref" in schema:
        schema = SCHEMA["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    if "properties" in schema:
        yield path, schema
    for key, value in schema.get("properties", {}).items():
        yield from maps(value, (*path, key))
    if "items" in schema:
        yield from maps(schema["items"], (*path, "[]"))


SCHEMA = json.loads((CHART / "values.schema.json").read_text())


def nested(path: tuple[str, ...], leaf: dict) -> dict:
    for key in reversed(path):
        leaf = [leaf] if key == "[]" else {key: leaf}
    return leaf


@pytest.mark.parametrize("path", [".".join(path) for path, _ in maps(SCHEMA)])
def test_a_misspelt_value_is_refused_everywhere(path: str):
    keys = tuple(filter(None, path.split(".")))
    said = refusal(nested(keys, {"name": "a", "misspelt": 1} if keys[-1:] == ("[]",) else {"misspelt": 1}))
    assert "misspelt" in said, said


@pytest.mark.parametrize(
    "wrong",
    [
        "replicaCount=-1",
        "replicaCount=two",
        "containerPort=80",
        "metrics.port=0",
        "service.port=65536",
        "image.tag=a b",
        "image.digest=sha256:short",
        "image.repository=Upper/Case",
        "image.pullPolicy=Sometimes",
        "env.LOG_LEVEL=loud",
        "env.EVENT_LOOPS=0",
        "env.EVENT_LOOPS=many",
        "env.MAX_CONNECTIONS=-1",
        "env.IDLE_TIMEOUT=-1",
        "env.REQUEST_TIMEOUT=soon",
        "env.ACCESS_LOG=maybe",
        "env.LOG_FORMAT=xml",
        "securityContext.runAsUser=0",
        "securityContext.fsGroup=root",
        "persistence.accessMode=ReadOnlyMany",
        "persistence.size=much",
        "persistence.storageClass=A_B",
        "service.type=ExternalName",
        "service.annotations.a=1",
        "shutdown.drainDelaySeconds=-1",
        "shutdown.timeoutSeconds=9999",
        "probes.liveness.periodSeconds=0",
        "rollingUpdate.maxSurge=200%",
        "metrics.serviceMonitor.interval=often",
        "networkPolicy.dnsTo=null",
        "resources.limits.memory=lots",
        "nameOverride=Upper",
        "autoscaling.minReplicas=0",
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_its_name(wrong: str):
    if wrong == "networkPolicy.dnsTo=null":
        said = refusal({"networkPolicy": {"dnsTo": []}})
    else:
        said = refusal(sets(wrong))
    path = wrong.partition("=")[0]
    assert "/".join(["", *path.split(".")]) in said, f"{path} is not named: {said}"


def test_a_number_where_yaml_would_round_a_version_is_refused():
    said = refusal(helm.values_from_yaml("env: {APP_VERSION: 1.10}"))
    assert "/env/APP_VERSION" in said, said


def test_a_tag_of_digits_stays_what_it_is():
    chart = render(sets("image.tag=20261123", "env.APP_VERSION=20261123"))
    assert chart.container["image"].endswith(":20261123") and chart.env["APP_VERSION"] == "20261123"
    through_yaml = render(helm.values_from_yaml("image: {tag: 20261123}"))
    assert through_yaml.container["image"].endswith(":20261123"), through_yaml.container["image"]
