"""The server that the documents' examples run against."""

import os
import re
import socket
import subprocess
import time
from pathlib import Path

import tree


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A counter-server on free ports, its file kept over restarts. Commands meet it as localhost:8080 and
    9090."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()

    def start(self) -> None:
        log = self.folder / "log"
        self.metrics_port = str(free_port())
        environment = {
            "PATH": os.environ["PATH"],
            "COUNTER_FILE": str(self.folder / "counter.json"),
            "PORT": "0",
            "METRICS_PORT": self.metrics_port,
            "HOST": "127.0.0.1",
            "LOG_FORMAT": "json",
        }
        with log.open("wb") as stream:
            self.process = subprocess.Popen(
                [tree.SERVER], env=environment, stderr=stream, stdin=subprocess.DEVNULL
            )
        self.port = self.wait_for_port(log)

    def wait_for_port(self, log: Path) -> str:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(r'"server\.port":(\d+)', log.read_text())
            if found:
                return found.group(1)
            time.sleep(0.02)
        raise AssertionError(f"the server is not listening; it said: {log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        status = self.process.wait(20)
        assert status == 0, f"the server's exit status was {status}"

    def restart(self) -> None:
        self.stop()
        self.start()

    def renew(self) -> None:
        """A new server with an empty count."""
        self.stop()
        (self.folder / "counter.json").unlink(missing_ok=True)
        self.start()

    def run(self, command: str) -> list[str]:
        """What the command prints, its errors too, with the real ports put back to those that the documents
        name."""
        real = command.replace("localhost:8080", f"localhost:{self.port}")
        real = real.replace("localhost:9090", f"localhost:{self.metrics_port}")
        # On a terminal, where a reader tries it, curl shows no progress meter beside what it prints.
        (self.folder / ".curlrc").write_text("no-progress-meter\n")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "URL": f"http://localhost:{self.port}",
        }
        done = subprocess.run(
            ["bash", "-c", real],
            env=environment,
            timeout=60,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        printed = done.stdout.decode(errors="replace").replace(f"localhost:{self.port}", "localhost:8080")
        printed = printed.replace(f"localhost:{self.metrics_port}", "localhost:9090")
        return [line.rstrip() for line in printed.splitlines()]
