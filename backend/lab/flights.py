"""The list that many experiments ask for: 200 flights of one day at one airport, as a page shows them."""

from collections.abc import Callable
from typing import Any

from roundtrip.http import Answer
from roundtrip.techniques.compression import IDENTITY, compress, negotiated
from roundtrip.techniques.fields import Selection, leaves_of
from roundtrip.techniques.query_plan import Database, Row
from roundtrip.techniques.serialization import encode

from roundtrip.resources.flights.queries import page
from roundtrip.resources.flights.schema import FlightSchema

from .questions import day
from .run import Run

ROWS = 200
SHOWN = Selection(("airline.name", "arr_delay", "dep_delay", "dest", "flight", "id", "origin", "sched_dep", "status"))
EVERYTHING = Selection(tuple(sorted(leaves_of(FlightSchema))))


class Rewritten(Database):
    """The product's database and its plans, with the text of each statement changed before it runs."""

    def __init__(self, database: Database, rewrite: Callable[[str], str]) -> None:
        super().__init__(database.engine)
        self.plan = database.plan
        self._rewrite = rewrite

    def fetch(self, sql: str, arguments: Any) -> list[Row]:
        """Run one statement, changed."""
        return list(super().fetch(self._rewrite(sql), arguments))


def read(run: Run, selection: Selection = SHOWN, database: Database | None = None) -> dict[str, Any]:
    """Return the list as the product reads it, without the cursor of its next page."""
    arguments = {**day(run.number), "limit": ROWS, "sort": "departure"}
    return {"items": page.read(run.reader(database), arguments, selection, "").value["items"]}


def encoded(run: Run, value: Any, media_type: str) -> Answer:
    """Answer with a value, encoded and compressed as the product does for this client."""
    with run.timing.span("serialize"):
        body = encode(value, media_type)
    coding = negotiated(run.head.accept_encoding)
    if coding != IDENTITY:
        with run.timing.span("compress"):
            body = compress(body, coding)
    return run.bytes(body, media_type, coding)


def narrowed(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return of each flight only what SHOWN names."""
    own, nested = SHOWN.own, SHOWN.nested
    return [
        {
            **{name: item[name] for name in own},
            **{name: {field: item[name][field] for field in inner.own} for name, inner in nested.items()},
        }
        for item in items
    ]
