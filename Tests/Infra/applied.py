"""Looks at what the modules made of the configuration, deeper than Terraform's own tests can: at the cluster
and the nodes' template inside them. Reads what Terraform says of a test that applies all to a mocked AWS:

    terraform -chdir=infra/terraform/prod test -json -verbose -filter=tests/cluster.tftest.hcl |
        python3 Tests/Infra/applied.py
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Values = dict[str, Any]
CLUSTER, TEMPLATE, NODES = "aws_eks_cluster", "aws_launch_template", "aws_eks_node_group"

CLAIMS: list[tuple[str, str, Callable[[Values], bool]]] = [
    (
        "extended support is never paid for",
        CLUSTER,
        lambda v: v["upgrade_policy"][0]["support_type"] == "STANDARD",
    ),
    (
        "who may do what is in access entries",
        CLUSTER,
        lambda v: v["access_config"][0]["authentication_mode"] == "API",
    ),
    ("secrets are encrypted", CLUSTER, lambda v: v["encryption_config"][0]["resources"] == ["secrets"]),
    (
        "nodes reach the API inside the VPC",
        CLUSTER,
        lambda v: v["vpc_config"][0]["endpoint_private_access"] is True,
    ),
    ("all of the control plane is logged", CLUSTER, lambda v: len(v["enabled_cluster_log_types"]) == 5),
    ("metadata needs a token", TEMPLATE, lambda v: v["metadata_options"][0]["http_tokens"] == "required"),
    ("and goes one hop", TEMPLATE, lambda v: v["metadata_options"][0]["http_put_response_hop_limit"] == 1),
    (
        "disks are encrypted",
        TEMPLATE,
        lambda v: [disk["ebs"][0]["encrypted"] for disk in v["block_device_mappings"]] == ["true"],
    ),
    ("nodes run Amazon Linux 2023", NODES, lambda v: v["ami_type"] == "AL2023_x86_64_STANDARD"),
    (
        "there is a node for each zone",
        NODES,
        lambda v: v["scaling_config"][0]["desired_size"] >= len(v["subnet_ids"]) == 3,
    ),
]


def resources(module: Values) -> Iterator[Values]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from resources(child)


def first_state(lines: Iterable[str]) -> Values | None:
    """The state after the first run that applied something."""
    for line in lines:
        message = json.loads(line)
        if message.get("type") == "test_state":
            return message["test_state"]
    return None


def all_hold(holds: Callable[[Values], bool], values: list[Values]) -> bool:
    """A block that is not there at all is a claim that fails, not a crash."""
    try:
        return bool(values) and all(map(holds, values))
    except (IndexError, KeyError, TypeError):
        return False


def judge(state: Values) -> list[tuple[str, bool]]:
    """Each claim, and whether it holds of every resource of its kind, of which there must be one."""
    managed = [r for r in resources(state["root_module"]) if r["mode"] == "managed"]
    found = {kind: [r["values"] for r in managed if r["type"] == kind] for kind in (CLUSTER, TEMPLATE, NODES)}
    return [(claim, all_hold(holds, found[kind])) for claim, kind, holds in CLAIMS]


def main() -> int:
    state = first_state(sys.stdin)
    if state is None:
        print("applied.py: no run applied anything", file=sys.stderr)
        return 2
    verdicts = judge(state)
    for claim, holds in verdicts:
        print(f"{'pass' if holds else 'FAIL'}  {claim}")
    return 0 if all(holds for _, holds in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
