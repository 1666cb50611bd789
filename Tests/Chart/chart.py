"""The chart, rendered with Helm's own engine. A program too: `python chart.py [-f FILE] [--set K=V]`."""

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import helm_python as helm
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "helm_charts" / "counter-service"
PROD = CHART / "values-prod.yaml"
# What several pods on one volume take; the least that turns the shared mode on.
SHARED = {"persistence": {"accessMode": "ReadWriteMany", "storageClass": "efs"}, "replicaCount": 3}
# The dashboard and the alerts go out only when asked for.
MONITORED = {
    "metrics": {
        "serviceMonitor": {"enabled": True},
        "prometheusRule": {"enabled": True},
        "dashboard": {"enabled": True},
    }
}


def merged(*layers: dict) -> dict:
    """Later layers over earlier ones, map by map, as Helm joins its values."""
    out: dict = {}
    for layer in layers:
        for key, value in layer.items():
            both = isinstance(value, dict) and isinstance(out.get(key), dict)
            out[key] = merged(out[key], value) if both else value
    return out


def read(path: Path) -> dict:
    return helm.values_from_yaml(path.read_text()) or {}


def sets(*expressions: str) -> dict:
    """What `--set` makes of each, numbers and booleans included."""
    return merged(*(helm.parse_set_string(e) for e in expressions))


@dataclass
class Rendered:
    objects: list[dict]
    notes: str

    def all(self, kind: str) -> list[dict]:
        return [o for o in self.objects if o["kind"] == kind]

    def one(self, kind: str, name: str | None = None) -> dict:
        found = [o for o in self.all(kind) if name in (None, o["metadata"]["name"])]
        assert len(found) == 1, f"{len(found)} objects of kind {kind} and name {name or 'any'}, not 1"
        return found[0]

    @property
    def deployment(self) -> dict:
        return self.one("Deployment")

    @property
    def pod(self) -> dict:
        return self.deployment["spec"]["template"]

    @property
    def container(self) -> dict:
        (container,) = self.pod["spec"]["containers"]
        return container

    @property
    def env(self) -> dict[str, str]:
        names = [e["name"] for e in self.container["env"]]
        assert len(names) == len(set(names)), f"a variable is there twice: {names}"
        return {e["name"]: e.get("value") for e in self.container["env"]}


def render(*layers: dict, name: str = "counter-service", namespace: str = "prod") -> Rendered:
    """As `helm install NAME` would: values checked against the schema, templates, NOTES.txt."""
    values = merged(*layers)
    with helm.Chart.load(CHART) as chart:
        chart.validate_schema(values)
        texts = chart.render(values, name=name, namespace=namespace, is_install=True)
    notes = "".join(text for path, text in texts.items() if path.endswith("NOTES.txt"))
    objects = [
        document
        for path, text in sorted(texts.items())
        if not path.endswith("NOTES.txt")
        for document in yaml.load_all(text, yaml.CSafeLoader)
        if document
    ]
    return Rendered(objects, notes)


def refusal(*layers: dict) -> str:
    """The error that these values must end in, without what Helm puts before it."""
    try:
        render(*layers)
    except helm.HelmError as error:
        return re.sub(r"\s+", " ", str(error))
    raise AssertionError(f"not refused: {merged(*layers)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-f", "--values", action="append", type=Path, default=[])
    parser.add_argument("--set", action="append", default=[])
    arguments = parser.parse_args()
    layers = [read(f) for f in arguments.values] + [sets(*arguments.set)]
    yaml.safe_dump_all(render(*layers).objects, sys.stdout, sort_keys=False)


if __name__ == "__main__":
    main()
