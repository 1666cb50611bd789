"""Becomes the container that a JSON specification describes, as a runtime would. Needs root, and
`unshare --mount --pid --fork` around it, so that it is process 1 and its mounts are its own.

Usage: python launch_pod.py SPECIFICATION.json

The root file system holds the program, the libraries it is linked with, and nothing else.
"""

import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 24, 38
LAST_CAPABILITY = 40
libc = ctypes.CDLL(None, use_errno=True)


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def prctl(option: int, value: int) -> None:
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}, {value})")


def lay_out(root: Path, program: Path) -> None:
    """The program, what it is linked with, and the devices that every container has."""
    linked = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    for library in re.findall(r"(/\S+) \(0x", linked):
        target = root / library.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, target)
    (root / "usr/local/bin").mkdir(parents=True, exist_ok=True)
    shutil.copy(program, root / "usr/local/bin/counter-server")
    (root / "dev").mkdir()
    for device in ("null", "urandom"):
        (root / "dev" / device).touch()
        mount("--bind", f"/dev/{device}", str(root / "dev" / device))
    (root / "proc").mkdir()
    mount("-t", "proc", "proc", str(root / "proc"))


def main() -> None:
    spec = json.loads(Path(sys.argv[1]).read_text())
    root = Path(spec["root"])
    mount("--make-rprivate", "/")
    mount("-t", "tmpfs", "-o", "mode=0755", "tmpfs", str(root))
    lay_out(root, Path(spec["program"]))
    for source, at in spec["volumes"].items():
        (root / at.lstrip("/")).mkdir(parents=True)
        mount("--bind", source, str(root / at.lstrip("/")))
    if spec["readOnlyRoot"]:
        mount("-o", "remount,ro", str(root))
    os.chroot(root)
    os.chdir("/")
    if spec["dropCapabilities"] == ["ALL"]:
        for capability in range(LAST_CAPABILITY + 1):
            prctl(PR_CAPBSET_DROP, capability)
    if not spec["allowPrivilegeEscalation"]:
        prctl(PR_SET_NO_NEW_PRIVS, 1)
    os.setgroups(spec["groups"])
    os.setresgid(*[spec["group"]] * 3)
    os.setresuid(*[spec["user"]] * 3)
    os.umask(0o022)
    os.execve("/usr/local/bin/counter-server", ["counter-server"], spec["env"])


main()
