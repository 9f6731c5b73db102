"""Prometheus metrics: requests of every web process, and gauges that apps register.

With PROMETHEUS_MULTIPROC_DIR set (the launcher does) the figures of all web processes are added.
Labels are routes and states, never refs or persons.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector

from brokerage.core.registry import Registry

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter(
    "brokerage_requests", "Requests answered", ["channel", "route", "method", "status"]
)
SECONDS = Histogram(
    "brokerage_request_seconds", "Seconds to the answer", ["channel", "route"], buckets=BUCKETS
)

# name → function that returns {label value: figure}; read at each scrape, a query or two each
gauges: Registry[Callable[[], Mapping[str, float]]] = Registry("gauges")


class _Gauges(Collector):
    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name, read in gauges.items():
            family = GaugeMetricFamily(f"brokerage_{name}", name.replace("_", " "), labels=["of"])
            for label, value in read().items():
                family.add_metric([label], value)
            yield family


def observe(*, channel: str, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    REQUESTS.labels(channel, route, method, str(status)).inc()
    SECONDS.labels(channel, route).observe(seconds)


def exposition() -> bytes:
    """All metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)
        registry.register(_Gauges())
        return generate_latest(registry)
    registry.register(_Gauges())
    return generate_latest(REGISTRY) + generate_latest(registry)
