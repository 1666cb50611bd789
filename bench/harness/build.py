"""Finds or makes the programs that are measured: ours, and the small ones in this folder."""

import os
import shutil
import subprocess
from pathlib import Path

from .processes import Failed, run

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
BUILD = BENCH / "build"


def counter_server() -> Path:
    """The release build, or what COUNTER_SERVER names."""
    program = Path(os.environ.get("COUNTER_SERVER") or ROOT / ".build/release/counter-server").resolve()
    if not os.access(program, os.X_OK):
        raise Failed(f"{program} is not there: make build, or set COUNTER_SERVER to the program")
    return program


def install(*packages: str) -> None:
    """Debian packages that come with no service; bench/peers/install.sh is for those that do."""
    subprocess.run([ROOT / "scripts/apt-install.sh", *packages], check=True)


def install_peers(*packages: str) -> None:
    subprocess.run([BENCH / "peers/install.sh", *packages], check=True)


def environment(name: str) -> Path:
    """The folder of the programs of the Python environment Tests/requirements/NAME.txt."""
    return Path(run([str(ROOT / "scripts/venv.sh"), name], f"Python environment {name}").strip())


def compile_c(source: str, *flags: str) -> Path:
    """bench/SOURCE as a program (or, with -shared, a library) in bench/build."""
    path = BENCH / source
    target = BUILD / (path.stem + (".so" if "-shared" in flags else ""))
    if is_newer(path, target):
        run(["cc", "-O2", "-Wall", "-Wextra", "-o", str(target), str(path), *flags], source)
    return target


def compile_go(source: str) -> Path:
    path = BENCH / source
    target = BUILD / (path.stem + "-go")
    if is_newer(path, target):
        run(["go", "build", "-ldflags", "-s -w", "-o", str(target), str(path)], source,
            env=os.environ | {"GO111MODULE": "off", "CGO_ENABLED": "0"})
    return target


def is_newer(source: Path, target: Path) -> bool:
    BUILD.mkdir(exist_ok=True)
    return not target.exists() or source.stat().st_mtime > target.stat().st_mtime


def fresh_folder(name: str, parent: Path = BENCH / "run") -> Path:
    """An empty folder for a server's data, on the disk that the project is on."""
    folder = parent / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
