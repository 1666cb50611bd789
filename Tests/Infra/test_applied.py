"""The check of what was applied can fail: each claim does when what it is about is changed."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from applied import CLAIMS, CLUSTER, NODES, TEMPLATE, judge

GOOD: dict[str, dict[str, Any]] = {
    CLUSTER: {
        "upgrade_policy": [{"support_type": "STANDARD"}],
        "access_config": [{"authentication_mode": "API"}],
        "encryption_config": [{"resources": ["secrets"]}],
        "vpc_config": [{"endpoint_private_access": True}],
        "enabled_cluster_log_types": ["api", "audit", "authenticator", "controllerManager", "scheduler"],
    },
    TEMPLATE: {
        "metadata_options": [{"http_tokens": "required", "http_put_response_hop_limit": 1}],
        "block_device_mappings": [{"ebs": [{"encrypted": "true"}]}],
    },
    NODES: {
        "ami_type": "AL2023_x86_64_STANDARD",
        "scaling_config": [{"desired_size": 3}],
        "subnet_ids": ["a", "b", "c"],
    },
}


def state_of(values: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """As Terraform lays it out: a module in a module."""
    made = [{"type": kind, "mode": "managed", "values": of_kind} for kind, of_kind in values.items()]
    return {
        "root_module": {
            "child_modules": [{"resources": made[:1], "child_modules": [{"resources": made[1:]}]}]
        }
    }


def test_what_should_be_passes() -> None:
    assert all(holds for _, holds in judge(state_of(GOOD)))


@pytest.mark.parametrize(
    ("claim", "kind", "change"),
    [
        ("extended support is never paid for", CLUSTER, {"upgrade_policy": [{"support_type": "EXTENDED"}]}),
        (
            "who may do what is in access entries",
            CLUSTER,
            {"access_config": [{"authentication_mode": "CONFIG_MAP"}]},
        ),
        ("secrets are encrypted", CLUSTER, {"encryption_config": [{"resources": []}]}),
        ("secrets are encrypted", CLUSTER, {"encryption_config": []}),
        ("nodes reach the API inside the VPC", CLUSTER, {"vpc_config": [{"endpoint_private_access": False}]}),
        ("all of the control plane is logged", CLUSTER, {"enabled_cluster_log_types": ["audit"]}),
        (
            "metadata needs a token",
            TEMPLATE,
            {"metadata_options": [{"http_tokens": "optional", "http_put_response_hop_limit": 1}]},
        ),
        (
            "and goes one hop",
            TEMPLATE,
            {"metadata_options": [{"http_tokens": "required", "http_put_response_hop_limit": 2}]},
        ),
        ("disks are encrypted", TEMPLATE, {"block_device_mappings": [{"ebs": [{"encrypted": None}]}]}),
        ("nodes run Amazon Linux 2023", NODES, {"ami_type": "AL2_x86_64"}),
        ("there is a node for each zone", NODES, {"scaling_config": [{"desired_size": 2}]}),
    ],
)
def test_a_claim_fails_when_it_does_not_hold(claim: str, kind: str, change: dict[str, Any]) -> None:
    values = copy.deepcopy(GOOD)
    values[kind] |= change
    assert [name for name, holds in judge(state_of(values)) if not holds] == [claim]


def test_nothing_made_is_no_pass() -> None:
    assert [holds for _, holds in judge({"root_module": {}})] == [False] * len(CLAIMS)


@pytest.mark.parametrize(
    ("lines", "status"),
    [([{"type": "test_run"}], 2), ([{"type": "test_state", "test_state": state_of(GOOD)}], 0)],
)
def test_the_program_says_so(lines: list[dict[str, Any]], status: int) -> None:
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("applied.py"))],
        input="\n".join(map(json.dumps, lines)),
        text=True,
        capture_output=True,
    )
    assert ran.returncode == status, ran
