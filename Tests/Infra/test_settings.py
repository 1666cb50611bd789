"""What goes into Terraform and comes out of it: complete, described, tested, and fitting what uses it."""

import re

import pytest
from configuration import FOLDERS, ROOT, TERRAFORM, blocks, read, refused


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_variable_has_a_type_and_a_description(folder: str) -> None:
    wrong = [
        name
        for name, body in blocks(folder, "variable").items()
        if not (body.get("type") and body.get("description"))
    ]
    assert not wrong, wrong


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_variable_but_a_switch_refuses_nonsense(folder: str) -> None:
    wrong = [
        name
        for name, body in blocks(folder, "variable").items()
        if body["type"] != "bool" and not body.get("validation")
    ]
    assert not wrong, wrong


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_validation_is_seen_to_refuse_something(folder: str) -> None:
    validated = {name for name, body in blocks(folder, "variable").items() if body.get("validation")}
    assert validated == refused(folder), validated ^ refused(folder)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_output_has_a_description(folder: str) -> None:
    wrong = [name for name, body in blocks(folder, "output").items() if not body.get("description")]
    assert not wrong, wrong


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_example_sets_what_must_be_set_and_names_nothing_unknown(folder: str) -> None:
    variables = blocks(folder, "variable")
    text = (TERRAFORM / folder / "terraform.tfvars.example").read_text()
    named = set(re.findall(r"^(?:# *)?(\w+) *= ", text, re.M))
    assert named <= set(variables), named - set(variables)
    needed = {name for name, body in variables.items() if "default" not in body}
    set_there = set(read(TERRAFORM / folder / "terraform.tfvars.example"))
    assert needed <= set_there, needed - set_there


def test_the_document_explains_every_variable() -> None:
    text = (TERRAFORM / "README.md").read_text()
    missing = [
        f"{folder}: {name}"
        for folder in FOLDERS
        for name in blocks(folder, "variable")
        if f"`{name}`" not in text
    ]
    assert not missing, missing


def test_the_pipeline_gets_every_variable_that_it_reads_and_no_other() -> None:
    reads = set(re.findall(r"\bvars\.(\w+)", (ROOT / ".github/workflows/cd.yml").read_text()))
    gets = set(
        re.findall(r"gh variable set (\w+) --env prod", blocks("prod", "output")["github_variables"]["value"])
    )
    assert reads == gets, reads ^ gets
