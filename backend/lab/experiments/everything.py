"""Everything: the page of a flight as tutorials write it, against the product's answers in one batch."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from functools import lru_cache
from time import perf_counter_ns
from typing import Any, NamedTuple

from flask_roundtrip.wire import Answer, Problem
from marshmallow import Schema
from sqlalchemy import case, event, func, select
from sqlalchemy.orm import Session

from roundtrip.extensions import API
from roundtrip.resources.airlines.model import Airline
from roundtrip.resources.airlines.schema import AirlineSchema
from roundtrip.resources.airports.model import Airport
from roundtrip.resources.airports.schema import AirportSchema
from roundtrip.resources.delays.schema import DelaySchema
from roundtrip.resources.flights.model import Flight
from roundtrip.resources.flights.schema import FlightSchema
from roundtrip.resources.weather.model import Weather
from roundtrip.resources.weather.schema import WeatherSchema

from .. import questions, take_away
from ..experiment import Experiment, Side
from ..files import package
from ..run import Run
from ..workbench import Workbench

# The fields of the page. The product's own page asks for fewer: it reads the weather together with the flight.
ROW = (
    *("id", "carrier", "flight", "origin", "dest", "sched_dep", "dep"),
    *("dep_delay", "arr_delay", "distance", "status"),
)
WHOLE = (
    *(*ROW, "tailnum", "sched_arr", "arr", "air_time", "time_hour"),
    *("airline", "plane", "origin_airport", "dest_airport", "weather"),
)
HOUR = ("local_hour", "temp", "wind_speed", "wind_gust", "precip", "visib")
MONTH = ("month", "count", "cancelled", "on_time_share", "mean_delay")
URLS = 6  # the part that lists the product's URLs of the others


class Known(NamedTuple):
    """The facts about its flight that the page knows before it asks, and sends with each question."""

    id: int
    carrier: str
    flight: int
    origin: str
    sched_dep: datetime


def part(run: Run) -> Answer:
    """Answer one of the six requests (0 to 5) as tutorials write it. Part 6 is the list of the product's URLs."""
    if run.part > URLS:
        raise Problem(404, f"The page has {URLS} parts, from 0, and part {URLS} names the product's.")
    known = known_of(run.bench, run.number)
    if run.part == URLS:
        return run.json({"urls": parts(known)})
    with _session(run) as session:
        value = PARTS[run.part](session, known)
        with run.timing.span("serialize"):
            body = json.dumps(value).encode()
    return run.bytes(body)


@lru_cache(maxsize=64)
def known_of(bench: Workbench, number: int) -> Known:
    """Look up the facts that the page sends, once: part 6 is asked for before the measuring. Raises Problem (404)."""
    query = select(Flight.id, Flight.carrier, Flight.flight, Flight.origin, Flight.sched_dep)
    with bench.database.engine.connect() as connection:
        row = connection.execute(query.where(Flight.id == questions.flight(number))).one_or_none()
    if row is None:
        raise Problem(404, "There is no such flight: the data set has not been loaded in full.")
    return Known(*row)


def parts(known: Known) -> list[str]:
    """Return the product's URLs of the six parts."""
    same = f"carrier={known.carrier}&flight={known.flight}"
    day = known.sched_dep.date().isoformat()
    return [
        f"{API}/flights/{known.id}?fields={_written(WHOLE)}",
        f"{API}/weather?date={day}&fields={_written(HOUR)}&limit=30&origin={known.origin}",
        f"{API}/flights?{same}&fields={_written(ROW)}&limit=12&sort=-departure",
        f"{API}/delays?by=month&{same}&fields={_written(MONTH)}",
        f"{API}/airlines?fields=carrier,name&limit=50",
        f"{API}/airports?fields=faa,name&limit=200&served=true",
    ]


def whole_flight(session: Session, known: Known) -> Any:
    """The flight. marshmallow reads its relations, and the ORM fetches them one after the other."""
    return FlightSchema(only=WHOLE).dump(session.get(Flight, known.id))


def weather_of_the_day(session: Session, known: Known) -> Any:
    """The weather at the origin on that day, hour by hour."""
    begins = datetime.combine(known.sched_dep.date(), time())
    query = (
        select(Weather)
        .where(Weather.origin == known.origin)
        .where(Weather.local_hour >= begins, Weather.local_hour < begins + timedelta(days=1))
        .order_by(Weather.local_hour, Weather.id)
    )
    return _items(WeatherSchema(only=HOUR), session.scalars(query).all())


def same_number(session: Session, known: Known) -> Any:
    """The last flights under the same number."""
    query = (
        select(Flight)
        .where(Flight.carrier == known.carrier, Flight.flight == known.flight)
        .order_by(Flight.sched_dep.desc(), Flight.id.desc())
        .limit(12)
    )
    return _items(FlightSchema(only=ROW), session.scalars(query).all())


