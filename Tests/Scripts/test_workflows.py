"""The workflows themselves: what they are pinned to and may do, and every shell line of theirs played for
real."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Cluster
from oci import make_archive
from registry import program
from runner import Play, runner_environment, workflow

FILES = ["ci.yml", "cd.yml"]
JOBS = [(name, job) for name in FILES for job in workflow(name)["jobs"]]


def text(name: str) -> str:
    return (ROOT / ".github/workflows" / name).read_text()


def applied_state() -> dict:
    """What Terraform says of a cluster that is as it should be."""
    sys.path.insert(0, str(ROOT / "Tests/Infra"))
    spec = importlib.util.spec_from_file_location("test_applied", ROOT / "Tests/Infra/test_applied.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.state_of(module.GOOD)


@pytest.mark.parametrize("name", FILES)
def test_every_action_is_pinned_to_a_commit_and_says_its_version(name: str) -> None:
    used = [line.strip() for line in text(name).splitlines() if re.search(r"\buses:", line)]
    wrong = [
        line
        for line in used
        if not re.search(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$|uses: \./", line)
    ]
    assert used and not wrong, wrong


def test_one_action_has_one_pin() -> None:
    pins: dict[str, set[str]] = {}
    for action, pin in re.findall(r"uses: ([\w./-]+)@(\S+)", "".join(map(text, FILES))):
        pins.setdefault(action, set()).add(pin)
    assert all(len(found) == 1 for found in pins.values()), {a: p for a, p in pins.items() if len(p) > 1}


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_permitted_unless_a_job_asks_for_it(name: str) -> None:
    loaded = workflow(name)
    assert loaded["permissions"] == {}
    assert all("permissions" in job for job in loaded["jobs"].values())


def test_only_the_deployment_can_have_credentials() -> None:
    with_token = [
        (name, job)
        for name, job in JOBS
        if workflow(name)["jobs"][job]["permissions"].get("id-token") == "write"
    ]
    assert with_token == [("cd.yml", "deploy")], with_token
    assert "{{ secrets" not in text("ci.yml") + text("cd.yml")


def test_nothing_is_deployed_that_was_not_checked_and_scanned() -> None:
    assert set(workflow("cd.yml")["jobs"]["deploy"]["needs"]) == {"ci", "build", "scan"}


@pytest.mark.parametrize("name,job", [pair for pair in JOBS if "steps" in workflow(pair[0])["jobs"][pair[1]]])
def test_every_job_is_hardened_first_and_ends(name: str, job: str) -> None:
    loaded = workflow(name)["jobs"][job]
    assert loaded["steps"][0]["uses"].startswith("step-security/harden-runner@"), loaded["steps"][0]
    assert loaded["timeout-minutes"] <= 90


def test_a_job_of_checks_runs_the_scripts_it_names(tmp_path: Path) -> None:
    """make test, Terraform and the chart: the tools are noted, not run; each has tests of its own."""
    for name in ("docker", "helm"):
        program(tmp_path / "bin", name)
    applied = json.dumps({"type": "test_state", "test_state": applied_state()})
    program(tmp_path / "bin", "terraform", f"case \"$*\" in *-json*) echo '{applied}';; esac")
    for folder in ("scripts", "Tests/Infra"):
        shutil.copytree(ROOT / folder, tmp_path / "work" / folder)
    for folder in ("infra/terraform/bootstrap", "infra/terraform/prod"):
        (tmp_path / "work" / folder).mkdir(parents=True)
    (tmp_path / "work/Dockerfile").write_text("FROM swift:6.3.1-bookworm AS build\n")
    env = runner_environment(tmp_path / "bin", WORKSPACE=str(tmp_path / "work"))
    for job in ("test", "terraform", "chart"):
        played = Play(workflow("ci.yml")["jobs"][job], tmp_path, env).play()
        assert not played.failed, played.said
    calls = (tmp_path / "calls").read_text()
    assert "swift:6.3.1-bookworm bash -c" in calls and "in-build-image make test" in calls, calls
    assert calls.count("terraform -chdir=infra/terraform/prod test\n") == 1, calls
    assert calls.count("terraform -chdir=infra/terraform/prod test -json") == 1, calls
    assert calls.count("helm lint --strict helm_charts/counter-service") == 2, calls


def test_a_cluster_that_is_not_what_it_should_be_fails_the_job(tmp_path: Path) -> None:
    """Even though Terraform's own tests pass."""
    program(tmp_path / "bin", "terraform")
    job = workflow("ci.yml")["jobs"]["terraform"]
    played = Play(job, tmp_path, runner_environment(tmp_path / "bin", WORKSPACE=str(ROOT))).play()
    assert played.failed and "no run applied anything" in played.said, played.said


def test_the_end_to_end_job_passes_on_a_cluster(cluster: Cluster, tmp_path: Path) -> None:
    program(tmp_path / "bin", "kind")
    env = {**cluster.env, "PATH": f"{tmp_path}/bin:{cluster.env['PATH']}", "HOME": str(tmp_path)}
    played = Play(workflow("ci.yml")["jobs"]["end-to-end"], tmp_path, env).play()
    assert not played.failed, played.said
    assert (tmp_path / "calls").read_text() == f"kind load image-archive --name e2e {tmp_path}/image.tar\n"


def test_a_failed_end_to_end_job_shows_the_cluster(tmp_path: Path) -> None:
    for name in ("kind", "kubectl", "helm"):
        program(tmp_path / "bin", name)
    job = workflow("ci.yml")["jobs"]["end-to-end"]
    played = Play(job, tmp_path, runner_environment(tmp_path / "bin", FAILS="helm upgrade")).play()
    assert played.failed and played.ran[-1] == "scripts/cluster-state.sh prod", played.said
    assert "== kubectl describe pods" in played.said, played.said


def test_the_build_job_names_one_version_for_the_commit(tmp_path: Path) -> None:
    played = Play(workflow("cd.yml")["jobs"]["build"], tmp_path, runner_environment(tmp_path / "bin")).play()
    commit = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    version = played.contexts["steps.version.outputs.version"]
    assert re.fullmatch(rf"\d+\.\d+\.\d+(-g{commit.stdout.strip()})?", version), played.said


def test_the_scan_job_unpacks_the_image_for_the_scanner(tmp_path: Path) -> None:
    make_archive(tmp_path / "image.tar", "one")
    env = runner_environment(tmp_path / "bin", WORKSPACE=str(tmp_path))
    played = Play(workflow("cd.yml")["jobs"]["scan"], tmp_path, env).play()
    assert not played.failed and (tmp_path / "scan.tar").stat().st_size > 0, played.said


def test_every_variable_of_the_environment_is_explained_where_one_sets_it() -> None:
    used = set(re.findall(r"\bvars\.(\w+)", text("cd.yml")))
    comment = text("cd.yml").partition("name: cd")[0]
    readme = (ROOT / "README.md").read_text()
    assert used and not {name for name in used if name not in comment or f"`{name}`" not in readme}, used


def test_dependabot_looks_into_folders_that_exist() -> None:
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
    folders = [folder for one in updates for folder in one.get("directories", [one.get("directory")])]
    missing = [folder for folder in folders if not (ROOT / folder.strip("/")).is_dir()]
    assert len(folders) >= 6 and not missing, f"no such folders: {missing}"
