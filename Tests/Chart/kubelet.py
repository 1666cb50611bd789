"""The kubelet's part: probes as the rendered pod has them, in their order, and what follows from them."""

import http.client
import threading
import time

from pod import Pod


class Kubelet:
    """Probes one pod on a thread of its own. `ready` is the pod's condition; `endpoint` adds the API server's
    part: a pod that is being deleted is no endpoint any more, whatever its probes say."""

    def __init__(self, pod: Pod):
        self.pod = pod
        self.ready = self.deleted = False
        self.restarts: list[str] = []
        self.probed: list[tuple[str, str, int | None]] = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    @property
    def endpoint(self) -> bool:
        return self.ready and not self.deleted

    def run(self) -> None:
        if not self.startup():
            return
        due = {"livenessProbe": time.monotonic(), "readinessProbe": time.monotonic()}
        failures = dict.fromkeys(due, 0)
        while not self.ended.is_set():
            name = min(due, key=due.get)
            if self.ended.wait(max(0, due[name] - time.monotonic())):
                return
            probe = self.pod.container[name]
            due[name] += probe["periodSeconds"]
            failures[name] = 0 if self.succeeds(name, probe) else failures[name] + 1
            if failures[name] == 0 and name == "readinessProbe":
                self.ready = True
            if failures[name] >= probe["failureThreshold"]:
                self.fail(name)

    def startup(self) -> bool:
        probe = self.pod.container["startupProbe"]
        for _ in range(probe["failureThreshold"]):
            if self.succeeds("startupProbe", probe):
                return True
            if self.ended.wait(probe["periodSeconds"]):
                return False
        self.fail("startupProbe")
        return False

    def fail(self, name: str) -> None:
        if name == "readinessProbe":
            self.ready = False
        else:
            self.restarts.append(name)

    def succeeds(self, name: str, probe: dict) -> bool:
        """An answer from 200 to 399 within the time, on a connection of its own, as the kubelet counts it."""
        status = None
        connection = http.client.HTTPConnection("127.0.0.1", self.pod.port, timeout=probe["timeoutSeconds"])
        try:
            connection.request(
                "GET",
                probe["httpGet"]["path"],
                headers={"User-Agent": "kube-probe/1.37", "Accept": "*/*", "Connection": "close"},
            )
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        self.probed.append((name, probe["httpGet"]["path"], status))
        return status is not None and 200 <= status < 400

    def wait_until_ready(self, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not self.ready:
            assert time.monotonic() < end, f"not ready within {seconds} s: {self.probed[-3:]}\n{self.pod.log}"
            assert self.pod.process.poll() is None, (
                f"exited with {self.pod.process.returncode}:\n{self.pod.log}"
            )
            time.sleep(0.02)

    def delete(self) -> int:
        """As `kubectl delete pod` goes on: no endpoint, SIGTERM, the grace period. Its exit status."""
        self.deleted = True
        status = self.pod.stop()
        self.end()
        assert not self.pod.killed, (
            f"still running after its grace period of {self.pod.grace} s:\n{self.pod.log}"
        )
        return status

    def end(self) -> None:
        self.ended.set()
        self.pod.end()
        self.thread.join()
