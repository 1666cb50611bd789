"""A cluster of one pod for the scripts' tests: the commands `kubectl` and `helm` beside this file act on a
real counter-server with a real volume (a folder). What it knows of the two programs' flags is what the
scripts use; an unknown flag is an error, as it is for the real ones. State lives in the folder $STANDIN."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

HOME = Path(os.environ["STANDIN"])
STATE = HOME / "state.json"


def load() -> dict:
    if STATE.exists():
        return json.loads(STATE.read_text())
    return {"revisions": [], "pid": None, "port": None, "namespaces": []}


def save(state: dict) -> None:
    STATE.write_text(json.dumps(state, indent=1))


def record(program: str, arguments: list[str]) -> None:
    with (HOME / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps([program, *arguments]) + "\n")


def fail(program: str, message: str) -> None:
    sys.exit(f"Error: {program} (stand-in): {message}")


def stop_pod(state: dict) -> None:
    if state["pid"] is None:
        return
    os.kill(state["pid"], signal.SIGTERM)
    deadline = time.monotonic() + 20
    while alive(state["pid"]):
        if time.monotonic() > deadline:
            sys.exit(f"stand-in: process {state['pid']} did not stop within 20 s of SIGTERM")
        time.sleep(0.02)
    state["pid"] = state["port"] = None


def alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def start_pod(state: dict, version: str) -> None:
    if os.environ.get("STANDIN_LOSES_THE_VOLUME"):
        (HOME / "data" / "counter.json").unlink(missing_ok=True)
    log = HOME / f"pod-{time.monotonic_ns()}.log"
    environment = {
        "COUNTER_FILE": str(HOME / "data" / "counter.json"),
        "HOST": "127.0.0.1",
        "PORT": "0",
        "METRICS_PORT": "0",
        "LOG_FORMAT": "json",
        "APP_VERSION": os.environ.get("STANDIN_RUNS_VERSION", version),
        "PATH": os.environ["PATH"],
    }
    with log.open("wb") as stream:
        pod = subprocess.Popen(
            [os.environ["COUNTER_SERVER"]],
            env=environment,
            stderr=stream,
            stdout=stream,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    state["pid"], state["port"] = pod.pid, wait_for_port(log, pod)


def wait_for_port(log: Path, pod: subprocess.Popen) -> int:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and pod.poll() is None:
        found = re.search(r'"server\.port":(\d+)', log.read_text())
        if found:
            return int(found.group(1))
        time.sleep(0.02)
    sys.exit(f"stand-in: the server is not listening after 20 s; it said:\n{log.read_text()}")


def restart_pod(state: dict) -> None:
    stop_pod(state)
    start_pod(state, deployed(state)["version"])


def deployed(state: dict) -> dict:
    return next(revision for revision in reversed(state["revisions"]) if revision["status"] == "deployed")


def deploy(state: dict, version: str) -> dict:
    """A new revision, which replaces the one before it."""
    for revision in state["revisions"]:
        if revision["status"] == "deployed":
            revision["status"] = "superseded"
    revision = {"revision": len(state["revisions"]) + 1, "version": version, "status": "deployed"}
    state["revisions"].append(revision)
    restart_pod(state)
    return revision
