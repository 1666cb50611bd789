"""What a person could run instead, each started the way its own documentation begins: see bench/README.md."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import http
from .build import BENCH, compile_c, compile_go, counter_server, environment, fresh_folder
from .processes import Processes, run, until
from .server import CounterServer
from .wrk import Target

PEERS = BENCH / "peers"


class Peer(Processes):
    """A peer that runs: its processes, where it answers, its data in a fresh folder on the project's disk."""

    def __init__(self, name: str) -> None:
        self.folder = fresh_folder(name)
        super().__init__(self.folder / "log")
        self.port = http.free_port()

    def configure(self, template: str, **values: object) -> str:
        """A configuration file made from bench/peers/TEMPLATE.in, with each @NAME@ filled in."""
        text = (PEERS / f"{template}.in").read_text()
        for name, value in ({"DIRECTORY": self.folder, "PORT": self.port} | values).items():
            text = text.replace(f"@{name}@", str(value))
        (self.folder / template).write_text(text)
        return str(self.folder / template)


def start_nginx(workers: int, cpus: str | None) -> Peer:
    peer = Peer("nginx")
    configuration = peer.configure("nginx.conf", WORKERS=workers)
    peer.start(["/usr/sbin/nginx", "-p", str(peer.folder), "-c", configuration, "-e", "stderr"], cpus=cpus)
    return peer


def start_evhttp(workers: int, cpus: str | None) -> Peer:
    """One loop whatever `workers` says: more is not what libevent gives as it comes."""
    peer = Peer("evhttp")
    peer.start([str(compile_c("peers/evhttp.c", "-levent")), str(peer.port)], cpus=cpus)
    return peer


def start_go(workers: int, cpus: str | None) -> Peer:
    peer = Peer("go")
    program = str(compile_go("peers/counter.go"))
    command = [program, f"127.0.0.1:{peer.port}", str(peer.folder / "counter.json")]
    peer.start(command, {"GOMAXPROCS": str(workers)}, cpus)
    return peer


def start_flask(workers: int, cpus: str | None, fsync: bool) -> Peer:
    peer = Peer("flask-fsync" if fsync else "flask")
    peer.start(
        [
            str(environment("bench") / "gunicorn"), "--bind", f"127.0.0.1:{peer.port}",
            "--workers", str(workers), "--threads", "4", "--worker-connections", "12000",
            "--keep-alive", "3600", "--chdir", str(PEERS), "flask_counter:app",
        ],
        {"COUNTER_FILE": str(peer.folder / "counter.json"), "COUNTER_FSYNC": str(fsync).lower()}, cpus,
    )
    return peer


def start_webdis(workers: int, cpus: str | None, appendfsync: str) -> Peer:
    peer = Peer(f"webdis-{appendfsync}")
    redis_port = http.free_port()
    redis = peer.configure("redis.conf", APPENDFSYNC=appendfsync, PORT=redis_port)
    peer.start(["/usr/bin/redis-server", redis], cpus=cpus)
    until(10, lambda: listens(redis_port), "redis-server did not listen")
    webdis = peer.configure("webdis.json", WORKERS=workers, REDIS_PORT=redis_port)
    peer.start(["/usr/bin/webdis", webdis], cpus=cpus)
    return peer


def listens(port: int) -> bool:
    try:
        http.socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except ConnectionError:
        return False


def start_ours(workers: int, cpus: str | None) -> CounterServer:
    return CounterServer(loops=workers, cpus=cpus)


@dataclass(frozen=True)
class Kind:
    """How to start a peer, what it answers to, and what has to be deployed for it."""

    title: str
    start: Callable[[int, str | None], Processes]
    deployed: Callable[[], list[Path]]
    packages: tuple[str, ...] = ()
    get_path: str = "/"
    post_body: str = ""
    counts: bool = True

    def target(self, port: int, method: str) -> Target:
        return Target(port, self.get_path) if method == "GET" else Target(port, "/", self.post_body)


def webdis(appendfsync: str) -> Kind:
    return Kind(
        f"webdis, Redis {appendfsync}",
        lambda workers, cpus: start_webdis(workers, cpus, appendfsync),
        lambda: [Path("/usr/bin/webdis"), Path("/usr/bin/redis-server")],
        packages=("webdis", "redis-server"), get_path="/GET/counter", post_body="INCR/counter",
    )


def flask(title: str, fsync: bool) -> Kind:
    return Kind(title, lambda workers, cpus: start_flask(workers, cpus, fsync), python_and_packages)


def python_and_packages() -> list[Path]:
    """The interpreter, its standard library and the environment's packages."""
    python = environment("bench") / "python3"
    asked = "import sysconfig as s; print(s.get_path('stdlib'), s.get_path('purelib'), sep='\\n')"
    return [python.resolve(), *map(Path, run([str(python), "-c", asked], "python").split("\n")[:2])]


KINDS: dict[str, Kind] = {
    "counter-server": Kind("counter-server", start_ours, lambda: [counter_server()]),
    "nginx": Kind(
        "nginx, fixed answer", start_nginx, lambda: [Path("/usr/sbin/nginx")],
        packages=("nginx-light",), counts=False),
    "evhttp": Kind(
        "evhttp in C, in memory", start_evhttp, lambda: [compile_c("peers/evhttp.c", "-levent")],
        packages=("gcc", "libc6-dev", "libevent-dev")),
    "go": Kind(
        "Go net/http, fsync", start_go, lambda: [compile_go("peers/counter.go")], packages=("golang-go",)),
    "flask": flask("Flask, no fsync", fsync=False),
    "flask-fsync": flask("Flask, fsync", fsync=True),
    "webdis-always": webdis("always"),
    "webdis-everysec": webdis("everysec"),
}
