#!/usr/bin/env python3
"""A trial with a real Prometheus: it scrapes the service once a second through calm, load and a disk that fails, and
what it then answers is drawn. Takes four minutes.

Usage: trial.py PICTURE.png
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from disk import sick_disk  # noqa: E402
from picture import draw  # noqa: E402
from service import ROOT, Service  # noqa: E402

STATE = "State: ready is 1; an alert is where its line is"
#: What is drawn, by the title of its panel: the name of each line and its query.
PANELS = {
    "Answers a second, by status": {
        "200": 'sum(rate(http_requests_total{code="200"}[5s]))',
        "503": 'sum(rate(http_requests_total{code="503"}[5s]))',
    },
    "POST and GET, seconds": {
        f"{method} p{quantile}": "histogram_quantile(0.{}, sum by (le) (rate("
        'http_request_duration_seconds_bucket{{route="/",method="{}"}}[5s])))'.format(quantile, method)
        for method in ("POST", "GET")
        for quantile in (50, 99)
    },
    "Commits a second, and increments in each": {
        "commits": "rate(counter_commit_duration_seconds_count[5s])",
        "increments in one": "rate(counter_commit_batch_size_sum[5s]) / rate(counter_commit_batch_size_count[5s])",
    },
    STATE: {
        "ready": "counter_ready",
        "CounterStoreFailing pending": '0.6 * count(ALERTS{alertname="CounterStoreFailing",alertstate="pending"})',
        "CounterStoreFailing firing": '0.8 * count(ALERTS{alertname="CounterStoreFailing",alertstate="firing"})',
    },
}


class Prometheus:
    """The real one, scraping and judging the alerts once a second."""

    def __init__(self, folder: Path, service: Service) -> None:
        self.port = Service.free_port()
        text = (ROOT / "docs/monitoring/prometheus.yml").read_text()
        text = text.replace("localhost:9090", f"127.0.0.1:{service.metrics_port}").replace("5s", "1s")
        text = text.replace("../../helm_charts", str(ROOT / "helm_charts"))
        (folder / "prometheus.yml").write_text(text)
        self.process = subprocess.Popen(
            [
                "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn",
            ]
        )  # fmt: skip
        deadline = time.monotonic() + 30
        while not self._is_scraping():
            assert time.monotonic() < deadline, "Prometheus has scraped nothing after 30 s"
            time.sleep(0.2)

    def _is_scraping(self) -> bool:
        try:
            return any(result["value"][1] == "1" for result in self.ask("query", query="up"))
        except OSError:
            return False

    def ask(self, kind: str, **parameters: str | float) -> list[dict]:
        query = urllib.parse.urlencode(parameters)
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/{kind}?{query}", timeout=30) as reply:
            return json.load(reply)["data"]["result"]

    def line(self, query: str, begin: float, end: float) -> tuple[list[float], list[float]]:
        """Seconds since the beginning, and values."""
        results = self.ask("query_range", query=query, start=begin, end=end, step=1)
        values = results[0]["values"] if results else []
        return [at - begin for at, _ in values], [float(value) for _, value in values]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


def load(service: Service, method: str, connections: int, seconds: int) -> None:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(ROOT / "bench/load.lua"), service.url]
    settings = {"LOAD_METHOD": method, "LOAD_BODY": "", "LOAD_CLOSE": ""}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | settings)


def trickle(service: Service, seconds: int) -> None:
    """Ten POSTs a second, whatever is answered."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        service.ask("POST")
        time.sleep(0.1)


def play(service: Service) -> list[tuple[str, float]]:
    """The phases, one after the other: the name of each and when it began."""
    phases = []

    def phase(name: str) -> None:
        phases.append((name, time.time()))
        print(name, file=sys.stderr)

    phase("10 POST/s")
    trickle(service, 20)
    phase("POST, 1 client")
    load(service, "POST", 1, 25)
    phase("POST, 64 clients")
    load(service, "POST", 64, 25)
    phase("GET, 64 clients")
    load(service, "GET", 64, 25)
    phase("fsync fails")
    with sick_disk(service, "error=EIO"):
        trickle(service, 90)
    phase("works again")
    load(service, "POST", 64, 25)
    phase("end")
    return phases


def main(picture: str) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        service = Service(Path(folder), METRICS_PORT=Service.free_port()).start().await_ready()
        prometheus = Prometheus(Path(folder), service)
        try:
            phases = play(service)
            begin, end = phases[0][1], phases[-1][1]
            found = {
                title: {name: prometheus.line(query, begin, end) for name, query in lines.items()}
                for title, lines in PANELS.items()
            }
            firing = found[STATE]["CounterStoreFailing firing"][1]
            assert firing, "the store failed for 90 s and no alert fired"
            count = prometheus.ask("query", query="counter_value")[0]["value"][1]
            told = int(re.sub(rb"\D", b"", service.get()[2]))
            assert int(count) <= told, f"Prometheus has {count}, the service {told}"
            draw(found, [(name, at - begin) for name, at in phases], picture)
            scrapes = prometheus.line("scrape_duration_seconds", begin, end)[1]
            print(f"{len(scrapes)} scrapes, {max(scrapes) * 1000:.1f} ms at most; the count is {told}")
        finally:
            prometheus.stop()
            service.stop()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
