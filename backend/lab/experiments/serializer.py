"""Four ways from the same rows to the same JSON."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from flask_roundtrip.database import Row
from flask_roundtrip.fields import Selection, selection
from flask_roundtrip.query_plan import Plan, columns_of
from flask_roundtrip.serialization import encode
from flask_roundtrip.wire import JSON, Answer
from pydantic import BaseModel
from sqlalchemy import Engine, bindparam

from roundtrip.resources.flights.model import Flight
from roundtrip.resources.flights.queries import FILTERS
from roundtrip.resources.flights.schema import FlightSchema

from .. import take_away
from ..experiment import Experiment, Side
from ..files import package
from ..questions import day
from ..run import Run

ROWS = 200
# No times: SQLite returns text and PostgreSQL an object, so their cost would depend on the database.
FIELDS = selection(("airline.name", "arr_delay", "carrier", "dep_delay", "dest", "flight", "id", "origin", "status"))
SCHEMA = FlightSchema(only=FIELDS.names, many=True)


class AirlineModel(BaseModel):
    """An airline, for Pydantic."""

    name: str


class FlightModel(BaseModel):
    """A flight, for Pydantic."""

    airline: AirlineModel
    arr_delay: int | None
    carrier: str
    dep_delay: int | None
    dest: str
    flight: int
    id: int
    origin: str
    status: str


class ListModel(BaseModel):
    """The list, for Pydantic."""

    items: list[FlightModel]


def by_marshmallow(run: Run) -> Answer:
    """marshmallow's dump, then the json module of the standard library."""
    return _answer(run, lambda rows, plan: _json({"items": SCHEMA.dump(_dicts(rows))}))


def by_pydantic(run: Run) -> Answer:
    """Pydantic makes and validates a model of each row, and writes the models as JSON."""
    return _answer(run, lambda rows, plan: ListModel(items=[_model(row) for row in rows]).model_dump_json().encode())


def by_dicts(run: Run) -> Answer:
    """A dictionary for each row, then the json module of the standard library."""
    return _answer(run, lambda rows, plan: _json({"items": _dicts(rows)}))


def by_compiled_plan(run: Run) -> Answer:
    """The product's way: the plan's compiled expression, then orjson."""
    return _answer(run, lambda rows, plan: encode({"items": plan.items(rows)}, JSON))


def _answer(run: Run, serialize: Callable[[Sequence[Row], Plan], bytes]) -> Answer:
    """Read the rows in the same way for every side, and let the serializer make the body."""
    ask = run.ask(FlightSchema, FIELDS, {**day(run.number), "rows": ROWS})
    plan: Plan = ask.database.compiled(_compile, FIELDS)
    rows = plan.rows(ask, ask.arguments)
    with run.timing.span("serialize"):
        body = serialize(rows, plan)
    return run.bytes(body)


def _json(value: Any) -> bytes:
    """Encode with the standard library, without spaces, so that all sides send the same bytes."""
    return json.dumps(value, separators=(",", ":")).encode()


def _compile(engine: Engine, chosen: Selection) -> Plan:
    statement, shape, _ = columns_of(Flight, FlightSchema, chosen, (), engine.dialect)
    statement = statement.where(*(FILTERS[name]() for name in ("origin", "from", "before")))
    return Plan(engine, statement.order_by(Flight.sched_dep, Flight.id).limit(bindparam("rows")), shape, ())


def _dicts(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Name the values of each row. They stand in the order of FIELDS, the nested fields last."""
    return [
        {
            "arr_delay": row[0],
            "carrier": row[1],
            "dep_delay": row[2],
            "dest": row[3],
            "flight": row[4],
            "id": row[5],
            "origin": row[6],
            "status": row[7],
            "airline": {"name": row[8]},
        }
        for row in rows
    ]


def _model(row: Row) -> FlightModel:
    return FlightModel(
        arr_delay=row[0],
        carrier=row[1],
        dep_delay=row[2],
        dest=row[3],
        flight=row[4],
        id=row[5],
        origin=row[6],
        status=row[7],
        airline=AirlineModel(name=row[8]),
    )


def _pattern(work: str) -> tuple[str, ...]:
    return (
        "browser -> server: flights",
        "server -> database: 200 flights",
        f"server -> server: {work}",
        "server -> browser: JSON",
    )


EXPERIMENT = Experiment(
    title="From rows to JSON",
    chapter="Serialization and payload",
    shows=(
        "200 flights of nine fields. All sides read the same rows and answer with the same JSON. Only the code "
        "between rows and bytes differs."
    ),
    technique=(package("serialization.py"),),
    sides=(
        Side(
            "marshmallow",
            "marshmallow and json",
            "Calls a field object for each value, then encodes with the standard library.",
            _pattern("a method call for each value"),
            by_marshmallow,
        ),
        Side(
            "pydantic",
            "Pydantic models",
            "Makes a validated model of each row, then writes the models as JSON in Rust.",
            _pattern("a validated model for each row"),
            by_pydantic,
        ),
        Side(
            "dicts",
            "Dictionaries and json",
            "Makes a dictionary of each row, then encodes with the standard library.",
            _pattern("a dictionary for each row"),
            by_dicts,
        ),
        Side(
            "compiled",
            "Compiled plan and orjson",
            "Makes the dictionaries in one compiled expression, then encodes them in Rust.",
            _pattern("one compiled expression"),
            by_compiled_plan,
        ),
    ),
    explanation=(
        (
            "A serializer is general. For every value it finds the field, fetches the value, and converts it. For "
            "200 flights of nine fields it does this 1,800 times, and in Python each time costs about a microsecond."
        ),
        (
            "The product decides this once for each selection of fields. It writes the source of one expression, "
            "Python compiles it, and the server runs it over the rows. orjson, which is native code, makes the "
            "bytes. marshmallow still defines the fields, and a test keeps the compiled answer equal to "
            "marshmallow's dump."
        ),
        (
            "Pydantic also validates each value; the others do not. Validation is worth its time for data from "
            "outside, but less for the rows of your own database."
        ),
    ),
    lesson="Decide once how an answer looks. Then only copy values for each row.",
    take_away=(take_away.SERIALIZATION,),
    does_not_pay=(
        "For answers of a few rows, and for values that need a conversion or a check one by one. The difference "
        "counts only if the answer is not in a cache already."
    ),
)
