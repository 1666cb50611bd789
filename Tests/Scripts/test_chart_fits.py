"""The scripts and the chart know of each other: what deploy.sh and e2e.sh set, rendered by Helm's own engine
with the chart's strict schema, and the names by which the scripts find the release's objects."""

from functools import reduce

import helm_python as helm
import pytest
import yaml
from conftest import ROOT, Cluster
from test_cluster_scripts import DIGEST, IMAGE, REPOSITORY

CHART = ROOT / "helm_charts/counter-service"


def values_of(call: list[str]) -> dict:
    """The values of a call of helm: its --values files, and over them what --set-string says."""
    values: dict = {}
    for flag, argument in zip(call, call[1:], strict=False):
        if flag == "--values":
            values = merged(values, yaml.safe_load((ROOT / argument.split("../")[-1]).read_text()))
        elif flag == "--set-string":
            path, _, text = argument.partition("=")
            values = merged(values, reduce(lambda inner, key: {key: inner}, reversed(path.split(".")), text))
    return values


def merged(below: dict, above: dict) -> dict:
    both = {
        key: merged(below[key], above[key])
        for key in below.keys() & above.keys()
        if isinstance(above[key], dict)
    }
    return {**below, **above, **both}


def objects(call: list[str]) -> dict[str, dict]:
    """What the call would install, by kind and name."""
    values = values_of(call)
    with helm.Chart.load(CHART) as chart:
        chart.validate_schema(values)
        texts = chart.render(values, name="counter-service", namespace="prod", is_install=True)
    documents = [
        one
        for path, text in texts.items()
        if path.endswith(".yaml")
        for one in yaml.safe_load_all(text)
        if isinstance(one, dict)
    ]
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in documents}


DEPLOYMENT = "Deployment/counter-service"
SERVICE = "Service/counter-service"
CLAIM = "PersistentVolumeClaim/counter-service-data"


@pytest.fixture
def deployed(cluster: Cluster) -> dict[str, dict]:
    assert cluster.run("deploy.sh", VERSION="1.0.0-gabc", **IMAGE).status == 0
    return objects(cluster.calls("helm")[0])


def test_a_deployment_runs_the_digest_and_answers_its_version(deployed: dict[str, dict]) -> None:
    (container,) = deployed[DEPLOYMENT]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == f"{REPOSITORY}:1.0.0-gabc@{DIGEST}"
    assert {"name": "APP_VERSION", "value": "1.0.0-gabc"} in container["env"]


def test_the_scripts_know_the_names_of_the_objects(deployed: dict[str, dict]) -> None:
    assert {DEPLOYMENT, SERVICE, CLAIM} <= deployed.keys(), sorted(deployed)
    assert deployed[SERVICE]["spec"]["type"] == "LoadBalancer"
    assert deployed[SERVICE]["spec"]["ports"][0]["name"] == "http", "kubectl port-forward service/… :http"


def test_the_stand_in_has_the_pod_labels_of_the_chart(deployed: dict[str, dict]) -> None:
    labels = deployed[DEPLOYMENT]["spec"]["selector"]["matchLabels"]
    assert labels["app.kubernetes.io/name"] == "counter-service", "scripts/cluster-state.sh looks for it"


def test_end_to_end_asks_for_nothing_that_kind_lacks(cluster: Cluster) -> None:
    assert cluster.run("e2e.sh", "counter-service", "ci").status == 0
    upgrades = [call for call in cluster.calls("helm") if call[0] == "upgrade"]
    for call in upgrades:
        found = objects(call)
        assert found[CLAIM]["spec"]["storageClassName"] == "standard"
        assert found[SERVICE]["spec"]["type"] == "ClusterIP"
        assert found[DEPLOYMENT]["spec"]["template"]["spec"]["containers"][0]["image"] == "counter-service:ci"
