"""Metrics for Prometheus at /metrics (https://prometheus.io/docs/instrumenting/exposition_formats/), in seconds.

Imported only with METRICS=on: prometheus_client decides at its import whether several processes count together, by
PROMETHEUS_MULTIPROC_DIR, which gunicorn.conf.py sets for several processes. Each of them then counts in files of its
own, and the process that gets the request adds up all files.

/metrics must not be public: the edge answers 404 to it.
"""

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from flask_roundtrip.doors.wsgi import WSGI, Threads
from flask_roundtrip.timing import Timing
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    disable_created_metrics,
    make_wsgi_app,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from .border import EXEMPLAR, METHODS, Exchange

FAST = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
disable_created_metrics()  # type: ignore[no-untyped-call]  # no lines for the start of each counter, which nobody reads

# The label `cache` is hit, stale, miss or collapsed; a counter of its own would cost 1.5 us more.
_requests = Histogram(
    "roundtrip_request_seconds", "In the application.", ["route", "method", "status", "cache"], buckets=FAST
)
_parts = Histogram("roundtrip_part_seconds", "Time of one part of a batch.", ["route", "status", "cache"], buckets=FAST)
_batches = Histogram("roundtrip_batch_parts", "Number of parts of a batch.", buckets=(1, 2, 3, 5, 8, 12, 20))
_statements = Counter("roundtrip_statements", "SQL statements that were run for requests.", ["route"])
_sql = Histogram("roundtrip_sql_seconds", "Time in the database for one answer.", ["route"], buckets=FAST)
_queue = Histogram("roundtrip_queue_seconds", "Time from the edge to the application.", buckets=FAST)
_in_flight = Gauge(
    "roundtrip_in_flight", "Requests that hold a thread for more than a hit.", multiprocess_mode="livesum"
)


def count(exchange: Exchange) -> None:
    """Count an exchange, and each part if it was a batch; a bucket names the last trace in it (an exemplar)."""
    method, timing = exchange.environ["REQUEST_METHOD"], exchange.timing
    named = method if method in METHODS else "other"
    cache = timing.cache if timing is not None else ""
    exemplar = exchange.environ.get(EXEMPLAR)
    _request(exchange.route, named, exchange.status // 100, cache).observe(exchange.seconds, exemplar)
    if exchange.queued is not None:
        _queue.observe(exchange.queued)
    if timing is not None and timing.statements:
        _count_statements(timing)
    if exchange.parts is not None:
        _batches.observe(len(exchange.parts))
        for status, ms, part in tuple(exchange.parts):
            _part(part.route or "(none)", status // 100, part.cache).observe(ms / 1000, exemplar)
            if part.statements:
                _count_statements(part)


def _count_statements(timing: Timing) -> None:
    _statements.labels(timing.route).inc(timing.statements)
    _sql.labels(timing.route).observe(timing.spans.get("db", 0.0) / 1000)


# labels() checks and converts its arguments, which takes as long as counting; so its results are kept.
@lru_cache(maxsize=1024)
def _request(route: str, method: str, hundreds: int, cache: str) -> Histogram:
    return _requests.labels(route, method, f"{hundreds}xx", cache)


@lru_cache(maxsize=1024)
def _part(route: str, hundreds: int, cache: str) -> Histogram:
    return _parts.labels(route, f"{hundreds}xx", cache)


def exposition(threads: Threads) -> WSGI:
    """Return the application that answers /metrics, for all processes together."""
    threads.changed = _in_flight.inc
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return make_wsgi_app(REGISTRY)
    registry = CollectorRegistry()
    registry.register(_AllProcesses(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
    return make_wsgi_app(registry)


class _AllProcesses(Collector):
    """Adds up the counts of all processes. It skips a file that is still empty, at which the library fails."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def collect(self) -> Iterable[Metric]:
        """Return the sums; gauges count only for living processes."""
        begun = [str(file) for file in self._folder.glob("*.db") if _has_begun(file)]
        sums: Iterable[Metric] = MultiProcessCollector.merge(begun)  # type: ignore[no-untyped-call]  # it ships no types
        return sums


def _has_begun(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False  # the file's process has ended meanwhile
