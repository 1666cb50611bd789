"""A pod of the rendered Deployment: the built program with its environment, its user and its mounts."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from chart import Rendered

LAUNCHER = Path(__file__).with_name("launch_pod.py")


def free_ports() -> dict:
    """Values that give a pod ports of its own: the pods of a test share one network, as with hostNetwork."""
    with socket.socket() as http, socket.socket() as metrics:
        http.bind(("", 0))
        metrics.bind(("", 0))
        return {"containerPort": http.getsockname()[1], "metrics": {"port": metrics.getsockname()[1]}}


class Volume:
    """A volume as the kubelet hands it over: root's, writable for fsGroup, with ext4's lost+found in it."""

    def __init__(self, path: Path, as_root: list[str]):
        self.path, self.as_root = path, as_root
        (path / "lost+found").mkdir(parents=True, mode=0o700)
        subprocess.run([*as_root, "chown", "-R", "root:root", path], check=True)

    def give_to(self, group: int) -> None:
        subprocess.run([*self.as_root, "chown", f"root:{group}", self.path], check=True)
        subprocess.run([*self.as_root, "chmod", "2775", self.path], check=True)

    def read(self) -> int:
        text = subprocess.run(
            [*self.as_root, "cat", self.path / "counter.json"], check=True, capture_output=True
        ).stdout
        return json.loads(text)["counter"]


class Pod:
    """Started when made. `stop` is the kubelet's: SIGTERM, the grace period, SIGKILL."""

    def __init__(self, rendered: Rendered, program: Path, volume: Volume, folder: Path, as_root: list[str]):
        spec, container = rendered.pod["spec"], rendered.container
        self.container, self.as_root = container, as_root
        self.grace = spec["terminationGracePeriodSeconds"]
        self.port = next(p["containerPort"] for p in container["ports"] if p["name"] == "http")
        folder.mkdir()
        (folder / "root").mkdir()
        # Where any user may read it: the build folder may be in a home that only its owner may enter.
        shutil.copy(program, folder / "counter-server")
        self.log_file = folder / "log"
        (folder / "spec.json").write_text(json.dumps(specification(rendered, folder, volume)))
        volume.give_to(spec["securityContext"]["fsGroup"])
        command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", sys.executable, LAUNCHER]
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [*as_root, *command, folder / "spec.json"], stderr=log, stdout=log
            )
        self.killed = False

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    @property
    def pid(self) -> int:
        """The server's own, below unshare and sudo."""
        pid = self.process.pid
        while children := subprocess.run(
            ["pgrep", "-P", str(pid)], capture_output=True, text=True
        ).stdout.split():
            pid = int(children[0])
        return pid

    def signal(self, number: signal.Signals, must_be_there: bool = True) -> None:
        subprocess.run(
            [*self.as_root, "kill", f"-{number.value}", str(self.pid)],
            check=must_be_there,
            stderr=subprocess.PIPE,
        )

    def stop(self) -> int:
        """Its exit status."""
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(self.grace)
        except subprocess.TimeoutExpired:
            self.killed = True
            self.end()
            return -signal.SIGKILL

    def end(self) -> None:
        """At once, whatever state it is in; the way out of a failed test."""
        while self.process.poll() is None:
            self.signal(signal.SIGKILL, must_be_there=False)
            time.sleep(0.05)


def specification(rendered: Rendered, folder: Path, volume: Volume) -> dict:
    """What launch_pod.py does, read off the rendered pod and from nowhere else."""
    pod, container = rendered.pod["spec"]["securityContext"], rendered.container["securityContext"]
    mounts = {m["name"]: m["mountPath"] for m in rendered.container["volumeMounts"]}
    assert list(mounts) == ["data"], f"volumes that this test does not know: {mounts}"
    return {
        "root": str(folder / "root"),
        "program": str(folder / "counter-server"),
        "volumes": {str(volume.path): mounts["data"]},
        "env": rendered.env,
        "user": pod["runAsUser"],
        "group": pod["runAsGroup"],
        "groups": [pod["fsGroup"]],
        "readOnlyRoot": container["readOnlyRootFilesystem"],
        "allowPrivilegeEscalation": container["allowPrivilegeEscalation"],
        "dropCapabilities": container["capabilities"]["drop"],
    }
