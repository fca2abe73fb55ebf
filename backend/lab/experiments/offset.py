"""OFFSET against a keyset, deep in the list of all flights."""

from typing import Any

from flask_roundtrip.wire import Answer

from roundtrip.resources.flights.schema import FlightSchema

from .. import take_away
from ..experiment import Experiment, Side
from ..files import package
from ..flights import SHOWN, Rewritten, page_of_flights
from ..run import Run
from ..workbench import SQLITE

ROWS = 50
FIRST, LAST, STEP = 300_000, 330_000, 100
AT_ROWS = range(FIRST, LAST, STEP)  # where the pages begin
_AROUND = "SELECT sched_dep, id FROM flights ORDER BY sched_dep, id LIMIT {limit} OFFSET {offset}"
_last_seen: list[tuple[Any, ...]] = []  # the row before each page: its time and its id


def find_positions(bench: Any) -> None:
    """Find the row before each page. A reader who turns the pages one by one has seen it."""
    rows = bench.database.fetch(_AROUND.format(limit=LAST - FIRST, offset=FIRST - 1), ())
    _last_seen[:] = [tuple(row) for row in rows[::STEP]]


def with_offset(run: Run) -> Answer:
    """Read the page by OFFSET: the database counts all rows before it."""
    row = AT_ROWS[run.number % len(AT_ROWS)]
    return _page(run, {}, Rewritten(run.bench.database, lambda sql: skipping(sql, row)))


def with_keyset(run: Run) -> Answer:
    """Read on in the index, after the last row of the page before."""
    cursor = run.bench.cursors.make("", _last_seen[run.number % len(AT_ROWS)])
    return _page(run, {"after": cursor})


def skipping(sql: str, rows: int) -> str:
    """Return the statement with a larger OFFSET. SQLAlchemy ends the statement with an OFFSET of 0."""
    return f"{sql} + {rows}"


def _page(run: Run, where: dict[str, Any], database: Rewritten | None = None) -> Answer:
    arguments = {**where, "limit": ROWS, "sort": "departure"}
    return run.json(page_of_flights(run.ask(FlightSchema, SHOWN, arguments, database)))


EXPERIMENT = Experiment(
    title="Deep pages",
    chapter="Database",
    shows=(
        "Page 6,000 and later in the list of all flights, with 50 flights on each page. OFFSET counts all rows "
        "before the page. A keyset cursor goes on after the last row seen."
    ),
    technique=(package("pagination.py"),),
    sides=(
        Side(
            "offset",
            "OFFSET",
            "Reads 300,000 rows or more, drops them, then reads 50.",
            (
                "browser -> server: page 6,000",
                "server -> database: 300,000 rows read and thrown away, 50 returned",
                "server -> browser: 50 flights",
            ),
            with_offset,
            needs=SQLITE,
        ),
        Side(
            "keyset",
            "Keyset",
            "Goes to the last row seen in the index, and reads 50 from there.",
            (
                "browser -> server: flights after a cursor",
                "server -> database: 50 rows read and returned",
                "server -> browser: 50 flights",
            ),
            with_keyset,
        ),
    ),
    explanation=(
        (
            "OFFSET 300000 does not jump. The database walks past 300,000 rows to find the next one, so each page "
            "costs more than the page before. SQLite even looks up the airline of each row that it drops. Without "
            "that join the walk takes about a tenth of the time, and still grows with the page."
        ),
        (
            "A keyset cursor holds the sort values of the last row seen: its time and its id. The statement asks for "
            "the rows after these values, and the index leads there directly. So page 6,000 costs as much as page 1."
        ),
        (
            "A keyset is also correct when the data changes. OFFSET repeats or misses rows if rows before the page "
            "are added or removed."
        ),
    ),
    lesson="Page by the last row seen, in the order of an index whose last column is unique.",
    take_away=(take_away.KEYSET,),
    does_not_pay=(
        "For lists of a few pages. And a keyset cannot jump to page 6,000: a reader must have seen page 5,999, or "
        "the list needs a filter that leads there."
    ),
    heavy=True,
    prepare=find_positions,
)
