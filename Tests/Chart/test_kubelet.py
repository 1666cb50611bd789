"""The kubelet's part played for real: the rendered pod's environment, user, mounts and probes, on the built
program."""

import json
import re
import signal
import subprocess
import time
import urllib.request

from chart import SHARED, render
from cluster import Cluster
from options import OPTIONS
from pod import Pod, Volume, free_ports
from test_values import DERIVED, VALUES
from traffic import Endpoints, Outcome, Traffic, assert_nothing_lost

# Shorter than an operator would have it, and still longer than the endpoints take to reach the clients.
BRIEF = {"shutdown": {"drainDelaySeconds": 2, "timeoutSeconds": 3}}


def get(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return answer.read().decode()


def post(port: int) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", method="POST")
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)["counter"]


def settings_of(program) -> set[str]:
    """The names of the environment variables in the program's help."""
    text = subprocess.run([program, "--help"], check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"\(([A-Z][A-Z_]+);\s", text))


def test_every_variable_of_the_pod_is_a_setting_of_the_program(program):
    names = settings_of(program)
    for values in ({}, SHARED, OPTIONS["settings"], OPTIONS["no metrics"]):
        unknown = set(render(values).env) - names
        assert not unknown, f"the pod sets {unknown}, the program knows {names}"


def test_every_setting_of_the_program_is_a_value_of_the_chart(program):
    assert set(VALUES["env"]) | set(DERIVED) == settings_of(program)


