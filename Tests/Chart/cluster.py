"""A Deployment's part: pods from the rendered template on one volume, replaced as its strategy says."""

from pathlib import Path

from chart import Rendered, merged, render
from kubelet import Kubelet
from pod import Pod, Volume, free_ports


class Cluster:
    def __init__(self, folder: Path, program: Path, as_root: list[str], *values: dict):
        self.folder, self.program, self.as_root = folder, program, as_root
        self.values = merged(*values)
        self.volume = Volume(folder / "volume", as_root)
        self.kubelets: list[Kubelet] = []
        self.started = 0

    def template(self) -> Rendered:
        return render(self.values, free_ports())

    def start_pod(self) -> Kubelet:
        self.started += 1
        pod = Pod(
            self.template(), self.program, self.volume, self.folder / f"pod-{self.started}", self.as_root
        )
        kubelet = Kubelet(pod)
        self.kubelets.append(kubelet)
        return kubelet

    def rollout(self) -> None:
        """`kubectl rollout restart`."""
        spec = self.template().deployment["spec"]
        old = [k for k in self.kubelets if not k.deleted]
        if spec["strategy"]["type"] == "Recreate":
            for kubelet in old:
                assert kubelet.delete() == 0, kubelet.pod.log
            self.start_pod().wait_until_ready()
            return
        assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        for kubelet in old:
            self.start_pod().wait_until_ready()
            assert kubelet.delete() == 0, kubelet.pod.log

    def __enter__(self) -> "Cluster":
        for _ in range(self.template().deployment["spec"]["replicas"]):
            self.start_pod()
        for kubelet in self.kubelets:
            kubelet.wait_until_ready()
        return self

    def __exit__(self, *_) -> None:
        for kubelet in self.kubelets:
            kubelet.end()