def by_month(session: Session, known: Known) -> Any:
    """Delays of the flights with that number, by month."""
    on_time = func.sum(case((Flight.arr_delay < 15, 1), else_=0))
    query = (
        select(
            Flight.month,
            func.count().label("count"),
            func.sum(case((Flight.dep.is_(None), 1), else_=0)).label("cancelled"),
            (on_time * 1.0 / func.count()).label("on_time_share"),
            func.avg(Flight.arr_delay).label("mean_delay"),
        )
        .where(Flight.carrier == known.carrier, Flight.flight == known.flight)
        .group_by(Flight.month)
        .order_by(Flight.month)
    )
    return _items(DelaySchema(only=MONTH), session.execute(query).all())


def all_airlines(session: Session, known: Known) -> Any:
    """All airlines, for names beside codes."""
    return _items(AirlineSchema(), session.scalars(select(Airline).order_by(Airline.carrier)).all())


def served_airports(session: Session, known: Known) -> Any:
    """All airports that flights use, for names beside codes."""
    query = select(Airport).where(Airport.served).order_by(Airport.faa)
    return _items(AirportSchema(only=("faa", "name")), session.scalars(query).all())


PARTS: tuple[Callable[[Session, Known], Any], ...] = (
    whole_flight,
    weather_of_the_day,
    same_number,
    by_month,
    all_airlines,
    served_airports,
)


def _items(schema: Schema, rows: Sequence[Any]) -> dict[str, Any]:
    return {"items": schema.dump(rows, many=True)}


def _written(fields: Sequence[str]) -> str:
    return ",".join(sorted(fields))


@contextmanager
def _session(run: Run) -> Iterator[Session]:
    """Open a session of the ORM for one request, and count its statements, their time and its rows."""
    began = 0

    def begin(*_: object) -> None:
        nonlocal began
        began = perf_counter_ns()

    def end(*_: object) -> None:
        run.timing.statements += 1
        spans = run.timing.spans
        spans["db"] = spans.get("db", 0.0) + (perf_counter_ns() - began) / 1e6

    def row(*_: object) -> None:
        run.rows += 1

    with run.bench.database.engine.connect() as connection, Session(connection) as session:
        event.listen(connection, "before_cursor_execute", begin)
        event.listen(connection, "after_cursor_execute", end)
        event.listen(session, "loaded_as_persistent", row)
        yield session


EXPERIMENT = Experiment(
    title="All of it",
    chapter="Everything",
    shows=(
        "Six answers about one flight. One side asks for them one by one, from code as tutorials write it. The other "
        "asks for all in one batch of the product."
    ),
    technique=(
        package("respond.py"),
        package("batch.py"),
        package("query_plan.py"),
        package("response_cache.py"),
    ),
    sides=(
        Side(
            "all_off",
            "As people first write it",
            "Six requests, one after the other: ORM entities with all columns, marshmallow, json, no cache, no "
            "compression.",
            (
                "browser -> server: the flight",
                "server -> database: flight, airline, plane, airports, weather ×6",
                "server -> browser: the flight",
                "browser -> server: the other five, one by one ×5",
                "server -> database: what is asked ×5",
                "server -> browser: each answer ×5",
            ),
            part,
        ),
        Side(
            "all_on",
            "The product",
            "One batch of the same six questions, each with its fields. The server's cache already has the answers.",
            (
                "browser -> server: one batch of six",
                "server -> cache: the answer's bytes ×6",
                "server -> browser: six answers, each as it is done",
            ),
        ),
    ),
    explanation=(
        (
            "Each technique of this Lab saves something else: a round trip, a statement, a column, an encoding, a "
            "wait. This experiment uses all of them together."
        ),
        (
            "The slow side is not bad on purpose. It is code as tutorials show it: an entity of the ORM, a schema's "
            "dump, and a request for each thing at the moment when the page needs it. On one machine it works well. "
            "With 100 milliseconds between browser and server, six requests in a row wait more than half a second."
        ),
        (
            "The product's side is measured as most readers meet it: somebody has asked the same before, and its six "
            "answers are in the server's cache. The first reader of a flight waits for one statement for each "
            "missing answer."
        ),
        (
            "Both sides give the same values. The product's lists also have a cursor for the next page (`next`), and "
            "the comparison leaves it out."
        ),
    ),
    lesson="Save the round trips first. They cost more than all the work of the server.",
    take_away=(take_away.EVERYTHING, take_away.CLIENT_BATCH),
    does_not_pay=(
        "For a page with one question and few users near the server. There nobody notices a difference, and the "
        "simple code is easier to understand."
    ),
    network="100 ms",
)
