"""The scripts that push, log in and sign: with real skopeo and a real registry on this machine; aws and
cosign, which need accounts, are stand-ins that record how they are called."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import run
from oci import make_archive
from registry import manifest, program, running

ECR = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/counter-service"


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    with running(tmp_path) as address:
        yield address


def push(archive: Path, repository: str, *tags: str):
    return run("push-image.sh", str(archive), repository, *tags, env={"PUSH_INSECURE": "true"})


def test_what_was_built_is_pushed_under_each_tag_with_its_digest(registry: str, tmp_path: Path) -> None:
    digest = make_archive(tmp_path / "image.tar", "one")
    ran = push(tmp_path / "image.tar", f"{registry}/counter", "1.0.0-gabc", "f" * 40)
    assert (ran.status, ran.out) == (0, digest + "\n"), ran.said
    assert (
        manifest(registry, "counter", "1.0.0-gabc")
        == manifest(registry, "counter", "f" * 40)
        == manifest(registry, "counter", digest)
    )


def test_provenance_is_pushed_with_the_image(registry: str, tmp_path: Path) -> None:
    make_archive(tmp_path / "image.tar", "one")
    push(tmp_path / "image.tar", f"{registry}/counter", "1")
    kinds = [
        m.get("annotations", {}).get("vnd.docker.reference.type")
        for m in manifest(registry, "counter", "1")["manifests"]
    ]
    assert kinds == [None, "attestation-manifest"], kinds


def test_a_run_can_be_repeated(registry: str, tmp_path: Path) -> None:
    digest = make_archive(tmp_path / "image.tar", "one")
    for _ in range(2):
        ran = push(tmp_path / "image.tar", f"{registry}/counter", "1")
        assert (ran.status, ran.out) == (0, digest + "\n"), ran.said


def test_a_tag_that_names_another_image_is_an_error_and_stays(registry: str, tmp_path: Path) -> None:
    first = make_archive(tmp_path / "first.tar", "one")
    second = make_archive(tmp_path / "second.tar", "two")
    push(tmp_path / "first.tar", f"{registry}/counter", "1")
    ran = push(tmp_path / "second.tar", f"{registry}/counter", "1")
    assert ran.status == 1 and f":1 is {first}, not the {second} built here" in ran.err, ran.said
    assert manifest(registry, "counter", "1") == manifest(registry, "counter", first)


def test_a_missing_or_broken_archive_is_an_error_that_names_it(tmp_path: Path) -> None:
    missing = push(tmp_path / "none.tar", "127.0.0.1:1/counter", "1")
    assert missing.status == 1 and "none.tar" in missing.err, missing.said
    (tmp_path / "broken.tar").write_text("no archive")
    broken = push(tmp_path / "broken.tar", "127.0.0.1:1/counter", "1")
    assert broken.status == 1 and "broken.tar' is not an OCI image archive" in broken.err, broken.said


def test_an_unreachable_registry_is_an_error(tmp_path: Path) -> None:
    make_archive(tmp_path / "image.tar", "one")
    ran = push(tmp_path / "image.tar", "127.0.0.1:1/counter", "1")
    assert ran.status != 0 and ran.out == "", ran.said


def test_the_scanner_gets_the_image_for_this_platform(tmp_path: Path) -> None:
    """The line of cd.yml that turns the archive into one that Trivy reads (test_workflows.py finds it
    there)."""
    make_archive(tmp_path / "image.tar", "one")
    subprocess.run(
        ["skopeo", "copy", "oci-archive:image.tar", "docker-archive:scan.tar"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    assert (tmp_path / "scan.tar").stat().st_size > 0


@pytest.fixture
def recorder(tmp_path: Path) -> dict[str, str]:
    """An environment in which aws, cosign and skopeo only note how they are called."""
    program(tmp_path / "bin", "aws", "echo secret")
    program(tmp_path / "bin", "cosign")
    program(tmp_path / "bin", "skopeo")
    return {
        "PATH": f"{tmp_path}/bin:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "CALLS": str(tmp_path / "calls"),
        "GITHUB_WORKFLOW_REF": "octo/counter/.github/workflows/cd.yml@refs/heads/main",
    }


def test_login_hands_the_password_over_on_standard_input(recorder: dict[str, str]) -> None:
    ran = run("registry-login.sh", ECR, env=recorder)
    assert ran.status == 0, ran.said
    calls = sorted(Path(recorder["CALLS"]).read_text().splitlines())
    assert calls == [
        "  input secret",
        "aws ecr get-login-password --region eu-west-2",
        f"skopeo login --authfile {recorder['HOME']}/.docker/config.json --username AWS "
        "--password-stdin 123456789012.dkr.ecr.eu-west-2.amazonaws.com",
    ], calls


@pytest.mark.parametrize(
    "repository", ["docker.io/library/nginx", "counter", "1234.dkr.ecr.eu-west-2.amazonaws.com/x"]
)
def test_login_to_what_is_no_ecr_repository_is_refused(recorder: dict[str, str], repository: str) -> None:
    ran = run("registry-login.sh", repository, env=recorder)
    assert ran.status == 1 and f"'{repository}' is not ACCOUNT" in ran.err, ran.said


def test_login_fails_when_aws_does(recorder: dict[str, str]) -> None:
    assert run("registry-login.sh", ECR, env={**recorder, "FAILS": "aws ecr"}).status != 0


def test_signing_signs_the_digest_and_verifies_who_signed(recorder: dict[str, str]) -> None:
    image = f"{ECR}@sha256:{'0' * 64}"
    ran = run("sign-image.sh", image, env=recorder)
    assert ran.status == 0 and f"signed and verified {image}" in ran.out, ran.said
    sign, verify = Path(recorder["CALLS"]).read_text().splitlines()
    assert sign == f"cosign sign --yes --recursive {image}"
    assert f"--certificate-identity https://github.com/{recorder['GITHUB_WORKFLOW_REF']} {image}" in verify, (
        verify
    )


@pytest.mark.parametrize("step", ["cosign sign", "cosign verify"])
def test_signing_fails_when_either_half_does(recorder: dict[str, str], step: str) -> None:
    ran = run("sign-image.sh", f"{ECR}@sha256:{'0' * 64}", env={**recorder, "FAILS": step})
    assert ran.status != 0 and "signed and verified" not in ran.out, ran.said


def test_signing_a_tag_is_refused(recorder: dict[str, str]) -> None:
    ran = run("sign-image.sh", f"{ECR}:1.0.0", env=recorder)
    assert ran.status == 1 and "names no digest" in ran.err, ran.said
