"""The size of what has to be deployed: programs, the shared libraries they load, folders of a runtime."""

import re
import subprocess
import tempfile
from pathlib import Path

# Of Python's standard library: what no deployment needs, and packages that are not part of it.
NOT_DEPLOYED = {
    "site-packages", "dist-packages", "__pycache__", "test", "tests", "idlelib", "pip", "setuptools",
}


def deployed_bytes(paths: list[Path]) -> int:
    files: dict[Path, int] = {}
    for path in paths:
        if path.is_dir():
            files |= folder_files(path)
        else:
            files[path] = stripped_bytes(path)
            files |= {library: library.stat().st_size for library in shared_libraries(path)}
    return sum(files.values())


def folder_files(folder: Path) -> dict[Path, int]:
    return {
        file: file.stat().st_size
        for file in folder.rglob("*")
        if file.is_file() and not file.is_symlink()
        and not NOT_DEPLOYED.intersection(file.relative_to(folder).parts)
    }


def shared_libraries(program: Path) -> set[Path]:
    """What the dynamic loader says it would load; nothing for a static program."""
    listed = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    return {Path(path).resolve() for path in re.findall(r"(/\S+) \(0x", listed)}


def stripped_bytes(program: Path) -> int:
    with tempfile.NamedTemporaryFile() as copy:
        stripped = subprocess.run(["strip", "-o", copy.name, program], capture_output=True)
        return Path(copy.name if stripped.returncode == 0 else program).stat().st_size
