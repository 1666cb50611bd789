"""The deploy job of cd.yml, played from first to last step on a stand-in cluster that runs a real server,
with a real registry that answers to ECR's name."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Cluster
from oci import make_archive
from registry import manifest, program, running
from runner import Play, workflow

ECR_HOST = "123456789012.dkr.ecr.eu-west-2.amazonaws.com"
# Real skopeo, but ECR's host is the registry of this test, which talks plain HTTP.
SKOPEO = """
arguments=()
for argument; do
    argument=${argument/docker:\\/\\/%s/docker:\\/\\/%s}
    arguments+=("${argument/tls-verify=true/tls-verify=false}")
done
exec /usr/bin/skopeo "${arguments[@]}"
"""


class Delivery:
    """The deploy job on the stand-in cluster, with a real registry under ECR's name."""

    def __init__(self, cluster: Cluster, registry: str, folder: Path) -> None:
        self.cluster, self.registry, self.folder = cluster, registry, folder
        programs = folder / "bin"
        program(programs, "skopeo", SKOPEO % (ECR_HOST, registry))
        program(programs, "aws", "[ $1 != ecr ] || echo secret")
        program(programs, "cosign")
        self.env = {
            **cluster.env,
            "PATH": f"{programs}:{cluster.env['PATH']}",
            "HOME": str(folder),
            "GITHUB_WORKFLOW_REF": "octo/counter/.github/workflows/cd.yml@refs/heads/main",
        }

    def push_to_main(self, version: str, **more: str) -> Play:
        (self.folder / "summary.md").unlink(missing_ok=True)
        self.digest = make_archive(self.folder / "image.tar", version)
        contexts = {
            "vars.ECR_REPOSITORY": f"{ECR_HOST}/counter-service",
            "vars.EKS_CLUSTER": "counter",
            "needs.build.outputs.version": version,
        }
        job = workflow("cd.yml")["jobs"]["deploy"]
        commit = hashlib.sha1(version.encode()).hexdigest()
        return Play(job, self.folder, {**self.env, "GITHUB_SHA": commit, **more}, contexts).play()


@pytest.fixture
def delivery(cluster: Cluster, tmp_path: Path) -> Iterator[Delivery]:
    with running(tmp_path) as address:
        yield Delivery(cluster, address, tmp_path)


def test_a_first_push_delivers(delivery: Delivery) -> None:
    played = delivery.push_to_main("1.0.0-gaaa")
    assert not played.failed, played.said
    assert "## Deployment: success" in played.summary() and delivery.digest in played.summary(), (
        played.summary()
    )
    assert "| count before | none |" in played.summary() and "| revision now | 1 |" in played.summary()
    assert manifest(delivery.registry, "counter-service", "1.0.0-gaaa")["manifests"]
    calls = (delivery.folder / "calls").read_text()
    assert "aws eks update-kubeconfig --name counter" in calls, calls
    assert calls.index("cosign sign") < calls.index("aws eks"), "it is signed before it is deployed"


def test_a_second_push_keeps_the_count(delivery: Delivery) -> None:
    delivery.push_to_main("1.0.0-gaaa")
    (delivery.cluster.home / "data/counter.json").write_text('{"counter": 7}')
    assert delivery.cluster.run("rollback.sh", "1").status == 0
    played = delivery.push_to_main("1.0.0-gbbb")
    assert not played.failed, played.said
    assert "| count before | 7 |" in played.summary() and "| count after | 7 |" in played.summary(), (
        played.summary()
    )


def test_the_same_push_can_be_run_again(delivery: Delivery) -> None:
    delivery.push_to_main("1.0.0-gaaa")
    played = delivery.push_to_main("1.0.0-gaaa")
    assert not played.failed, played.said


def test_a_deployment_that_does_not_come_up_fails_and_the_old_version_serves(delivery: Delivery) -> None:
    delivery.push_to_main("1.0.0-gaaa")
    played = delivery.push_to_main("1.0.0-gbbb", STANDIN_UPGRADE_FAILS="1")
    assert played.failed and "## Deployment: failure" in played.summary(), played.said
    assert not any("rollback.sh" in step for step in played.ran), "Helm went back by itself"
    assert serving(delivery) == "1.0.0-gaaa"


def test_a_deployment_that_loses_the_count_fails_and_is_rolled_back(delivery: Delivery) -> None:
    delivery.push_to_main("1.0.0-gaaa")
    (delivery.cluster.home / "data/counter.json").write_text('{"counter": 7}')
    delivery.cluster.run("rollback.sh", "1")
    played = delivery.push_to_main("1.0.0-gbbb", STANDIN_LOSES_THE_VOLUME="1")
    assert played.failed and "the count is 0 and was 7 before: increments were lost" in played.said, (
        played.said
    )
    assert any("rollback.sh" in step for step in played.ran), played.ran
    assert serving(delivery) == "1.0.0-gaaa"


def test_a_first_deployment_that_fails_says_that_there_is_nothing_to_go_back_to(delivery: Delivery) -> None:
    played = delivery.push_to_main("1.0.0-gaaa", STANDIN_NO_ADDRESS="1", TIMEOUT="1")
    assert played.failed and "no earlier revision to go back to" in played.said, played.said


@pytest.mark.parametrize("broken", ["aws eks", "cosign sign", "cosign verify", "aws ecr"])
def test_nothing_is_deployed_when_a_step_before_fails(delivery: Delivery, broken: str) -> None:
    played = delivery.push_to_main("1.0.0-gaaa", FAILS=broken)
    assert played.failed and "scripts/deploy.sh" not in played.ran, played.said
    assert "## Deployment: failure" in played.summary()


def serving(delivery: Delivery) -> str:
    return next(
        revision["version"]
        for revision in reversed(delivery.cluster.state()["revisions"])
        if revision["status"] == "deployed"
    )
