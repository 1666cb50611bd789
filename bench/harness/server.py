"""Starting the counter service itself."""

from pathlib import Path

from . import http
from .build import counter_server, fresh_folder
from .processes import Processes


class CounterServer(Processes):
    """counter-server on a free port, with its data in a folder of its own."""

    def __init__(
        self, loops: int | None = 1, cpus: str | None = None, metrics: bool = False,
        folder: Path | None = None, env: dict[str, str] | None = None, wrapper: list[str] | None = None,
    ) -> None:
        folder = folder or fresh_folder("counter-server")
        super().__init__(folder / "log")
        self.port = http.free_port()
        self.metrics_port = http.free_port() if metrics else 0
        settings = {
            "HOST": "127.0.0.1", "PORT": str(self.port), "METRICS_PORT": str(self.metrics_port),
            "COUNTER_FILE": str(folder / "counter.json"), "MAX_CONNECTIONS": "12000",
            # Idle connections are counted here, not closed.
            "IDLE_TIMEOUT": "3600",
        }
        if loops:
            settings["EVENT_LOOPS"] = str(loops)
        self.start([*(wrapper or []), str(counter_server())], settings | (env or {}), cpus)

    def ready(self) -> float:
        """Waits until it is ready; returns the seconds since it was started."""
        return self.wait(self.port, "/readyz")
