"""Pod Security "restricted", for the pod that serves and for the one that tests, whatever the values."""

import pytest
from chart import render
from options import combinations

COMBINATIONS = combinations()
ALONE = [name for name in COMBINATIONS if "," not in name.removeprefix("shared, ")]


def pods(name: str) -> list[dict]:
    chart = render(COMBINATIONS[name])
    return [chart.pod["spec"], *(p["spec"] for p in chart.all("Pod"))]


@pytest.mark.parametrize("name", ALONE)
def test_no_pod_may_do_more_than_it_needs(name: str):
    for pod in pods(name):
        security = pod["securityContext"]
        assert security["runAsNonRoot"] is True and security["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False and pod["enableServiceLinks"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & set(pod)
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert not any("hostPort" in port for port in container.get("ports", []))
        assert not any("hostPath" in volume for volume in pod.get("volumes", []))
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]


def test_the_ids_are_numbers_that_are_not_root():
    for pod in pods("defaults"):
        ids = {key: pod["securityContext"][key] for key in ("runAsUser", "runAsGroup")}
        assert all(isinstance(i, int) and i > 0 for i in ids.values()), ids
    server = pods("defaults")[0]["securityContext"]
    assert server["fsGroup"] == 65532 and server["fsGroupChangePolicy"] == "OnRootMismatch"


def test_the_ids_may_be_left_to_the_platform():
    server, tests = pods("ids from the platform")
    for pod in (server, tests):
        assert not {"runAsUser", "runAsGroup", "fsGroup"} & set(pod["securityContext"]), pod[
            "securityContext"
        ]


def test_no_token_is_mounted_by_the_account_either():
    assert render().one("ServiceAccount")["automountServiceAccountToken"] is False
