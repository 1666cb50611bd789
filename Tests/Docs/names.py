"""The checks of names. Each takes a document and gives its problems as `line: what is wrong`."""

import re
from collections.abc import Iterator

import known
import tree
from markdown import Document, read

SHELL = {"sh", "bash", "console", "shell", ""}
ENDINGS = r"\.(md|ya?ml|json|sh|swift|tf|tfvars|py|txt|lua|go|toml|resolved)"
PATH_SPAN = re.compile(
    rf"(?!-)[\w.@+<>*{{}},-]+(/[\w.@+<>*{{}},-]+)+/?|[\w.-]+/|[\w-][\w.-]*{ENDINGS}(\.example)?"
)
OUR_FOLDERS = "scripts|docs|infra|helm_charts|Tests|bench|evidence|Sources|Plugins|\\.github|\\.ci"
PATH_WORD = re.compile(rf"(?<![\w/.$}}-])(?:\./)?((?:{OUR_FOLDERS})/[\w./{{}},*-]*[\w}}*])")
VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
EXPANDED = re.compile(r"\$\{?([A-Za-z_]\w*)")
ASSIGNED = re.compile(r"(?:^|[\s;(])(?:export |for |read (?:-r )?)?([A-Za-z_]\w*)(?==|\s+in\s)")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")


def links(document: Document) -> Iterator[str]:
    for line, target in document.links:
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, anchor = target.partition("#")
        other = (tree.ROOT / document.path).parent / name if name else tree.ROOT / document.path
        if name and not other.exists():
            yield f"{line}: link to {target}: no such file"
        elif anchor and other.suffix == ".md":
            there = read(document.path, document.text) if not name else read(other)
            if anchor not in there.anchors:
                yield f"{line}: link to {target}: no such heading"


def commands(document: Document) -> Iterator[tuple[int, str]]:
    """Every line of shell in the document: code spans, and fences of shell (of a console, its commands)."""
    yield from document.spans
    for fence in document.fences:
        if fence.language not in SHELL:
            continue
        continued = False
        for offset, content in enumerate(fence.lines, 1):
            is_command = fence.language != "console" or content.startswith("$ ") or continued
            continued = is_command and content.endswith("\\")
            if is_command:
                yield fence.line + offset, content.removeprefix("$ ")


def make(document: Document) -> Iterator[str]:
    for line, command in commands(document):
        for words in re.findall(r"(?:^|[;&|(]\s*|^\s*)make((?:\s+(?:\w+=\S+|[a-z][\w-]*))+)", command):
            for target in words.split():
                if "=" not in target and target not in tree.make_targets():
                    yield f"{line}: `make {target}`: the Makefile has no such target"


def paths(document: Document) -> Iterator[str]:
    for line, span in document.spans:
        if not PATH_SPAN.fullmatch(span) or known.is_no_path(span):
            continue
        # A bare file name may be one that the program makes, such as counter.json: then the code names it.
        if not tree.exists(span) and not ("/" not in span and span in tree.code()):
            yield f"{line}: `{span}`: no such file or folder"
    for line, command in commands(document):
        for path in [] if PATH_SPAN.fullmatch(command) else PATH_WORD.findall(command):
            if not tree.exists(path):
                yield f"{line}: {path}: no such file or folder"


def variables(document: Document) -> Iterator[str]:
    assigned: set[str] = set()
    for line, command in commands(document):
        assigned |= set(ASSIGNED.findall(command))
        named = set(VARIABLE.findall(command)) | set(EXPANDED.findall(command))
        for name in sorted(named - assigned):
            if name not in tree.words() and not known.is_no_variable(name):
                yield f"{line}: {name}: neither set here nor in any file of the project"


def flags(document: Document) -> Iterator[str]:
    for line, command in commands(document):
        ours = re.search(r"(?:^|[\s/])counter-server((?:\s+[^|;&]*)?)", command)
        for flag in FLAG.findall(ours.group(1)) if ours else []:
            if not helped(flag):
                yield f"{line}: counter-server {flag}: not in its --help"
        alone = FLAG.fullmatch(command.split("=")[0].split(" ")[0])
        if alone and not helped(alone.group()) and alone.group() not in tree.code():
            yield f"{line}: `{command}`: neither in counter-server --help nor in any file of the project"


def helped(flag: str) -> bool:
    return re.search(rf"(?<![\w-]){flag}(?![\w-])", tree.program_help()) is not None


CHECKS = {check.__name__: check for check in (links, make, paths, variables, flags)}
