"""scripts/version.sh in a repository of its own."""

import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

CHART = "helm_charts/counter-service/Chart.yaml"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/version.sh", tmp_path / "scripts")
    (tmp_path / CHART).parent.mkdir(parents=True)
    (tmp_path / CHART).write_text('name: x\nversion: 9.9.9\nappVersion: "1.4.2"\n')
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "one")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.invalid"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def version(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([folder / "scripts/version.sh"], capture_output=True, text=True, cwd="/")


def test_a_commit_has_the_release_and_its_own_name(repository: Path) -> None:
    commit = git(repository, "rev-parse", "--short=12", "HEAD").strip()
    assert version(repository).stdout == f"1.4.2-g{commit}\n"


def test_a_release_has_its_plain_number(repository: Path) -> None:
    git(repository, "tag", "v1.4.2")
    assert version(repository).stdout == "1.4.2\n"


def test_the_tag_of_another_release_changes_nothing(repository: Path) -> None:
    git(repository, "tag", "v1.4.1")
    assert version(repository).stdout.startswith("1.4.2-g")


def test_a_chart_without_a_release_is_an_error_that_names_it(repository: Path) -> None:
    (repository / CHART).write_text("appVersion: latest\n")
    done = version(repository)
    assert done.returncode == 1 and f"no appVersion X.Y.Z in {CHART}" in done.stderr, done
