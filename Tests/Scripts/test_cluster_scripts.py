"""The scripts that deploy and check, on a stand-in cluster whose pod is a real server
(standins/cluster.py)."""

import re

import pytest
from conftest import Cluster

DIGEST = "sha256:" + "ab" * 32
REPOSITORY = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/counter-service"
IMAGE = {"ECR_REPOSITORY": REPOSITORY, "IMAGE_DIGEST": DIGEST}


def deploy(cluster: Cluster, version: str, **extra: str):
    return cluster.run("deploy.sh", VERSION=version, **IMAGE, **extra)


def address(cluster: Cluster) -> str:
    ran = cluster.run("service-url.sh")
    assert ran.status == 0, ran.said
    return ran.out.strip()


def test_a_deployment_serves_the_version_it_was_given(cluster: Cluster) -> None:
    assert deploy(cluster, "1.0.0").status == 0
    ran = cluster.run("smoke-test.sh", "--version", "1.0.0", "--timeout", "5", address(cluster))
    assert ran.status == 0, ran.said


def test_a_deployment_names_the_image_by_digest_and_waits(cluster: Cluster) -> None:
    deploy(cluster, "1.0.0")
    call = cluster.calls("helm")[0]
    assert f"image.digest={DIGEST}" in call, call
    assert {"--wait", "--rollback-on-failure"} <= set(call), call
    assert "--create-namespace" not in call, "the deploy role may not create namespaces"


def test_a_deployment_takes_more_helm_arguments(cluster: Cluster) -> None:
    cluster.run("deploy.sh", "--set-string", "service.type=ClusterIP", VERSION="1", **IMAGE)
    assert cluster.calls("helm")[0][-2:] == ["--set-string", "service.type=ClusterIP"]


@pytest.mark.parametrize("missing", ["ECR_REPOSITORY", "IMAGE_DIGEST", "VERSION"])
def test_a_deployment_without_a_setting_is_refused_by_its_name(cluster: Cluster, missing: str) -> None:
    settings = {**IMAGE, "VERSION": "1.0.0"}
    del settings[missing]
    ran = cluster.run("deploy.sh", **settings)
    assert ran.status != 0 and missing in ran.err, ran.said


def test_a_deployment_by_tag_is_refused(cluster: Cluster) -> None:
    ran = cluster.run("deploy.sh", ECR_REPOSITORY=REPOSITORY, IMAGE_DIGEST="latest", VERSION="1")
    assert ran.status == 1 and "IMAGE_DIGEST is 'latest'" in ran.err, ran.said


def test_a_failed_deployment_leaves_the_version_before_it(cluster: Cluster) -> None:
    deploy(cluster, "1.0.0")
    assert deploy(cluster, "2.0.0", STANDIN_UPGRADE_FAILS="1").status != 0
    ran = cluster.run("smoke-test.sh", "--version", "1.0.0", "--timeout", "5", address(cluster))
    assert ran.status == 0, ran.said


def test_no_address_before_the_first_deployment(cluster: Cluster) -> None:
    assert address(cluster) == ""


def test_an_address_without_port_on_port_80(cluster: Cluster) -> None:
    deploy(cluster, "1.0.0")
    ran = cluster.run("service-url.sh", STANDIN_SERVICE_PORT="80")
    assert ran.out == "http://127.0.0.1\n", ran.said


def test_a_load_balancer_that_never_comes_is_an_error(cluster: Cluster) -> None:
    deploy(cluster, "1.0.0")
    ran = cluster.run("service-url.sh", STANDIN_NO_ADDRESS="1", TIMEOUT="1")
    assert ran.status == 1 and "has no load balancer address after 1 s" in ran.err, ran.said


def test_the_revision_is_that_which_is_deployed(cluster: Cluster) -> None:
    assert cluster.run("revision.sh").out == ""
    deploy(cluster, "1.0.0")
    deploy(cluster, "2.0.0")
    assert cluster.run("revision.sh").out == "2\n"
    deploy(cluster, "3.0.0", STANDIN_UPGRADE_FAILS="1")
    assert cluster.run("revision.sh").out == "4\n", cluster.state()


def test_a_rollback_serves_the_version_of_that_revision(cluster: Cluster) -> None:
    deploy(cluster, "1.0.0")
    deploy(cluster, "2.0.0")
    ran = cluster.run("rollback.sh", "1")
    assert ran.status == 0, ran.said
    ran = cluster.run("smoke-test.sh", "--version", "1.0.0", "--timeout", "5", address(cluster))
    assert ran.status == 0, ran.said


@pytest.mark.parametrize("revision", [[], [""], ["one"]])
def test_a_rollback_to_no_revision_says_so(cluster: Cluster, revision: list[str]) -> None:
    ran = cluster.run("rollback.sh", *revision)
    assert ran.status == 1 and "no earlier revision to go back to" in ran.err, ran.said


def test_the_persistence_check_passes_and_adds_three(cluster: Cluster) -> None:
    deploy(cluster, "1.0.0")
    ran = cluster.run("persistence-check.sh")
    assert ran.status == 0, ran.said
    answers = re.findall(r"(POST|GET) / answers (\d+)", ran.out)
    assert answers == [("POST", "1"), ("POST", "2"), ("GET", "2"), ("POST", "3"), ("GET", "3")], ran.said


def test_the_persistence_check_fails_when_the_volume_is_lost(cluster: Cluster) -> None:
    deploy(cluster, "1.0.0")
    ran = cluster.run("persistence-check.sh", STANDIN_LOSES_THE_VOLUME="1")
    assert ran.status == 1, ran.said
    assert "the count is 0 after rollout restart and was 2: increments were lost" in ran.err, ran.said


def test_end_to_end_passes_through_every_step(cluster: Cluster) -> None:
    ran = cluster.run("e2e.sh", "counter-service", "ci")
    assert ran.status == 0, ran.said
    assert "end to end: the count is still at least 4" in ran.out, ran.said
    did = [call[0] for call in cluster.calls("helm")]
    assert did == ["upgrade", "test", "list", "history", "upgrade", "rollback"], did


def test_end_to_end_fails_when_the_upgrade_runs_the_old_version(cluster: Cluster) -> None:
    ran = cluster.run("e2e.sh", "counter-service", "ci", STANDIN_RUNS_VERSION="e2e-1", TIMEOUT="2")
    assert ran.status == 1 and "not as expected after upgrade" in ran.err, ran.said
