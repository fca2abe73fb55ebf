"""A report computed from the flights, from a covering index, and from the summary table."""

import atexit
import shutil
from collections.abc import Callable, Hashable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from sqlalchemy import create_engine

from roundtrip.http import Answer
from roundtrip.resources.delays.queries import report
from roundtrip.resources.flights.model import Flight
from roundtrip.techniques.fields import Selection
from roundtrip.techniques.query_plan import Built, Database, Plan

from ..experiment import Experiment, Side
from ..flights import Rewritten
from ..questions import ORIGINS
from ..run import Run
from .index import not_indexed

BY = ("carrier", "month", "carrier,month", "dest")
MEASURED = ("cancelled", "count", "delayed", "diverted", "mean_delay", "on_time", "on_time_share")
COLUMNS = ("origin", "sched_dep", "carrier", "dest", "status", "arr_delay")  # all that these reports read
_copies: list[Database] = []


class Copy(Database):
    """A copy of the columns that the reports need, with an index that has them all; every report is from flights."""

    def __init__(self, path: Path) -> None:
        super().__init__(create_engine(f"sqlite:///{path}"))
        planned = self.plan

        def from_flights(build: Callable[..., Built], *shape: Hashable) -> Plan:
            selection, dimensions, given, _summary, kinds, _span = shape
            return planned(build, selection, dimensions, given, Flight, kinds, (("day", 1),))

        self.plan = from_flights


def make_copy(bench: Any) -> None:
    """Copy what is needed into a file of its own, which goes when the server does."""
    folder = Path(mkdtemp(prefix="roundtrip-lab-"))
    copy = Copy(folder / "flights.sqlite3")
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
    return _report(run, Rewritten(_copies[0], not_indexed))


def from_covering_index(run: Run) -> Answer:
    """Add up the flights of the airport, from an index that holds all columns that are needed."""
    return _report(run, _copies[0])


def from_summary(run: Run) -> Answer:
    """Add up what was added up when the data was loaded."""
    return _report(run, None)


def _report(run: Run, database: Database | None) -> Answer:
    by = BY[run.number % len(BY)]
    selection = Selection(tuple(sorted((*by.split(","), *MEASURED))))
    arguments = {"origin": ORIGINS[run.number % len(ORIGINS)], "by": by}
    return run.json(report.read(run.reader(database), arguments, selection, "").value)


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
    does_not_pay="Where the data changes all the time: each write has to keep the summary right. And it answers only "
    "the dimensions that were thought of; for others the flights are read after all.",
    heavy=True,
    prepare=make_copy,
)
