"""The columns that are asked for, against all of the flight and all that it joins, narrowed in Python."""

from flask_roundtrip.wire import Answer

from .. import take_away
from ..experiment import Experiment, Side
from ..files import package
from ..flights import EVERYTHING, narrowed, read
from ..run import Run


def all_columns(run: Run) -> Answer:
    """Read everything there is to know of each flight, then keep what was asked for."""
    items = read(run, EVERYTHING)["items"]
    with run.timing.span("serialize"):
        kept = narrowed(items)
    return run.json({"items": kept})


def asked_columns(run: Run) -> Answer:
    """Read what was asked for."""
    return run.json(read(run))


EXPERIMENT = Experiment(
    title="Only the columns asked for",
    chapter="Database",
    shows="200 flights with nine fields each. One side reads all 56 fields of the flight, its airline, plane, "
    "airports and weather and throws most of them away; the other reads nine.",
    technique=(
        package("query_plan.py"),
        package("fields.py"),
    ),
    sides=(
        Side(
            "all",
            "All columns",
            "Joins all that belongs to a flight, makes objects of it, and keeps nine fields.",
            (
                "browser -> server: flights, nine fields",
                "server -> database: 56 columns from five tables",
                "server -> browser: nine fields",
            ),
            all_columns,
        ),
        Side(
            "asked",
            "The columns asked for",
            "Makes the statement from the fields that the client named.",
            (
                "browser -> server: flights, nine fields",
                "server -> database: nine columns from two tables",
                "server -> browser: nine fields",
            ),
            asked_columns,
        ),
    ),
    explanation=(
        "SELECT * is easy to write, and so is an ORM object with all its relations. The database then looks up a "
        "plane, two airports and an hour of weather for each flight, and Python makes an object of every value, even "
        "of those that nobody will see.",
        "Here the client names the fields that it shows. The names decide the columns and the joins of the "
        "statement, so that a table that is not needed is not touched.",
        "Both sides send the same bytes: all that is saved is work in the database and in Python.",
    ),
    lesson="Let the client say what it needs, and carry that down to the columns and joins.",
    take_away=(take_away.QUERY_PLAN,),
    does_not_pay="For a single row, or a table with few and short columns and no joins. And where many clients ask "
    "for different fields, each wish is an answer of its own in a cache.",
)
