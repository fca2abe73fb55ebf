"""A report computed from the flights, from a covering index, and from the summary table."""

import atexit
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from flask_roundtrip.database import Database
from flask_roundtrip.fields import Selection, selection
from flask_roundtrip.wire import Answer
from sqlalchemy import create_engine

from roundtrip.resources.delays.queries import report
from roundtrip.resources.delays.schema import DelaySchema

from ..experiment import Experiment, Side
from ..flights import Rewritten
from ..questions import ORIGINS
from ..reports import added_up
from ..run import Run
from .index import not_indexed

BY = ("carrier", "month", "carrier,month", "dest")
MEASURED = ("cancelled", "count", "delayed", "diverted", "mean_delay", "on_time", "on_time_share")
COLUMNS = ("origin", "sched_dep", "carrier", "dest", "status", "arr_delay")  # all that these reports read
_copies: list[Database] = []


def make_copy(bench: Any) -> None:
    """Copy the columns that the reports read into a file of their own, with an index on all of them.

    The file is removed when the server ends.
    """
    folder = Path(mkdtemp(prefix="roundtrip-lab-"))
    copy = Database(create_engine(f"sqlite:///{folder / 'flights.sqlite3'}"))
    names = ", ".join(COLUMNS)
    source, target = bench.engine.raw_connection(), copy.engine.raw_connection()
    try:
        rows = source.cursor()
        rows.execute(f"SELECT {names} FROM flights ORDER BY id")  # noqa: S608  # our own names
        cursor = target.cursor()
        cursor.execute(f"CREATE TABLE flights ({names})")
        cursor.executemany(f"INSERT INTO flights VALUES ({', '.join('?' * len(COLUMNS))})", rows)  # noqa: S608 - question marks
        cursor.execute(f"CREATE INDEX covering ON flights ({names})")
        cursor.execute("ANALYZE")
        target.commit()
    finally:
        source.close()
        target.close()
    atexit.register(_remove, copy, folder)
    _copies[:] = [copy]


def _remove(copy: Database, folder: Path) -> None:
    copy.engine.dispose()
    shutil.rmtree(folder, ignore_errors=True)


def from_all_flights(run: Run) -> Answer:
    """Look at every flight and add up those that match."""
    return _from_copy(run, Rewritten(_copies[0], not_indexed))


def from_covering_index(run: Run) -> Answer:
    """Add up the flights of the airport, from an index that holds all columns that are needed."""
    return _from_copy(run, _copies[0])


def from_summary(run: Run) -> Answer:
    """Add up what was added up when the data was loaded."""
    by = BY[run.number % len(BY)]
    return run.json(report(run.ask(DelaySchema, _selection(by), {**_filters(run), "by": by})).value)


def _from_copy(run: Run, database: Database) -> Answer:
    by = BY[run.number % len(BY)]
    ask = run.ask(DelaySchema, _selection(by), _filters(run), database)
    return run.json(added_up(ask, tuple(by.split(","))))


def _selection(by: str) -> Selection:
    return selection((*by.split(","), *MEASURED))


def _filters(run: Run) -> dict[str, str]:
    return {"origin": ORIGINS[run.number % len(ORIGINS)]}


EXPERIMENT = Experiment(
    title="Added up beforehand",
    chapter="Database",
    shows="How late the flights of an airport were, by carrier, month or destination. The same numbers come from all "
    "flights, from an index, and from a table that holds them added up.",
    technique=(
        "backend/roundtrip/resources/delays/model.py",
        "backend/roundtrip/resources/delays/queries.py",
    ),
    sides=(
        Side(
            "scan",
            "From the flights",
            "Looks at all 336,776 flights and adds up those of the airport.",
            (
                "browser -> server: delays",
                "server -> database: 336,776 flights added up",
                "server -> browser: delays",
            ),
            from_all_flights,
        ),
        Side(
            "covering",
            "From a covering index",
            "Adds up only the flights of the airport, and never opens the table.",
            (
                "browser -> server: delays",
                "server -> database: about 110,000 entries of an index added up",
                "server -> browser: delays",
            ),
            from_covering_index,
        ),
        Side(
            "summary",
            "From the summary table",
            "Adds up the rows that the loader made, one for many flights.",
            (
                "browser -> server: delays",
                "server -> database: a few hundred or thousand rows of the summary added up",
                "server -> browser: delays",
            ),
            from_summary,
        ),
    ),
    explanation=(
        "A report reads many rows to answer a few. An index that holds every column it needs (a covering index) "
        "makes that shorter: only the part of the index for this airport is read, and the table not at all. But it "
        "still grows with the flights.",
        "A summary table holds counts and sums for each year and month, and some for each day, made once when the "
        "data is loaded: one for each carrier and origin, one for each destination too. Counts and sums add up, so "
        "that any report over these dimensions comes from a few thousand rows at most, and is exact.",
        "The first two sides read a copy of the columns that are needed, which is kind to them: the table of all "
        "columns is larger.",
    ),
    lesson="Where the data changes seldom and the questions are known, add up beforehand.",
    instead="Take a table of your database that your loader, or a materialized view, fills with counts and sums.",
    does_not_pay="Where the data changes all the time: each write has to keep the summary right. And it answers only "
    "the dimensions that were thought of; for others the flights are read after all.",
    heavy=True,
    prepare=make_copy,
)
