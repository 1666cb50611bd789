"""The chart's values with their defaults and comments, as the table in its README.

`python value_table.py` prints it, `--write` puts it into the README between its two marks.
"""

import json
import re
import sys

import yaml
from chart import CHART

README = CHART / "README.md"
BEGIN, END = "<!-- values: written by Tests/Chart/value_table.py -->\n", "<!-- end of values -->\n"


def rows() -> list[tuple[str, str, str]]:
    """(path, default, comment) of every value that is not a map with values of its own."""
    lines = (CHART / "values.yaml").read_text().splitlines()
    found = []

    def walk(node: yaml.MappingNode, path: str) -> None:
        for key, value in node.value:
            here = f"{path}.{key.value}" if path else key.value
            about = comment(lines, key.start_mark.line)
            if deeper(lines, value):
                walk(value, here)
            else:
                default = yaml.safe_load(yaml.serialize(value))
                found.append((here, json.dumps(default, ensure_ascii=False), about))

    walk(yaml.compose("\n".join(lines)), "")
    return found


def deeper(lines: list[str], node: yaml.Node) -> bool:
    """Whether there are comments inside: such parts are values, those of a default like a label are not."""
    return isinstance(node, yaml.MappingNode) and any(
        comment(lines, key.start_mark.line) or deeper(lines, value) for key, value in node.value
    )


def comment(lines: list[str], at: int) -> str:
    """The comment right above a line, joined to one."""
    above = []
    while at and re.match(r"\s*# ", lines[at - 1]):
        at -= 1
        above.insert(0, lines[at].strip().removeprefix("# "))
    return " ".join(above)


def table() -> str:
    head = "| value | default | |\n| --- | --- | --- |\n"
    return head + "".join(f"| `{path}` | `{default}` | {about} |\n" for path, default, about in rows())


def main() -> None:
    if sys.argv[1:] != ["--write"]:
        print(table(), end="")
        return
    before, _, rest = README.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(before + BEGIN + table() + END + after)


if __name__ == "__main__":
    main()
