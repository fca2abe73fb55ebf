"""A report computed from the flights, from a covering index, or from a summary table."""

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
COLUMNS = ("origin", "month", "carrier", "dest", "status", "arr_delay")  # all that these reports read
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
    """Look at every flight, and add up those of the airport."""
    return _from_copy(run, Rewritten(_copies[0], not_indexed))


def from_covering_index(run: Run) -> Answer:
    """Add up the flights of the airport, from an index that holds all needed columns."""
    return _from_copy(run, _copies[0])


def from_summary(run: Run) -> Answer:
    """Add up rows that the loader added up before."""
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
    shows=(
        "The delays of an airport's flights, by carrier, month or destination. The same numbers come from all "
        "flights, from an index, or from a table that holds sums."
    ),
    technique=(
        "backend/roundtrip/resources/delays/model.py",
        "backend/roundtrip/resources/delays/queries.py",
    ),
    sides=(
        Side(
            "scan",
            "From the flights",
            "Looks at all 336,776 flights, and adds up those of the airport.",
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
            "Adds up rows that the loader made. Each stands for many flights.",
            (
                "browser -> server: delays",
                "server -> database: about 240 to 2,750 rows of a summary added up",
                "server -> browser: delays",
            ),
            from_summary,
        ),
    ),
    explanation=(
        (
            "A report reads many rows and answers with few. A covering index holds every column that the report "
            "needs. The database then reads only the part of the index for this airport, and does not open the "
            "table. But the time still grows with the number of flights."
        ),
        (
            "A summary table holds counts and sums for each year, month and day, by carrier, origin, destination, "
            "weekday or hour. The loader makes the summaries once, when it loads the data. Counts and sums add up, "
            "so each of these reports comes from fewer than 3,000 rows, and is exact."
        ),
        (
            "The first two sides read a copy that has only the needed columns. This makes them faster than they "
            "would be: the table with all columns is larger."
        ),
    ),
    lesson="Where the data changes seldom and you know the questions, add up before anybody asks.",
    instead="Take a table of your database that your loader, or a materialized view, fills with counts and sums.",
    does_not_pay=(
        "Where the data changes all the time: each write must keep the summary right. A summary also answers only "
        "over its own dimensions; for others the database reads the flights."
    ),
    heavy=True,
    prepare=make_copy,
)
