"""A real image registry on this machine, and small programs that note how they are called."""

import contextlib
import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """A registry on a free port, as HOST:PORT."""
    port = free_port()
    config = folder / "registry.yml"
    config.write_text(
        json.dumps(
            {
                "version": 0.1,
                "log": {"level": "error", "accesslog": {"disabled": True}},
                "storage": {"filesystem": {"rootdirectory": str(folder / "registry")}},
                "http": {"addr": f"127.0.0.1:{port}"},
            }
        )
    )
    with (folder / "registry.log").open("wb") as log:
        process = subprocess.Popen(["docker-registry", "serve", config], stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 20
        while not answers(f"http://127.0.0.1:{port}/v2/"):
            assert time.monotonic() < deadline, (folder / "registry.log").read_text()
            time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def manifest(registry: str, name: str, reference: str) -> dict:
    accept = {"Accept": "application/vnd.oci.image.index.v1+json"}
    request = urllib.request.Request(f"http://{registry}/v2/{name}/manifests/{reference}", headers=accept)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def program(folder: Path, name: str, body: str = "") -> Path:
    """A program `name` that adds its command line, and its input if it reads a password, to the file
    calls."""
    folder.mkdir(exist_ok=True)
    calls = folder.parent / "calls"
    path = folder / name
    path.write_text(
        f'#!/bin/bash\necho "{name} $*" >>"{calls}"\n'
        f'case "$*" in *password-stdin*) sed "s/^/  input /" >>"{calls}"; exit;; esac\n'
        f'[ "{name} $1" != "${{FAILS-}}" ] || exit 1\n{body}\n'
    )
    path.chmod(0o755)
    return path
