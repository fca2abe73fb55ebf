"""A report that is worth a place in a cache: the delays of a month at an airport, by destination and weekday.

It is added up from about 10,000 flights. Equal numbers are equal reports.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from flask_roundtrip.conditional import etag_of
from flask_roundtrip.fields import Selection, selection
from flask_roundtrip.query_plan import Ask, Plan
from flask_roundtrip.response_cache import Entry, ResponseCache
from flask_roundtrip.serialization import Column, Object, encode
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import IDENTITY, JSON, Answer
from sqlalchemy import ColumnElement, Engine, Float, cast, func, select

from roundtrip.resources.delays.schema import DelaySchema
from roundtrip.resources.flights.model import Flight
from roundtrip.resources.flights.queries import FILTERS
from roundtrip.resources.flights.schema import STATUSES

from .questions import ORIGINS
from .run import Run

BY = ("dest", "weekday")
MEASURED = selection((*BY, "count", "mean_delay", "on_time_share"))
DAY = 86_400  # seconds


def compute(run: Run, number: int) -> bytes:
    """Return the report as the bytes of its JSON."""
    value = values(run, number)
    with run.timing.span("serialize"):
        return encode(value, JSON)


def values(run: Run, number: int) -> dict[str, Any]:
    """Return the report as plain values."""
    return added_up(run.ask(DelaySchema, MEASURED, month_at_an_airport(number)), BY)


def month_at_an_airport(number: int) -> dict[str, str]:
    """Return the filters of one of 36 months at an airport."""
    month = number % 12
    return {
        "origin": ORIGINS[number // 12 % 3],
        "from": f"2013-{month + 1:02}-01T00:00:00",
        "before": f"{2013 + (month + 1) // 12}-{(month + 1) % 12 + 1:02}-01T00:00:00",
    }


def added_up(ask: Ask, by: tuple[str, ...]) -> dict[str, Any]:
    """Add up the flights that match. (The product's own report reads a summary table wherever one will do.)"""
    plan: Plan = ask.database.compiled(_compile, ask.selection, by, tuple(ask.arguments))
    rows = plan.rows(ask, ask.arguments)
    with ask.timing.span("serialize"):
        return {"items": plan.items(rows)}


def _compile(engine: Engine, selected: Selection, by: tuple[str, ...], filters: tuple[str, ...]) -> Plan:
    dimensions = {name: getattr(Flight, name) for name in by}
    columns = {**_measures(), **dimensions}
    statement = select(*(columns[name] for name in selected.names)).where(*(FILTERS[name]() for name in filters))
    shape = Object({name: Column(position) for position, name in enumerate(selected.names)})
    return Plan(engine, statement.group_by(*dimensions.values()).order_by(*dimensions.values()), shape, ())


def _measures() -> dict[str, ColumnElement[Any]]:
    count = func.count()
    counted = {status: func.count().filter(Flight.status == status) for status in STATUSES}
    arrived = func.nullif(counted["on_time"] + counted["delayed"], 0)
    return {
        "count": count,
        **counted,
        "on_time_share": cast(counted["on_time"], Float) / func.nullif(count, 0),
        "mean_delay": cast(func.sum(Flight.arr_delay), Float) / arrived,
    }


def entry_of(body: bytes, fresh_for: int = DAY, stale_for: int = DAY, age: float = 0) -> Entry:
    """Return the entry that a response cache keeps of the report; `age` is in seconds."""
    return Entry(
        etag=etag_of(body),
        last_modified=None,
        headers=(("Cache-Control", f"public, max-age={fresh_for}, stale-while-revalidate={stale_for}"),),
        content_headers=(("Content-Type", JSON),),
        tags=(),
        versions=(),
        fresh_for=fresh_for,
        stale_for=stale_for,
        stored_at=time.time() - age,
        bodies={IDENTITY: body},
    )


def get_or_build(
    cache: ResponseCache, key: str, build: Callable[[], Entry], timing: Timing, tags: tuple[str, ...] = ()
) -> tuple[Entry, str]:
    """Return the entry, and how it was found (see ResponseCache.look_up)."""
    with cache.look_up(key, tags, timing) as found:
        if found.entry is None:
            found.store(build())
    return found.result(), found.how


class Computations:
    """Computes one report for each thread that asks, and counts the work. A Run belongs to one thread."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._lock = Lock()
        self._made: list[Run] = []

    def entry(self) -> Entry:
        """Compute the report."""
        own = Run(self._run.bench, self._run.head, self._run.number)
        body = compute(own, own.number)
        with self._lock:
            self._made.append(own)
        return entry_of(body)

    def told(self, body: bytes) -> Answer:
        """Answer with the report, the number of computations, and the database work of all of them."""
        self._run.facts["computations"] = len(self._made)
        self._run.add(self._made)
        return self._run.bytes(body)
