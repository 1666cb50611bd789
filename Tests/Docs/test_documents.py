"""The documents as they are: what they name exists, and what they show is what happens."""

from pathlib import Path

import examples
import pytest
import settings
import tree
from markdown import read
from names import CHECKS

DOCUMENTS = tree.documents()


def report(document: Path, problems: list[str]) -> str:
    return "\n".join(f"{document}:{problem}" for problem in problems)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_what_a_document_names_exists(path: Path, check: str) -> None:
    document = read(tree.ROOT / path)
    document.path = path
    problems = list(CHECKS[check](document))
    assert not problems, report(path, problems)


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_what_an_example_shows_is_what_the_server_answers(path: Path) -> None:
    document = read(tree.ROOT / path)
    problems = list(examples.problems(document))
    assert not problems, report(path, problems)


def test_the_readme_has_examples_that_run() -> None:
    run = [example for example in examples.examples(read(tree.ROOT / "README.md")) if example.runs]
    assert len(run) >= 5, f"only {len(run)} curl examples of the README are run"


def test_the_readme_has_every_setting_with_its_default() -> None:
    problems = list(settings.problems(read(tree.ROOT / "README.md")))
    assert not problems, report(Path("README.md"), problems)


def test_every_document_that_the_project_promises_is_there_and_is_linked_from_the_readme() -> None:
    promised = {
        "docs/design-notes.md",
        "docs/threat-model.md",
        "docs/runbook.md",
        "docs/openapi.yaml",
        "SECURITY.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE",
        "evidence/README.md",
        "infra/terraform/README.md",
    }
    linked = {target.partition("#")[0] for _, target in read(tree.ROOT / "README.md").links}
    assert not promised - linked, f"the README links none of these: {sorted(promised - linked)}"
