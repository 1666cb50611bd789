"""The running service, asked all that its description allows, and much that it doesn't."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from service import ROOT, Service

DESCRIPTION = ROOT / "docs/openapi.yaml"
METRICS_PATHS = "^/(metrics|healthz|readyz)$"
#: The seed is a new one each time, and printed when something is found; SEED repeats a run.
SEED = os.environ.get("SEED", str(int.from_bytes(os.urandom(3), "big")))


def schemathesis(folder: Path, url: str, *arguments: str) -> str:
    """Runs all checks in `folder`, where it leaves its cache; returns what it printed, or fails with it."""
    program = Path(sys.executable).with_name("st")
    command = [program, "--config-file", Path(__file__).with_name("schemathesis.toml"), "run", DESCRIPTION]
    options = ["--url", url.rstrip("/"), "--checks", "all", "--seed", SEED, "--request-timeout", "20"]
    ran = subprocess.run(
        [*map(str, command), *options, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        timeout=600,
    )
    assert ran.returncode == 0, f"seed {SEED}\n{ran.stdout}"
    return ran.stdout


def operations_in(said: str) -> int:
    found = re.search(r"Tested: (\d+)", said)
    assert found, said
    return int(found[1])


def test_the_public_port_does_what_the_description_says(start, tmp_path: Path) -> None:
    service = start().await_ready()
    said = schemathesis(tmp_path, service.url, "--exclude-path", "/metrics", "--max-examples", "200")
    assert operations_in(said) == 19, said
    assert "ERROR" not in said, said


def test_the_metrics_port_does_what_the_description_says(start, tmp_path: Path) -> None:
    service = start().await_ready()
    said = schemathesis(tmp_path, service.metrics_url, "--include-path-regex", METRICS_PATHS)
    assert operations_in(said) == 9, said


def test_a_standby_does_what_the_description_says_of_503(start, tmp_path: Path) -> None:
    """The one check that is off here finds every 5xx wrong, and 503 is what a standby is there to answer."""
    start().await_ready()
    standby = start().await_readiness("lock held")
    schemathesis(tmp_path, standby.url, "--exclude-path", "/metrics", "--exclude-checks", "not_a_server_error")


def test_the_service_serves_the_file_of_the_repository(start) -> None:
    status, headers, body = start().get("openapi.yaml")
    assert status == 200 and headers["content-type"] == "application/yaml"
    assert body == DESCRIPTION.read_bytes()
