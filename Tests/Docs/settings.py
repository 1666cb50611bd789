"""The table of settings in the README against --help: the same names, the same defaults."""

import re
from collections.abc import Iterator

import tree
from markdown import Document


def table(document: Document) -> dict[str, tuple[int, str]]:
    """Variable, line and default of the one table whose second heading is `default`."""
    rows: dict[str, tuple[int, str]] = {}
    inside = False
    for line, content in enumerate(document.text.splitlines(), 1):
        cells = [cell.strip() for cell in content.strip().strip("|").split("|")]
        if not content.strip().startswith("|"):
            inside = False
        elif len(cells) > 1 and cells[1].lower() == "default":
            inside = True
        elif inside and re.fullmatch(r"`[A-Z][A-Z_]+`", cells[0]):
            rows[cells[0].strip("`")] = (line, cells[1].replace("`", ""))
    return rows


def problems(document: Document) -> Iterator[str]:
    documented, real = table(document), tree.settings()
    for name in sorted(real.keys() - documented.keys()):
        yield f"0: the table of settings lacks {name}, which --help has"
    for name, (line, default) in documented.items():
        if name not in real:
            yield f"{line}: {name} is in the table of settings and not in --help"
        elif default != real[name]:
            yield f"{line}: {name}: the default is '{default}' here and '{real[name]}' in --help"
