"""Settings from the environment and from flags; what makes no sense ends the start."""

from __future__ import annotations

import pytest

from harness.program import free_port, run

DEFAULTS = {
    "HOST": "all addresses",
    "PORT": "8080",
    "METRICS_PORT": "9090",
    "COUNTER_FILE": "/data/counter.json",
    "COUNTER_SHARED": "false",
    "APP_VERSION": "dev",
    "LOG_LEVEL": "info",
    "LOG_FORMAT": "json",
    "ACCESS_LOG": "false",
    "EVENT_LOOPS": "number of processors",
    "MAX_CONNECTIONS": "10000",
    "IDLE_TIMEOUT": "60",
    "REQUEST_TIMEOUT": "10",
    "COMMIT_TIMEOUT": "5",
    "DRAIN_DELAY": "0",
    "SHUTDOWN_TIMEOUT": "10",
}

SENSELESS = {
    "PORT": ["abc", "-1", "65536", "80.5", "8080x", "tcp://10.0.0.1:80", " 80", "0x50"],
    "METRICS_PORT": ["abc", "-1", "70000"],
    "COUNTER_SHARED": ["maybe", "2"],
    "LOG_LEVEL": ["loud", "0"],
    "LOG_FORMAT": ["xml"],
    "ACCESS_LOG": ["sometimes"],
    "EVENT_LOOPS": ["0", "-1", "two"],
    "MAX_CONNECTIONS": ["0", "-5", "many"],
    "IDLE_TIMEOUT": ["-1", "soon", "nan", "inf", "0"],
    "REQUEST_TIMEOUT": ["-1", "soon", "nan", "0"],
    "COMMIT_TIMEOUT": ["-1", "soon", "nan", "0"],
    "DRAIN_DELAY": ["-1", "soon", "nan"],
    "SHUTDOWN_TIMEOUT": ["-1", "soon", "inf"],
}
CASES = [(name, value) for name, values in SENSELESS.items() for value in values]


def flag(name: str) -> str:
    return "--" + name.lower().replace("_", "-")


def the_line(output: str) -> str:
    """The one line that says why."""
    lines = output.splitlines()
    assert len(lines) == 1, f"{len(lines)} lines instead of one: {output}"
    return lines[0]


@pytest.mark.parametrize("name, value", CASES)
def test_a_senseless_setting_is_named_and_ends_with_64(name: str, value: str) -> None:
    result = run(**{name: value})
    line = the_line(result.stderr)
    assert (result.returncode, result.stdout) == (64, ""), result
    assert name in line and value in line, f"neither setting nor value in: {line}"


@pytest.mark.parametrize("name, value", [(name, values[0]) for name, values in SENSELESS.items()])
def test_a_senseless_flag_is_named_and_ends_with_64(name: str, value: str) -> None:
    result = run(f"{flag(name)}={value}")
    line = the_line(result.stderr)
    assert (result.returncode, result.stdout) == (64, ""), result
    assert flag(name) in line and value in line, f"neither flag nor value in: {line}"


@pytest.mark.parametrize(
    "arguments", [["--bogus"], ["--bogus=1"], ["-x"], ["serve"], ["--port"], ["--portt", "1"]]
)
def test_an_argument_that_is_unknown_or_lacks_its_value_is_named_and_ends_with_64(
    arguments: list[str],
) -> None:
    result = run(*arguments)
    line = the_line(result.stderr)
    assert result.returncode == 64, result
    assert arguments[0].split("=")[0].lstrip("-") in line, line


@pytest.mark.parametrize("name", ["PORT", "LOG_LEVEL", "IDLE_TIMEOUT"])
def test_a_good_flag_does_not_excuse_another_bad_setting(name: str) -> None:
    assert (
        run("--port", "0", **({name: "abc"} if name != "PORT" else {"METRICS_PORT": "abc"})).returncode == 64
    )


def test_the_same_port_for_both_listeners_makes_no_sense() -> None:
    port = str(free_port())
    result = run(PORT=port, METRICS_PORT=port)
    assert result.returncode == 64, result
    assert "METRICS_PORT" in the_line(result.stderr)


@pytest.mark.parametrize("argument", ["--help", "-h"])
def test_help_lists_every_setting_with_its_default(argument: str) -> None:
    result = run(argument)
    assert (result.returncode, result.stderr) == (0, ""), result
    text = " ".join(result.stdout.split())
    for name, default in DEFAULTS.items():
        assert flag(name) in text, f"{flag(name)} is not in the help"
        entry = text[text.index(f"({name}; ") :].split(")")[0] if f"({name}; " in text else ""
        assert default in entry, f"{name}: {default} is not in '{entry}'"
    for name in ["--healthcheck", "--version", "counter-server"]:
        assert name in text


def test_version_prints_the_version() -> None:
    assert run("--version", APP_VERSION="1.2.3").stdout == "1.2.3\n"
    assert run("--version").stdout == "dev\n"
    assert run("--version").returncode == 0


def test_a_flag_wins_over_the_environment(start) -> None:
    server = start("--app-version", "flag", APP_VERSION="environment")
    assert server.get("/version").json == {"version": "flag"}


def test_flags_alone_are_enough(start) -> None:
    names = ("HOST", "PORT", "METRICS_PORT", "COUNTER_FILE", "EVENT_LOOPS")
    other = start.folder / "other.json"
    server = start(
        "--host=127.0.0.1", "--port=0", "--metrics-port=0", "--counter-file", str(other), "--event-loops=1",
        without=names,
    )  # fmt: skip
    assert server.add(2) == 2
    assert other.exists()


def test_a_flag_without_value_means_true(start) -> None:
    server = start("--counter-shared")
    assert server.log("starting")[0]["COUNTER_SHARED"] is True


@pytest.mark.parametrize(
    "text, value", [("true", True), ("TRUE", True), ("1", True), ("false", False), ("0", False)]
)
def test_yes_and_no_have_several_spellings(start, text: str, value: bool) -> None:
    assert start(COUNTER_SHARED=text).log("starting")[0]["COUNTER_SHARED"] is value


def test_an_empty_setting_is_none(start) -> None:
    server = start(APP_VERSION="", LOG_LEVEL="", IDLE_TIMEOUT="", COUNTER_SHARED="")
    assert server.get("/version").json == {"version": "dev"}


def test_a_setting_that_nobody_knows_is_none_of_ours(start) -> None:
    server = start(COUNTER_SERVICE_PORT="tcp://10.0.0.1:80", COUNTER_SERVICE_SERVICE_PORT="x")
    assert server.get().count == 0


def test_fractions_of_a_second_are_allowed(start) -> None:
    server = start(IDLE_TIMEOUT="0.5", DRAIN_DELAY="0.1", SHUTDOWN_TIMEOUT="1.5")
    with server.connect() as connection:
        connection.expect_close()


def test_all_settings_are_logged_at_the_start(start) -> None:
    line = start().log("starting")[0]
    assert set(DEFAULTS) <= set(line), f"missing: {set(DEFAULTS) - set(line)}"
