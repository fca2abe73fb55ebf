"""An index taken away: the same statement, with the planner forbidden to use one for the flights."""

from flask_roundtrip.wire import Answer

from ..experiment import Experiment, Side
from ..files import package
from ..flights import Rewritten, read
from ..run import Run
from ..workbench import SQLITE


def without_index(run: Run) -> Answer:
    """Read the list from a table that has no index, as far as the planner knows."""
    return run.json(read(run, database=Rewritten(run.bench.database, not_indexed)))


def with_index(run: Run) -> Answer:
    """Read the list from the index on the airport and the time."""
    return run.json(read(run))


def not_indexed(sql: str) -> str:
    """Forbid SQLite to use an index of the flights."""
    return sql.replace("FROM flights", "FROM flights NOT INDEXED", 1)


EXPERIMENT = Experiment(
    title="An index",
    chapter="Database",
    shows="The first 200 flights of one day from one airport, out of 336,776. The statement is the same on both "
    "sides, but on one the database may not use its index.",
    technique=(
        "backend/roundtrip/resources/flights/model.py",
        package("query_plan.py"),
    ),
    sides=(
        Side(
            "scan",
            "Without the index",
            "Reads every flight of the year, keeps those that match, and sorts them.",
            (
                "browser -> server: flights of a day",
                "server -> database: all 336,776 flights looked at, then sorted",
                "server -> browser: 200 flights",
            ),
            without_index,
            needs=SQLITE,
        ),
        Side(
            "seek",
            "With the index",
            "Goes straight to the first flight of that day and reads on from there.",
            (
                "browser -> server: flights of a day",
                "server -> database: 200 flights, in their order already",
                "server -> browser: 200 flights",
            ),
            with_index,
        ),
    ),
    explanation=(
        "Without an index a database finds the rows that match by looking at all of them. That takes longer with "
        "every row added, however few of them match.",
        "An index is a sorted copy of a few columns, with a pointer to the row. In one on (origin, sched_dep, id) "
        "all flights of a day from an airport stand side by side and in order: nothing else is read, and nothing is "
        "sorted.",
        "SQLite's EXPLAIN QUERY PLAN says which it does: SCAN flights, or SEARCH flights USING INDEX.",
    ),
    lesson="For each list, make an index that begins with the columns of its filter and goes on with those of its "
    "order.",
    instead="Take CREATE INDEX of your database; in SQLAlchemy it is Index, beside the model.",
    does_not_pay="For small tables, and for questions that most rows match. Each index also makes writes slower and "
    "the file larger.",
    heavy=True,
)
