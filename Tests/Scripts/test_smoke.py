"""scripts/smoke-test.sh against a real server."""

import http.server
import threading
from collections.abc import Iterator

import pytest
from conftest import Server, run


def test_passes_on_a_server_that_is_as_expected(server: Server) -> None:
    ran = run("smoke-test.sh", "--version", "1.2.3", "--not-below", "41", server.url)
    assert ran.status == 0, ran.said
    assert "the count is 41, not below 41" in ran.out, ran.said


def test_changes_nothing_unless_asked_to(server: Server) -> None:
    for _ in range(2):
        ran = run("smoke-test.sh", "--not-below", "41", server.url)
        assert "the count is 41" in ran.out, ran.said


def test_increment_adds_one_and_sees_it(server: Server) -> None:
    ran = run("smoke-test.sh", "--increment", f"{server.url}/")
    assert ran.status == 0 and "POST made it 42" in ran.out, ran.said


def test_fails_when_the_count_is_below_what_it_was(server: Server) -> None:
    ran = run("smoke-test.sh", "--not-below", "42", server.url)
    assert ran.status == 1, ran.said
    assert "the count is 41 and was 42 before: increments were lost" in ran.err, ran.said


def test_fails_when_another_version_answers(server: Server) -> None:
    ran = run("smoke-test.sh", "--version", "9.9.9", "--timeout", "1", server.url)
    assert ran.status == 1, ran.said
    assert (
        """/version answered '{"version":"1.2.3"}' and not '{"version":"9.9.9"}' within 1 s""" in ran.err
    ), ran.said


def test_fails_when_nothing_listens() -> None:
    ran = run("smoke-test.sh", "--timeout", "1", "http://127.0.0.1:1")
    assert ran.status == 1 and "/healthz answered" in ran.err, ran.said


@pytest.mark.parametrize(
    "arguments,complaint",
    [
        ([], "no URL given"),
        (["--versoin", "1", "http://x"], "unknown option '--versoin'"),
        (["--version"], "--version needs a value"),
        (["--not-below", "many", "http://x"], "--not-below takes a count, not 'many'"),
        (["--timeout", "1.5", "http://x"], "--timeout takes seconds, not '1.5'"),
        (["http://x", "http://y"], "one URL only"),
    ],
)
def test_refuses_a_wrong_command_line(arguments: list[str], complaint: str) -> None:
    ran = run("smoke-test.sh", *arguments)
    assert ran.status == 1 and complaint in ran.err, ran.said


class Impostor(http.server.BaseHTTPRequestHandler):
    """Healthy and ready, but what it gives as the count is no count, or the largest one there can be."""

    count = ""

    def do_GET(self) -> None:
        body = {"/healthz": '{"status":"ok"}', "/readyz": '{"status":"ready"}'}.get(self.path, self.count)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Keeps the test's output free of a line for each request."""


@pytest.fixture
def impostor() -> Iterator[str]:
    listener = http.server.HTTPServer(("127.0.0.1", 0), Impostor)
    thread = threading.Thread(target=listener.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{listener.server_port}"
    listener.shutdown()
    thread.join()
    listener.server_close()


def test_fails_on_an_answer_that_is_no_count(impostor: str) -> None:
    Impostor.count = "<html>502</html>"
    ran = run("smoke-test.sh", impostor)
    assert ran.status == 1 and "answered '<html>502</html>', not a count" in ran.err, ran.said


def test_compares_counts_too_large_for_a_double(impostor: str) -> None:
    Impostor.count = '{"counter":9223372036854775806}'
    below = run("smoke-test.sh", "--not-below", "9223372036854775807", impostor)
    same = run("smoke-test.sh", "--not-below", "9223372036854775806", impostor)
    assert (below.status, same.status) == (1, 0), below.said + same.said
