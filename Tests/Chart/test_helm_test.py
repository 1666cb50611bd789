"""The pod of `helm test`: its script run for real, on the built program and on servers that are wrong."""

import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from chart import Rendered, render, sets
from cluster import Cluster

RELEASE = sets("image.tag=3f9a1c7", "env.APP_VERSION=3f9a1c7", "shutdown.drainDelaySeconds=0")


def run_test_pod(chart: Rendered, port: int, folder: Path) -> subprocess.CompletedProcess:
    """Its command with its environment and nothing else; the Service's name leads to the port."""
    (container,) = chart.one("Pod")["spec"]["containers"]
    env = {e["name"]: e["value"] for e in container["env"]}
    host, _, service_port = env["URL"].removeprefix("http://").partition(":")
    assert (host, int(service_port)) == ("counter-service.prod.svc", 80)
    (folder / ".curlrc").write_text(f"connect-to = {host}:{service_port}:127.0.0.1:{port}\n")
    return subprocess.run(
        [*container["command"], *container["args"]],
        capture_output=True,
        text=True,
        timeout=60,
        env=env | {"PATH": os.environ["PATH"], "CURL_HOME": str(folder)},
    )


def test_it_passes_on_the_real_service_again_and_again(tmp_path, program, as_root):
    with Cluster(tmp_path, program, as_root, RELEASE) as cluster:
        (kubelet,) = cluster.kubelets
        for round_ in (1, 2):
            done = run_test_pod(render(RELEASE), kubelet.pod.port, tmp_path)
            assert done.returncode == 0, done
            assert f"POST answered {2 * round_ - 1} and {2 * round_}" in done.stdout, done.stdout
        assert cluster.volume.read() == 4


class Wrong(BaseHTTPRequestHandler):
    """A server whose answers the test gives: a list for each request, taken in turn."""

    def answer(self) -> None:
        status, body = self.server.answers[f"{self.command} {self.path}"].pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    do_GET = do_POST = answer

    def log_message(self, *_) -> None:
        """Not on the test's output."""


def counter(number: int) -> tuple[int, str]:
    return 200, json.dumps({"counter": number}, separators=(",", ":")) + "\n"


RIGHT = {
    "GET /": [counter(5), counter(9)],
    "POST /": [counter(6), counter(8)],
    "GET /version": [(200, '{"version":"3f9a1c7"}\n')],
}


@pytest.mark.parametrize(
    "what, wrong, said",
    [
        ("is right, with others counting", {}, None),
        ("does not count", {"POST /": [counter(5), counter(6)]}, "not above the 5"),
        ("repeats a number", {"POST /": [counter(6), counter(6)]}, "not above the first's 6"),
        ("forgets", {"GET /": [counter(5), counter(7)]}, "GET answered 7 after a POST had answered 8"),
        (
            "is another version",
            {"GET /version": [(200, '{"version":"dev"}\n')]},
            "where the release has 3f9a1c7",
        ),
        ("fails to count", {"POST /": [(503, "")]}, "503"),
        ("answers something else", {"GET /": [(200, "<html>")]}, "not a count: <html>"),
        ("answers no number", {"GET /": [(200, '{"counter":null}\n')]}, "not a number"),
    ],
)
def test_it_fails_when_the_service(tmp_path, what: str, wrong: dict, said: str | None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Wrong)
    server.answers = {request: list(answers) for request, answers in (RIGHT | wrong).items()}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        done = run_test_pod(render(RELEASE), server.server_port, tmp_path)
    finally:
        server.shutdown()
        server.server_close()
    if said is None:
        assert done.returncode == 0, done
    else:
        assert done.returncode != 0 and said in done.stderr, f"{what}: {done}"
