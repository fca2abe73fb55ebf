"""A list without its index: the same statement, but SQLite may not use an index of the flights."""

from flask_roundtrip.wire import Answer

from ..experiment import Experiment, Side
from ..files import package
from ..flights import Rewritten, read
from ..run import Run
from ..workbench import SQLITE


def without_index(run: Run) -> Answer:
    """Read the list without an index."""
    return run.json(read(run, database=Rewritten(run.bench.database, not_indexed)))


def with_index(run: Run) -> Answer:
    """Read the list by the index on the time."""
    return run.json(read(run))


def not_indexed(sql: str) -> str:
    """Forbid SQLite to use an index of the flights."""
    return sql.replace("FROM flights", "FROM flights NOT INDEXED", 1)


EXPERIMENT = Experiment(
    title="An index",
    chapter="Database",
    shows=(
        "The first 200 flights of one day from one airport, out of 336,776. Both sides run the same statement, but "
        "on one side the database may not use its index."
    ),
    technique=(
        "backend/roundtrip/resources/flights/model.py",
        package("query_plan.py"),
    ),
    sides=(
        Side(
            "scan",
            "Without the index",
            "Reads every flight of the year, keeps the flights that match, and sorts them.",
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
            "Goes to the first flight of that day in the index, and reads on from there.",
            (
                "browser -> server: flights of a day",
                "server -> database: 200 flights, in their order already",
                "server -> browser: 200 flights",
            ),
            with_index,
        ),
    ),
    explanation=(
        (
            "Without an index a database looks at all rows to find those that match. This takes longer with each new "
            "row, even if few rows match."
        ),
        (
            "An index is a sorted copy of a few columns, with a pointer to each row. The index used here begins with "
            "the time of departure, and holds the airport too. In it all flights of one day stand side by side, in "
            "order. The database reads only these, skips those of other airports, and sorts nothing."
        ),
        "SQLite's EXPLAIN QUERY PLAN tells the difference: SCAN flights, or SEARCH flights USING INDEX.",
    ),
    lesson="Make an index that has each list's rows side by side and in order.",
    instead="Take CREATE INDEX of your database; in SQLAlchemy it is Index, beside the model.",
    does_not_pay=(
        "For small tables, and for questions that most rows match. Each index also makes writes slower and the file "
        "larger."
    ),
    heavy=True,
)
