"""A report that is worth keeping: delays by destination and weekday of a month at an airport, from its flights.

No summary knows both dimensions, so each flight of the month is read. Equal numbers are equal reports.
"""

import time
from threading import Lock

from roundtrip.http import Answer
from roundtrip.reading import Reader
from roundtrip.techniques.compression import IDENTITY
from roundtrip.techniques.conditional import etag_of
from roundtrip.techniques.fields import Selection
from roundtrip.techniques.response_cache import Entry
from roundtrip.techniques.serialization import JSON, encode

from roundtrip.resources.delays.queries import report

from .questions import ORIGINS
from .run import Run

MEASURED = Selection(("count", "dest", "mean_delay", "on_time_share", "weekday"))
DAY = 86_400  # seconds


def arguments(number: int) -> dict[str, str]:
    """Return the filters of one of 36 months at an airport, and the dimensions."""
    month = number % 12
    return {
        "origin": ORIGINS[number // 12 % 3],
        "from": f"2013-{month + 1:02}-01T00:00:00",
        "before": f"{2013 + (month + 1) // 12}-{(month + 1) % 12 + 1:02}-01T00:00:00",
        "by": "dest,weekday",
    }


def compute(reader: Reader, number: int) -> bytes:
    """Return the report as the bytes of its JSON."""
    value = report.read(reader, arguments(number), MEASURED, "").value
    with reader.timing.span("serialize"):
        return encode(value, JSON)


def entry_of(body: bytes, fresh_for: int = DAY, stale_for: int = DAY, age: float = 0) -> Entry:
    """Return what a response cache keeps of it; `age` seconds old."""
    return Entry(
        body=body,
        content_type=JSON,
        coding=IDENTITY,
        etag=etag_of(body),
        last_modified=None,
        cache_control=f"public, max-age={fresh_for}, stale-while-revalidate={stale_for}",
        link=None,
        fresh_for=fresh_for,
        stale_for=stale_for,
        tags=("delay",),
        stored_at=time.time() - age,
    )


class Computations:
    """Computes one report for whichever thread asks, and counts what that takes. A reader belongs to one thread."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._lock = Lock()
        self._made: list[Run] = []

    def entry(self) -> Entry:
        """Compute the report."""
        own = Run(self._run.bench, self._run.head, self._run.number)
        body = compute(own.reader(), own.number)
        with self._lock:
            self._made.append(own)
        return entry_of(body)

    def told(self, body: bytes) -> Answer:
        """Answer with the report, how often it was computed, and what all that asked of the database."""
        self._run.facts["computations"] = len(self._made)
        self._run.add(self._made)
        return self._run.bytes(body)
