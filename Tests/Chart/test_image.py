"""The Dockerfile agrees with the chart and the program. What the built image does, image-check.sh sees."""

import re
import subprocess

from chart import ROOT, render

DOCKERFILE = (ROOT / "Dockerfile").read_text()
# The instructions, continued lines joined, comments left out.
LINES = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^#.*\n", "", DOCKERFILE)).splitlines()
RUNTIME = LINES[max(i for i, line in enumerate(LINES) if line.startswith("FROM")) :]


def instruction(name: str) -> str:
    (found,) = [line.removeprefix(name).strip() for line in RUNTIME if line.startswith(name + " ")]
    return found


def test_the_user_and_the_volume_are_those_of_the_chart():
    chart = render()
    security = chart.pod["spec"]["securityContext"]
    assert instruction("USER") == f"{security['runAsUser']}:{security['runAsGroup']}"
    assert instruction("VOLUME") == chart.container["volumeMounts"][0]["mountPath"]
    assert f"--chown={instruction('USER')} /volume/ /" in DOCKERFILE


def test_the_ports_are_those_of_the_program(program):
    text = subprocess.run([program, "--help"], check=True, capture_output=True, text=True).stdout
    defaults = re.findall(r"\((?:METRICS_)?PORT;\s+default:\s+(\d+)\)", text)
    assert instruction("EXPOSE").split() == defaults


def test_the_health_check_is_a_command_of_the_program(program):
    health = instruction("HEALTHCHECK").split(" CMD ")[1]
    assert health == '["/usr/local/bin/counter-server", "--healthcheck"]'
    assert instruction("ENTRYPOINT") == '["/usr/local/bin/counter-server"]'
    closed = subprocess.run([program, "--healthcheck", "--port", "1"], capture_output=True, text=True)
    assert closed.returncode == 1 and "unhealthy" in closed.stderr, closed


def test_it_is_stopped_with_sigterm_and_says_what_it_is():
    assert instruction("STOPSIGNAL") == "SIGTERM"
    labels = instruction("LABEL")
    for label in ("source", "revision", "version", "licenses"):
        assert f"org.opencontainers.image.{label}=" in labels, labels


def test_the_last_stage_is_distroless_by_digest():
    assert re.match(r"FROM gcr\.io/distroless/\S+:nonroot@sha256:[0-9a-f]{64}\s", RUNTIME[0]), RUNTIME[0]
    assert not any(line.startswith("RUN") for line in RUNTIME), "there is no shell to run it"
