"""N+1: one statement for the list and three for each of its rows, against one statement with joins."""

from typing import Any

from flask_roundtrip.fields import Selection, selection
from flask_roundtrip.query_plan import one
from flask_roundtrip.wire import Answer, Problem
from marshmallow import Schema

from roundtrip.resources.airlines.model import Airline
from roundtrip.resources.airlines.schema import AirlineSchema
from roundtrip.resources.airports.model import Airport
from roundtrip.resources.airports.schema import AirportSchema
from roundtrip.resources.flights.schema import FlightSchema
from roundtrip.resources.planes.model import Plane
from roundtrip.resources.planes.schema import PlaneSchema

from .. import take_away
from ..experiment import Experiment, Side
from ..files import package
from ..flights import page_of_flights
from ..questions import day
from ..run import Run

ROWS = 50
NAME = selection(("name",))
TYPE = selection(("manufacturer", "model"))
JOINED = selection(
    ("airline.name", "dest", "dest_airport.name", "flight", "id", "plane.manufacturer", "plane.model", "sched_dep")
)
KEYS = selection(("carrier", "dest", "flight", "id", "sched_dep", "tailnum"))


def one_for_each_row(run: Run) -> Answer:
    """Read the list, then for each flight its airline, its airport and its plane."""
    found = _list(run, KEYS)
    for item in found["items"]:
        item["airline"] = _one(run, Airline, {"carrier": item.pop("carrier")}, AirlineSchema, NAME)
        item["dest_airport"] = _one(run, Airport, {"faa": item["dest"]}, AirportSchema, NAME)
        item["plane"] = _one(run, Plane, {"tailnum": item.pop("tailnum")}, PlaneSchema, TYPE)
    return run.json(found)


def one_with_joins(run: Run) -> Answer:
    """Read the list and its relations in one statement. The fields that the client asks for decide the joins."""
    return run.json(_list(run, JOINED))


def _list(run: Run, chosen: Selection) -> dict[str, Any]:
    return page_of_flights(run.ask(FlightSchema, chosen, {**day(run.number), "limit": ROWS, "sort": "departure"}))


def _one(run: Run, model: Any, key: dict[str, Any], schema: type[Schema], chosen: Selection) -> Any:
    """Return the airline, airport or plane of a row, or None if the data set has none."""
    if None in key.values():
        return None
    try:
        return one(model, run.ask(schema, chosen, key), *key).value
    except Problem as problem:
        if problem.status != 404:
            raise
        return None  # the data set lacks this airport or plane


EXPERIMENT = Experiment(
    title="One statement for each row",
    chapter="Database",
    shows=(
        "Fifty flights with the names of their airlines, airports and planes. Row by row that is 151 statements. "
        "With joins it is one."
    ),
    technique=(package("query_plan.py"),),
    sides=(
        Side(
            "row_by_row",
            "N+1 statements",
            "Reads the list. Then it reads the airline, the airport and the plane of each flight.",
            (
                "browser -> server: flights",
                "server -> database: 50 flights",
                "server -> database: an airline, an airport, a plane ×50",
                "server -> browser: flights",
            ),
            one_for_each_row,
        ),
        Side(
            "joined",
            "One statement",
            "Reads the list and all its relations at once.",
            (
                "browser -> server: flights",
                "server -> database: 50 flights with airline, airport, plane",
                "server -> browser: flights",
            ),
            one_with_joins,
        ),
    ),
    explanation=(
        (
            "One statement reads a list. Then a template, a serializer or a loop uses flight.airline, and the ORM "
            "fetches that one airline: one more statement for each row. No statement is slow, but there are many."
        ),
        (
            "The cure is to name the needed relations before. In the product, the fields that the client asks for "
            "become the joins of one statement."
        ),
        (
            "SQLite runs inside the server, so a statement costs only tens of microseconds. With a database on a "
            "network, each statement also waits for a round trip."
        ),
    ),
    lesson="Let the fields that the client asks for decide the joins.",
    take_away=(take_away.QUERY_PLAN,),
    does_not_pay="Where few rows need the related rows, or where the same few related rows are in memory already.",
)
