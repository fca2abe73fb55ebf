"""N+1: one statement for the list and three more for each of its rows, against one statement with joins."""

from typing import Any

from roundtrip.errors import Problem
from roundtrip.http import Answer
from roundtrip.reading import Single
from roundtrip.techniques.fields import Selection

from roundtrip.resources.airlines.queries import single as airline
from roundtrip.resources.airports.queries import single as airport
from roundtrip.resources.flights.queries import page
from roundtrip.resources.planes.queries import single as plane

from ..experiment import Experiment, Side
from ..questions import day
from ..run import Run

ROWS = 50
JOINED = Selection(
    ("airline.name", "dest", "dest_airport.name", "flight", "id", "plane.manufacturer", "plane.model", "sched_dep")
)
KEYS = Selection(("carrier", "dest", "flight", "id", "sched_dep", "tailnum"))


def one_for_each_row(run: Run) -> Answer:
    """Read the list, then for each flight its airline, its airport and its plane."""
    items = page.read(run.reader(), _list_of(run), KEYS, "").value["items"]
    for item in items:
        item["airline"] = _one(run, airline, {"carrier": item.pop("carrier")}, Selection(("name",)))
        item["dest_airport"] = _one(run, airport, {"faa": item["dest"]}, Selection(("name",)))
        item["plane"] = _one(run, plane, {"tailnum": item.pop("tailnum")}, Selection(("manufacturer", "model")))
    return run.json({"items": items})


def one_with_joins(run: Run) -> Answer:
    """Read the list and all that belongs to it in one statement, planned from the fields asked for."""
    return run.json({"items": page.read(run.reader(), _list_of(run), JOINED, "").value["items"]})


def _list_of(run: Run) -> dict[str, Any]:
    return {**day(run.number), "limit": ROWS, "sort": "departure"}


def _one(run: Run, question: Single, key: dict[str, Any], selection: Selection) -> Any:
    """Return what belongs to a row, or None where the data set has none."""
    if None in key.values():
        return None
    try:
        return question.read(run.reader(), key, selection, "").value
    except Problem:  # an airport or a plane that is not in the data set
        return None


EXPERIMENT = Experiment(
    title="One statement for each row",
    chapter="Database",
    shows="Fifty flights with the names of their airlines, airports and planes. Asked for row by row that is 151 "
    "statements; with joins it is one.",
    technique=("backend/roundtrip/techniques/query_plan.py",),
    sides=(
        Side(
            "row_by_row",
            "N+1 statements",
            "Reads the list, then for each flight its airline, its airport and its plane.",
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
            "Reads the list and all that belongs to it at once.",
            (
                "browser -> server: flights",
                "server -> database: 50 flights with airline, airport, plane",
                "server -> browser: flights",
            ),
            one_with_joins,
        ),
    ),
    explanation=(
        "A list is read with one statement. Then a template, a serializer or a loop touches flight.airline, and an "
        "ORM fetches that one airline: one more statement for each row. No statement is slow; there are just many.",
        "The cure is to say beforehand what will be needed. Here the fields that the client asks for become the "
        "joins of one statement.",
        "SQLite runs inside the server, so a statement costs only tens of microseconds. Over a network each would "
        "also wait for a round trip to the database.",
    ),
    lesson="Let the fields that are asked for decide the joins.",
    does_not_pay="Where few of the rows need the others, or the same few are needed again and are in memory already.",
)
