"""What a service says on its metrics port."""

from __future__ import annotations

import urllib.request

from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser
from service import Service

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
#: As Prometheus 2.42 asks.
PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)


def page(service: Service, accept: str | None = None) -> tuple[str, str]:
    """The content type and the text of /metrics."""
    headers = {} if accept is None else {"Accept": accept}
    request = urllib.request.Request(service.metrics_url + "metrics", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as reply:
        return reply.headers["Content-Type"], reply.read().decode()


class Scrape:
    """All samples of one moment, in the older format unless asked otherwise."""

    def __init__(self, service: Service, accept: str | None = None) -> None:
        kind, text = page(service, accept)
        parse = parser.text_string_to_metric_families
        if kind.startswith("application/openmetrics-text"):
            parse = openmetrics_parser.text_string_to_metric_families
        self.families = list(parse(text))
        self.samples = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in self.families
            for sample in family.samples
        }

    def __call__(self, name: str, **labels: str) -> float:
        """One sample; 0 where it is not there."""
        return self.samples.get((name, frozenset(labels.items())), 0)

    def sum(self, name: str, **labels: str) -> float:
        """All samples of this name that have these labels, whatever else they have."""
        return sum(v for (n, own), v in self.samples.items() if n == name and labels.items() <= dict(own).items())

    def names(self) -> set[str]:
        return {name for name, _ in self.samples}
