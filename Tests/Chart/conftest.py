"""What the chart's tests share: the built program, and whether this machine lets a pod be played."""

import os
import subprocess
from pathlib import Path

import pytest
from chart import ROOT


@pytest.fixture(scope="session")
def program() -> Path:
    """The built server: $COUNTER_SERVER, or the release build."""
    path = Path(os.environ.get("COUNTER_SERVER") or ROOT / ".build" / "release" / "counter-server").resolve()
    if not path.is_file():
        pytest.fail(
            f"{path} is not there: build it with `swift build -c release`, or name it in COUNTER_SERVER"
        )
    return path


@pytest.fixture(scope="session")
def as_root() -> list[str]:
    """What to put before a command that needs root: mounts and user ids are not to be had otherwise."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "--non-interactive", "--preserve-env=PATH"]
    try:
        subprocess.run([*sudo, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as why:
        pytest.fail(f"a pod's user and read-only root need root: run this as root or with sudo ({why})")
    return sudo
