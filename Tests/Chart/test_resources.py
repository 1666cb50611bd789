"""Requests and limits are true: an idle pod fits the one, what the worst clients make of it the other."""

import re
import resource
import socket
import subprocess
import time
import urllib.request

from chart import render
from cluster import Cluster

UNITS = {"Mi": 2**20, "Gi": 2**30}
# The largest request that is taken, but for its last byte: headers of nearly 16 KiB, a body of 64 KiB.
HEADERS = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 1000) for number in range(15))
UNFINISHED = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n" + HEADERS + b"\r\n" + b"x" * 65535


def in_bytes(quantity: str) -> int:
    return int(quantity[:-2]) * UNITS[quantity[-2:]]


def memory(cluster: Cluster) -> int:
    """Resident, in bytes."""
    (kubelet,) = cluster.kubelets
    command = [*cluster.as_root, "cat", f"/proc/{kubelet.pod.pid}/status"]
    status = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


def open_connections(cluster: Cluster) -> int:
    port = next(
        p["containerPort"] for p in cluster.kubelets[0].pod.container["ports"] if p["name"] == "metrics"
    )
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        (found,) = re.findall(r"(?m)^http_connections_open (\d+)$", answer.read().decode())
    return int(found)


def test_an_idle_pod_has_what_it_requests(tmp_path, program, as_root):
    with Cluster(tmp_path, program, as_root) as cluster:
        requested = in_bytes(render().container["resources"]["requests"]["memory"])
        used = memory(cluster)
        assert used < requested, f"{used} bytes when idle, {requested} requested"


def test_the_worst_clients_do_not_get_the_pod_killed(tmp_path, program, as_root):
    chart = render()
    wanted = int(chart.env["MAX_CONNECTIONS"])
    limit = in_bytes(chart.container["resources"]["limits"]["memory"])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted + 500, hard), hard))
    connections = []
    try:
        with Cluster(tmp_path, program, as_root) as cluster:
            # The kubelet's probes need a connection too.
            for _ in range(wanted - 10):
                connections.append(socket.create_connection(("127.0.0.1", cluster.kubelets[0].pod.port)))
                connections[-1].sendall(UNFINISHED)
            time.sleep(0.5)
            used = memory(cluster)
            assert open_connections(cluster) >= wanted - 10, "not all of them are served"
            assert used < limit, (
                f"{used} bytes with {wanted} connections at their worst, the limit is {limit}"
            )
    finally:
        for connection in connections:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
