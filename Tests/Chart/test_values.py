"""values.yaml, its schema, its table and the files beside it say the same."""

import json

import helm_python as helm
import pytest
import yaml
from chart import CHART, PROD, ROOT, read, render, sets
from value_table import BEGIN, END, README, rows, table

VALUES = read(CHART / "values.yaml")
SCHEMA = json.loads((CHART / "values.schema.json").read_text())


def test_the_table_in_the_readme_is_that_of_the_values():
    _, begin, rest = README.read_text().partition(BEGIN)
    written, end, _ = rest.partition(END)
    assert begin and end, f"{README} lacks the marks around the table"
    assert written == table(), "stale: run `python Tests/Chart/value_table.py --write`"


def test_the_table_has_every_value_and_says_something_of_each():
    def leaves(node, path=""):
        if isinstance(node, dict) and node:
            for key, value in node.items():
                yield from leaves(value, f"{path}.{key}" if path else key)
        else:
            yield path, node

    told = {path: json.loads(default) for path, default, _ in rows()}
    for path, default in leaves(VALUES):
        parent = next((p for p in told if path == p or path.startswith(p + ".")), None)
        assert parent, f"{path} is not in the table"
        assert path != parent or told[path] == default, f"{path} is {default}, the table says {told[path]}"
    for path, _, about in rows():
        assert about, f"{path} has no comment in values.yaml"


def test_the_schema_knows_the_values_and_no_others():
    def compare(schema: dict, value, path: str) -> None:
        if "$ref" in schema:
            schema = SCHEMA["definitions"][schema["$ref"].rsplit("/", 1)[1]]
        if not isinstance(value, dict) or "properties" not in schema:
            return
        derived = {"global"} if not path else set(DERIVED) if path == ".env" else set()
        known, there = set(schema["properties"]) - derived, set(value)
        assert known == there, (
            f"{path or 'top'}: only in the schema {known - there}, only in values {there - known}"
        )
        assert schema["additionalProperties"] is False, f"{path} lets anything in"
        for key in there:
            compare(schema["properties"][key], value[key], f"{path}.{key}")

    compare(SCHEMA, VALUES, "")


# In the schema so that the template can refuse them with a sentence.
DERIVED = (
    "HOST",
    "PORT",
    "METRICS_PORT",
    "COUNTER_FILE",
    "COUNTER_SHARED",
    "DRAIN_DELAY",
    "SHUTDOWN_TIMEOUT",
)


def test_the_operators_command_renders_what_it_says():
    tag = "3f9a1c7"
    chart = render(
        read(PROD),
        sets(
            "image.repository=123456789012.dkr.ecr.eu-west-2.amazonaws.com/counter-service",
            f"image.tag={tag}",
            f"env.APP_VERSION={tag}",
        ),
    )
    assert chart.container["image"] == f"123456789012.dkr.ecr.eu-west-2.amazonaws.com/counter-service:{tag}"
    assert chart.env["APP_VERSION"] == tag
    assert chart.pod["metadata"]["labels"]["app.kubernetes.io/version"] == tag


def test_a_digest_decides_and_the_tag_stays_readable():
    digest = "sha256:" + "0" * 64
    assert (
        render({"image": {"tag": "1", "digest": digest}}).container["image"] == f"counter-service:1@{digest}"
    )
    assert render({"image": {"digest": digest}}).container["image"] == f"counter-service@{digest}"
    assert render().container["image"] == f"counter-service:{helm.Chart.load(CHART).metadata['appVersion']}"


def test_the_production_class_is_the_one_in_infra():
    storage = yaml.safe_load((ROOT / "infra/k8s/storageclass_gp3_encrypted.yaml").read_text())
    claim = render(read(PROD)).one("PersistentVolumeClaim")
    assert claim["spec"]["storageClassName"] == storage["metadata"]["name"]
    assert storage["parameters"]["encrypted"] == "true" and storage["parameters"]["type"] == "gp3"
    assert storage["volumeBindingMode"] == "WaitForFirstConsumer"
    assert storage["allowVolumeExpansion"] is True and storage["reclaimPolicy"] == "Retain"


@pytest.mark.parametrize(
    "service, address",
    [
        ({}, "kubectl port-forward svc/counter-service"),
        ({"service": {"type": "LoadBalancer"}}, "loadBalancer.ingress"),
    ],
)
def test_the_notes_print_the_commands_to_try(service: dict, address: str):
    notes = render(service).notes
    for command in (
        address,
        "curl -X POST $URL/",
        "helm test counter-service -n prod",
        "helm rollback",
        "kubectl rollout restart deploy/counter-service -n prod",
        "kubectl get deploy,po,svc,pvc -n prod",
    ):
        assert command in notes, f"{command!r} is not in the notes:\n{notes}"
