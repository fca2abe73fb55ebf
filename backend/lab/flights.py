"""A list that many experiments ask for: 200 flights of one day at one airport, as a page shows them."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_roundtrip.compression import compress, negotiated
from flask_roundtrip.database import Database, Row
from flask_roundtrip.fields import Selection, leaves_of, selection
from flask_roundtrip.pagination import page
from flask_roundtrip.query_plan import Ask
from flask_roundtrip.serialization import encode
from flask_roundtrip.wire import IDENTITY, Answer

from roundtrip.resources.flights.model import Flight
from roundtrip.resources.flights.queries import FILTERS, SORTS
from roundtrip.resources.flights.schema import FlightSchema

from .questions import day
from .run import Run

ROWS = 200
SHOWN = selection(("airline.name", "arr_delay", "dep_delay", "dest", "flight", "id", "origin", "sched_dep", "status"))
EVERYTHING = selection(leaves_of(FlightSchema))


class Rewritten(Database):
    """The product's database and its plans. It changes the text of each statement before the statement runs."""

    def __init__(self, database: Database, rewrite: Callable[[str], str]) -> None:
        super().__init__(database.engine)
        self.compiled = database.compiled
        self._rewrite = rewrite

    def fetch(self, sql: str, arguments: Any, client: str = "") -> Sequence[Row]:
        """Run one statement with its changed text."""
        return super().fetch(self._rewrite(sql), arguments, client)


def read(run: Run, chosen: Selection = SHOWN, database: Database | None = None) -> dict[str, Any]:
    """Return the list as the product reads it, without the cursor of its next page."""
    arguments = {**day(run.number), "limit": ROWS, "sort": "departure"}
    return page_of_flights(run.ask(FlightSchema, chosen, arguments, database))


def page_of_flights(ask: Ask) -> dict[str, Any]:
    """Return a page of flights, without the cursor of the next one."""
    return {"items": page(Flight, ask, filters=FILTERS, sorts=SORTS).value["items"]}


def encoded(run: Run, value: Any, media_type: str) -> Answer:
    """Encode and compress a value as the product does for this client."""
    with run.timing.span("serialize"):
        body = encode(value, media_type)
    coding = negotiated(run.head.accept_encoding)
    if coding != IDENTITY:
        with run.timing.span("compress"):
            body = compress(body, coding)
    return run.bytes(body, media_type, coding)


def narrowed(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return only the fields in SHOWN of each flight."""
    own, nested = SHOWN.own, SHOWN.nested
    return [
        {
            **{name: item[name] for name in own},
            **{name: {field: item[name][field] for field in inner.own} for name, inner in nested.items()},
        }
        for item in items
    ]
