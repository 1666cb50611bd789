"""What the configuration asks of the modules, and of what Terraform's own tests can't see in a plan."""

import re
from typing import Any

import pytest
from configuration import FOLDERS, TERRAFORM, blocks, read, resource

EKS = blocks("prod", "module")["eks"]
VPC = blocks("prod", "module")["vpc"]
NODES = EKS["eks_managed_node_groups"]["default"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_modules_are_pinned_to_one_version(folder: str) -> None:
    wrong = {
        name: body.get("version")
        for name, body in blocks(folder, "module").items()
        if not re.fullmatch(r"\d+\.\d+\.\d+", body.get("version", ""))
    }
    assert not wrong, wrong


@pytest.mark.parametrize("folder", FOLDERS)
def test_terraform_and_the_provider_are_those_that_were_tested(folder: str) -> None:
    (settings,) = read(TERRAFORM / folder / "versions.tf")["terraform"]
    assert settings["required_version"] == ">= 1.10, < 2.0"
    assert settings["required_providers"][0]["aws"]["version"].startswith("~> 6."), settings
    (provider,) = [
        block["aws"] for block in read(TERRAFORM / folder / "versions.tf")["provider"] if "aws" in block
    ]
    assert provider["allowed_account_ids"] == ["var.account_id"], "it could be applied to another account"


@pytest.mark.parametrize(
    ("argument", "wanted"),
    [
        ("upgrade_policy", {"support_type": "STANDARD"}),
        ("authentication_mode", "API"),
        ("endpoint_private_access", True),
        ("endpoint_public_access_cidrs", "var.api_cidrs"),
        ("encryption_config", {"provider_key_arn": "aws_kms_key.cluster.arn", "resources": ["secrets"]}),
        ("enabled_log_types", ["api", "audit", "authenticator", "controllerManager", "scheduler"]),
        ("subnet_ids", "module.vpc.private_subnets"),
        ("enable_irsa", True),
    ],
)
def test_the_cluster_is_asked_for_as_it_should_be(argument: str, wanted: Any) -> None:
    assert EKS.get(argument) == wanted, f"{argument}: {EKS.get(argument)}"


@pytest.mark.parametrize(
    ("argument", "wanted"),
    [
        ("enable_flow_log", True),
        ("flow_log_traffic_type", "REJECT"),
        ("manage_default_security_group", True),
        ("enable_nat_gateway", True),
    ],
)
def test_the_network_is_asked_for_as_it_should_be(argument: str, wanted: Any) -> None:
    assert VPC.get(argument) == wanted, f"{argument}: {VPC.get(argument)}"


def test_there_are_as_many_nodes_as_asked_for() -> None:
    sizes = {argument: NODES.get(argument) for argument in ("min_size", "desired_size", "max_size")}
    wanted = {"min_size": "var.nodes.min", "desired_size": "var.nodes.desired", "max_size": "var.nodes.max"}
    assert sizes == wanted, sizes


def test_images_are_encrypted_with_their_own_key() -> None:
    encryption = resource("prod", "aws_ecr_repository", "counter")["encryption_configuration"][0]
    assert encryption == {"encryption_type": "KMS", "kms_key": "aws_kms_key.images.arn"}, encryption


def test_pods_can_not_reach_the_credentials_of_their_node() -> None:
    options = {"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1}
    assert NODES["metadata_options"] == options
    assert NODES["iam_role_attach_cni_policy"] is False


def test_the_disks_of_nodes_are_encrypted() -> None:
    disks = NODES["block_device_mappings"]
    assert disks and all(disk["ebs"]["encrypted"] is True for disk in disks.values()), disks


def test_the_namespace_is_made_with_a_token_of_minutes() -> None:
    (provider,) = [
        block["kubernetes"]
        for block in read(TERRAFORM / "prod/versions.tf")["provider"]
        if "kubernetes" in block
    ]
    assert "token" not in provider and provider["exec"][0]["args"][:2] == ["eks", "get-token"], provider


def test_the_states_are_encrypted_with_their_own_key_and_locked_in_the_bucket() -> None:
    rule = resource("bootstrap", "aws_s3_bucket_server_side_encryption_configuration", "state")["rule"][0]
    assert rule["apply_server_side_encryption_by_default"][0]["kms_master_key_id"] == "aws_kms_key.state.arn"
    backend = blocks("bootstrap", "output")["backend"]["value"]
    for line in ("use_lockfile = true", "encrypt      = true", 'kms_key_id   = "${aws_kms_key.state.arn}"'):
        assert line in backend, backend
    assert (
        read(TERRAFORM / "prod/versions.tf")["terraform"][0]["backend"][0]["s3"]["key"]
        == "prod/terraform.tfstate"
    )


@pytest.mark.parametrize(
    ("folder", "kind", "name"),
    [("bootstrap", "aws_s3_bucket", "state"), ("prod", "aws_efs_file_system", "shared")],
)
def test_what_holds_the_only_copy_is_not_destroyed_by_mistake(folder: str, kind: str, name: str) -> None:
    assert resource(folder, kind, name)["lifecycle"][0]["prevent_destroy"] is True
