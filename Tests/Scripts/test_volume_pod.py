"""scripts/volume-pod.sh: what it asks the cluster for."""

from pathlib import Path

import pytest
import yaml
from conftest import ROOT, run
from registry import program


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    program(tmp_path / "bin", "kubectl", f'[ "$1" != apply ] || cat >{tmp_path}/manifest.yaml')
    return {"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "NAMESPACE": "prod"}


def started(env: dict[str, str], tmp_path: Path, *claims: str) -> dict:
    ran = run("volume-pod.sh", "start", *claims, env=env)
    assert ran.status == 0, ran.said
    return yaml.safe_load((tmp_path / "manifest.yaml").read_text())


def test_the_pod_mounts_each_claim_under_its_name(env: dict[str, str], tmp_path: Path) -> None:
    spec = started(env, tmp_path, "one", "two")["spec"]
    mounts = {mount["name"]: mount["mountPath"] for mount in spec["containers"][0]["volumeMounts"]}
    assert mounts == {"one": "/volumes/one", "two": "/volumes/two"}
    assert {v["name"]: v["persistentVolumeClaim"]["claimName"] for v in spec["volumes"]} == {
        "one": "one",
        "two": "two",
    }


def test_without_a_name_it_is_the_chart_s_claim(env: dict[str, str], tmp_path: Path) -> None:
    spec = started(env, tmp_path)["spec"]
    assert [v["persistentVolumeClaim"]["claimName"] for v in spec["volumes"]] == ["counter-service-data"]


def test_the_pod_is_what_pod_security_restricted_allows(env: dict[str, str], tmp_path: Path) -> None:
    spec = started(env, tmp_path)["spec"]
    pod, container = spec["securityContext"], spec["containers"][0]["securityContext"]
    assert pod["runAsNonRoot"] and pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["allowPrivilegeEscalation"] is False and container["capabilities"] == {"drop": ["ALL"]}


def test_the_pod_has_the_user_and_the_image_that_the_chart_has(env: dict[str, str], tmp_path: Path) -> None:
    values = yaml.safe_load((ROOT / "helm_charts/counter-service/values.yaml").read_text())
    spec = started(env, tmp_path)["spec"]
    of_chart = {name: values["securityContext"][name] for name in ("runAsUser", "runAsGroup", "fsGroup")}
    assert {name: spec["securityContext"][name] for name in of_chart} == of_chart
    image = values["tests"]["image"]
    assert spec["containers"][0]["image"] == f"{image['repository']}:{image['tag']}@{image['digest']}"


def test_commands_go_to_the_pod_and_stop_removes_it(env: dict[str, str], tmp_path: Path) -> None:
    run("volume-pod.sh", "exec", "cat", "/volumes/one/counter.json", env=env)
    run("volume-pod.sh", "stop", env=env)
    assert (tmp_path / "calls").read_text().splitlines() == [
        "kubectl exec counter-volume --namespace prod -- cat /volumes/one/counter.json",
        "kubectl delete pod counter-volume --namespace prod",
    ]


def test_another_command_is_refused(env: dict[str, str]) -> None:
    ran = run("volume-pod.sh", "satrt", env=env)
    assert ran.status == 2 and "usage: volume-pod.sh start" in ran.err, ran.said
