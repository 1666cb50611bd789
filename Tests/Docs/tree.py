"""What the repository has that documents can name: files, make targets, words of code, and the program's
--help."""

import fnmatch
import functools
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVER = Path(os.environ.get("COUNTER_SERVER", ROOT / ".build/release/counter-server")).absolute()
# Not the project's own files, though they lie in its folder.
NOT_OURS = {".git", ".swiftpm", ".venvs", ".cache", ".terraform", "__pycache__", ".pytest_cache", "data"}


@functools.cache
def files() -> tuple[Path, ...]:
    """Every file of the project, relative to its root."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(
            name for name in folders if name not in NOT_OURS and not name.startswith(".build")
        )
        found += [(Path(folder) / name).relative_to(ROOT) for name in sorted(names)]
    # What runs have left behind must not make here a name good that is bad in a fresh clone.
    return tuple(path for path in found if not is_ignored(str(path)))


def documents() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


@functools.cache
def code() -> str:
    """All text that is not a document: what a name in a document must come from."""
    texts = []
    for path in files():
        whole = ROOT / path
        if path.suffix == ".md" or path.parts[0] == "evidence" or path.parts[:2] == ("Tests", "Docs"):
            continue
        if whole.stat().st_size < 1_000_000:
            texts.append(whole.read_text(errors="replace"))
    return "\n".join(texts)


@functools.cache
def words() -> frozenset[str]:
    return frozenset(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", code()))


@functools.cache
def make_targets() -> frozenset[str]:
    makefile = (ROOT / "Makefile").read_text()
    return frozenset(re.findall(r"^([A-Za-z][\w-]*)\s*:(?!=)", makefile, re.M))


@functools.cache
def ignored() -> tuple[str, ...]:
    lines = (ROOT / ".gitignore").read_text().splitlines()
    return tuple(line.strip().strip("/") for line in lines if line.strip() and not line.startswith("#"))


def is_ignored(path: str) -> bool:
    return any(fnmatch.fnmatch(path, pattern) or path.startswith(f"{pattern}/") for pattern in ignored())


def exists(name: str) -> bool:
    """Whether a path that a document names is there, or the end of it, or is made by running."""
    clean = name.removeprefix("./").rstrip("/")
    if is_ignored(clean):
        return True
    pattern = re.sub(r"<\w+>|\bNAME\b", "*", clean)
    if any(mark in pattern for mark in "*{"):
        return any(
            fnmatch.fnmatch(str(path), one) for one in braces(pattern) for path in (*files(), *folders())
        )
    return any(str(path) == clean or str(path).endswith(f"/{clean}") for path in (*files(), *folders()))


@functools.cache
def folders() -> tuple[Path, ...]:
    return tuple({parent for path in files() for parent in path.parents})


def braces(pattern: str) -> list[str]:
    found = re.search(r"\{([^}]*)\}", pattern)
    if not found:
        return [pattern]
    return [
        one
        for option in found.group(1).split(",")
        for one in braces(pattern[: found.start()] + option + pattern[found.end() :])
    ]


def settings() -> dict[str, str]:
    """Each setting's variable and default, as --help gives them: `(PORT; default: 8080)`."""
    text = re.sub(r"\s+", " ", program_help())
    return dict(re.findall(r"\(([A-Z][A-Z_]+); default: ([^)]*)\)", text))


@functools.cache
def program_help() -> str:
    done = subprocess.run([SERVER, "--help"], capture_output=True, text=True, timeout=20, check=True)
    return done.stdout
