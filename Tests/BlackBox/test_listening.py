"""Where it listens, what happens when it can't, and the health check from outside."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from harness.program import free_port, run, wait_for
from harness.wire import Connection

HAS_IPV6 = Path("/proc/net/if_inet6").exists() and "lo" in Path("/proc/net/if_inet6").read_text()
ADDRESSES = ["127.0.0.1", *(["::1"] if HAS_IPV6 else [])]


def test_port_0_picks_a_free_port_and_the_log_says_which(start) -> None:
    servers = [start(), start(COUNTER_FILE=start.folder / "other.json")]
    assert len({server.port for server in servers}) == 2
    for server in servers:
        assert 1024 <= server.port <= 65_535
        assert server.get("/healthz").status == 200


def test_a_port_that_is_given_is_taken(start) -> None:
    port = free_port()
    server = start(PORT=port)
    assert server.port == port
    assert server.get("/healthz").status == 200


def test_by_default_it_listens_on_all_addresses(start) -> None:
    server = start(without=("HOST",))
    for address in ADDRESSES:
        with Connection(server.port, address) as connection:
            assert connection.ask("GET", "/healthz").status == 200, address


@pytest.mark.parametrize("address", ADDRESSES)
def test_with_an_address_it_listens_there_alone(start, address: str) -> None:
    server = start(HOST=address)
    assert server.log("listening")[0]["server.address"] == address
    with Connection(server.port, address) as connection:
        assert connection.ask("GET", "/healthz").status == 200
    for other in {*ADDRESSES, "127.0.0.2"} - {address}:
        with pytest.raises(ConnectionRefusedError):
            Connection(server.port, other)


def test_a_name_for_an_address_is_resolved(start) -> None:
    assert start(HOST="localhost").get("/healthz").status == 200


@pytest.mark.parametrize("setting", ["PORT", "METRICS_PORT"])
def test_a_second_server_on_the_same_port_ends_with_69(start, setting: str) -> None:
    first = start(metrics=True)
    taken = first.port if setting == "PORT" else first.metrics_port
    second = start(listening=False, COUNTER_FILE=start.folder / "other.json", **{setting: taken})
    second.may_log_errors = True
    assert second.wait() == 69
    error = second.log()[-1]
    assert setting in error["message"] and str(taken) in error["message"], error
    assert first.get("/healthz").status == 200


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "1.2.3.4.5"])
def test_an_address_that_is_not_ours_ends_with_69(start, host: str) -> None:
    server = start(listening=False, HOST=host)
    server.may_log_errors = True
    assert server.wait() == 69
    assert host in server.log()[-1]["message"], server.log_text()


def test_a_port_in_use_by_another_program_ends_with_69(start) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        server = start(listening=False, PORT=other.getsockname()[1])
        server.may_log_errors = True
        assert server.wait() == 69


def test_the_port_can_be_taken_again_at_once(start) -> None:
    """Connections that the server closed linger in TIME_WAIT: no reason to wait."""
    port = free_port()
    for count in range(1, 4):
        server = start(PORT=port).await_ready()
        connection = server.connect()
        assert connection.ask("POST").count == count
        server.stop()
        connection.socket.close()


def healthcheck(server, **settings: object) -> int:
    result = run("--healthcheck", **{"PORT": str(server.port), **{k: str(v) for k, v in settings.items()}})
    assert len(result.stderr.splitlines()) == (result.returncode != 0), result
    return result.returncode


def test_healthcheck_is_0_when_the_server_is_healthy(start) -> None:
    server = start(without=("HOST",))
    assert healthcheck(server) == 0
    assert healthcheck(server, HOST="0.0.0.0") == 0


@pytest.mark.parametrize("address", ADDRESSES)
def test_healthcheck_asks_where_the_server_listens(start, address: str) -> None:
    server = start(HOST=address)
    assert healthcheck(server, HOST=address) == 0


def test_healthcheck_is_1_when_nobody_listens(start) -> None:
    server = start()
    assert healthcheck(server, PORT=free_port()) == 1
    server.stop()
    assert healthcheck(server) == 1


def test_healthcheck_is_1_when_nobody_answers() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        assert run("--healthcheck", PORT=str(silent.getsockname()[1])).returncode == 1


def test_healthcheck_does_not_touch_the_count(start) -> None:
    server = start(COUNTER_FILE=start.folder / "counter.json").await_ready()
    assert healthcheck(server, COUNTER_FILE="/nowhere/counter.json", METRICS_PORT="9") == 0
    assert wait_for("the count is there", lambda: server.get().status == 200)
