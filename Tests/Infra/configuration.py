"""The Terraform configuration as data, without Terraform: checked also where no registry can be reached."""

import re
from pathlib import Path
from typing import Any

import hcl2

ROOT = Path(__file__).resolve().parents[2]
TERRAFORM = ROOT / "infra/terraform"
FOLDERS = ["bootstrap", "prod"]


def plain(value: Any) -> Any:
    """Without the quotes and the wrapping of expressions that the parser leaves."""
    if isinstance(value, dict):
        return {plain(k): plain(v) for k, v in value.items() if k not in ("__is_block__", "__comments__")}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return re.sub(r'^(?:"(.*)"|\$\{(.*)\})$', r"\1\2", value, flags=re.S)
    return value


def read(path: Path) -> dict[str, Any]:
    with path.open() as file:
        return plain(hcl2.load(file))


def blocks(folder: str, kind: str) -> dict[str, Any]:
    """The blocks of one kind (variable, output, module) of a folder, by name."""
    return {
        name: body
        for path in sorted((TERRAFORM / folder).glob("*.tf"))
        for block in read(path).get(kind, [])
        for name, body in block.items()
    }


def resource(folder: str, kind: str, name: str) -> dict[str, Any]:
    found = [
        block[kind][name]
        for path in sorted((TERRAFORM / folder).glob("*.tf"))
        for block in read(path).get("resource", [])
        if name in block.get(kind, {})
    ]
    assert len(found) == 1, f"{len(found)} of {kind}.{name} in {folder}"
    return found[0]


def refused(folder: str) -> set[str]:
    """The variables that some test expects to be refused."""
    return {
        name
        for path in (TERRAFORM / folder / "tests").glob("*.tftest.hcl")
        for run in read(path).get("run", [])
        for body in run.values()
        for target in body.get("expect_failures", [])
        for name in re.findall(r"^var\.(\w+)$", target)
    }