def test_the_pod_serves_with_the_charts_user_and_a_read_only_root(tmp_path, program, as_root):
    with Cluster(tmp_path, program, as_root, BRIEF, OPTIONS["settings"]) as cluster:
        (kubelet,) = cluster.kubelets
        status = dict(
            line.split(":\t", 1)
            for line in subprocess.run(
                [*as_root, "cat", f"/proc/{kubelet.pod.pid}/status"],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.splitlines()
        )
        assert status["Uid"].split() == ["65532"] * 4 and status["Gid"].split() == ["65532"] * 4
        assert status["Groups"].split() == ["65532"]
        assert int(status["CapBnd"], 16) == int(status["CapEff"], 16) == 0 and status["NoNewPrivs"] == "1"
        assert status["NSpid"].split()[-1] == "1", "not process 1"
        root = f"/proc/{kubelet.pod.pid}/root"
        refused = subprocess.run([*as_root, "touch", f"{root}/usr/written"], capture_output=True, text=True)
        assert "Read-only file system" in refused.stderr, refused
        assert [post(kubelet.pod.port) for _ in range(3)] == [1, 2, 3]
        assert get(kubelet.pod.port, "/version") == '{"version":"1.0.0"}\n'
        assert "counter_value 3" in get(int(kubelet.pod.container["env"][1]["value"]), "/metrics")
        assert cluster.volume.read() == 3
        assert kubelet.delete() == 0, kubelet.pod.log


def test_the_probes_paths_are_answered_and_none_restarts_the_pod(tmp_path, program, as_root):
    quick = {"probes": {name: {"periodSeconds": 1} for name in ("liveness", "readiness")}}
    with Cluster(tmp_path, program, as_root, BRIEF, quick) as cluster:
        (kubelet,) = cluster.kubelets
        time.sleep(3)
        probed = {(name, path) for name, path, status in kubelet.probed if status == 200}
        assert probed == {
            ("startupProbe", "/healthz"),
            ("livenessProbe", "/healthz"),
            ("readinessProbe", "/readyz"),
        }
        assert not kubelet.restarts, f"{kubelet.restarts}: {kubelet.probed}"


def test_a_stopping_pod_turns_unready_and_alive_and_ends_within_its_grace_period(tmp_path, program, as_root):
    quick = {
        "probes": {name: {"periodSeconds": 1, "failureThreshold": 1} for name in ("liveness", "readiness")}
    }
    slow = {"shutdown": {"drainDelaySeconds": 4, "timeoutSeconds": 2}}
    with Cluster(tmp_path, program, as_root, slow, quick) as cluster:
        (kubelet,) = cluster.kubelets
        began = time.monotonic()
        kubelet.pod.signal(signal.SIGTERM)
        time.sleep(2.5)
        assert not kubelet.ready and not kubelet.restarts, kubelet.probed[-4:]
        assert post(kubelet.pod.port) == 1, "it serves while it drains: not every proxy knows yet"
        assert kubelet.pod.process.wait(kubelet.pod.grace) == 0, kubelet.pod.log
        took = time.monotonic() - began
        assert 4 <= took < kubelet.pod.grace, f"{took:.1f} s, the grace period is {kubelet.pod.grace} s"


class NotWritable(Volume):
    """As where fsGroup is not applied: a class without support for it, or a file system from elsewhere."""

    def give_to(self, group: int) -> None:
        subprocess.run([*self.as_root, "chmod", "0755", self.path], check=True)


def test_a_volume_that_the_user_may_not_write_is_named_and_ends_the_start(tmp_path, program, as_root):
    pod = Pod(
        render(free_ports()), program, NotWritable(tmp_path / "volume", as_root), tmp_path / "pod", as_root
    )
    try:
        assert pod.process.wait(10) == 73, pod.log
    finally:
        pod.end()
    last = json.loads(pod.log.splitlines()[-1])
    assert "/data" in last["message"] and "ermission denied" in last["message"], last


def test_a_second_writer_waits_unready_and_takes_over(tmp_path, program, as_root):
    """A pod deleted by hand is replaced before it has ended. Recreate does not cover that, the lock does."""
    with Cluster(tmp_path, program, as_root, BRIEF) as cluster:
        (first,) = cluster.kubelets
        assert post(first.pod.port) == 1
        second = cluster.start_pod()
        time.sleep(2.5)
        assert not second.ready and not second.restarts, second.probed
        assert first.delete() == 0, first.pod.log
        second.wait_until_ready()
        assert post(second.pod.port) == 2


def test_a_rollout_of_one_writer_loses_no_count_and_only_refuses_connections(tmp_path, program, as_root):
    with (
        Cluster(tmp_path, program, as_root, BRIEF) as cluster,
        Traffic(Endpoints(cluster.kubelets), clients=8) as traffic,
    ):
        for _ in range(3):
            time.sleep(1.5)
            cluster.rollout()
        time.sleep(1.5)
        restarts = [k.restarts for k in cluster.kubelets if k.restarts]
        assert not restarts, restarts
    outcome = traffic.outcome
    assert not outcome.failures, (
        f"{dict(outcome.failures)} among {len(outcome.posted) + outcome.read} requests"
    )
    assert outcome.refused, "no moment without a pod was seen: the rollout was not one of Recreate"
    assert_nothing_lost(outcome, cluster.volume.read())


def refused_in_a_rolling_update(cluster: Cluster, rollouts: int) -> tuple[Outcome, int]:
    """What came of the requests, and how many connections were refused although there were pods."""
    with cluster, Traffic(Endpoints(cluster.kubelets), clients=12) as traffic:
        time.sleep(1)
        began = time.monotonic()
        for _ in range(rollouts):
            cluster.rollout()
        time.sleep(1)
    return traffic.outcome, sum(at > began for at in traffic.outcome.refused)


def test_a_rolling_update_of_three_pods_on_one_volume_fails_no_request(tmp_path, program, as_root):
    cluster = Cluster(tmp_path, program, as_root, SHARED, BRIEF)
    outcome, refused = refused_in_a_rolling_update(cluster, rollouts=2)
    assert cluster.started == 9
    assert not outcome.failures, (
        f"{dict(outcome.failures)} among {len(outcome.posted) + outcome.read} requests"
    )
    assert refused == 0, f"{refused} connections were refused while there were pods"
    assert_nothing_lost(outcome, cluster.volume.read())


def test_it_is_the_drain_delay_that_spares_them(tmp_path, program, as_root):
    """The same without it: proxies that do not know yet lead to a pod that is gone."""
    cluster = Cluster(
        tmp_path, program, as_root, SHARED, {"shutdown": {"drainDelaySeconds": 0, "timeoutSeconds": 3}}
    )
    outcome, refused = refused_in_a_rolling_update(cluster, rollouts=1)
    assert refused > 0, "no connection was refused: this rolling update shows nothing"
    assert_nothing_lost(outcome, cluster.volume.read())
