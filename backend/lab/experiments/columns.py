"""The columns that the client asks for, against all columns of the flight and of five joined tables."""

from flask_roundtrip.wire import Answer

from .. import take_away
from ..experiment import Experiment, Side
from ..files import package
from ..flights import EVERYTHING, narrowed, read
from ..run import Run


def all_columns(run: Run) -> Answer:
    """Read all 56 fields of each flight, then keep nine in Python."""
    items = read(run, EVERYTHING)["items"]
    with run.timing.span("serialize"):
        kept = narrowed(items)
    return run.json({"items": kept})


def asked_columns(run: Run) -> Answer:
    """Read nine fields."""
    return run.json(read(run))


EXPERIMENT = Experiment(
    title="Only the columns asked for",
    chapter="Database",
    shows=(
        "200 flights with nine fields each. One side reads all 56 fields of the flight, its airline, plane, airports "
        "and weather, and drops most of them. The other side reads nine."
    ),
    technique=(
        package("query_plan.py"),
        package("fields.py"),
    ),
    sides=(
        Side(
            "all",
            "All columns",
            "Joins all tables about a flight, makes Python objects of all columns, and keeps nine fields.",
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
            "Makes the SQL statement from the fields that the client names.",
            (
                "browser -> server: flights, nine fields",
                "server -> database: nine columns from two tables",
                "server -> browser: nine fields",
            ),
            asked_columns,
        ),
    ),
    explanation=(
        (
            "SELECT * is easy to write, and so is an ORM object with all its relations. For each flight the database "
            "then looks up a plane, two airports and an hour of weather. Python makes an object of each value, even "
            "if nobody will see it."
        ),
        (
            "In the product the client names the fields that it shows. These names decide the columns and the joins "
            "of the statement. The database does not touch a table that nobody needs."
        ),
        "Both sides send the same bytes. The difference is work in the database and in Python.",
    ),
    lesson="Let the client name the fields that it needs, and use the names for columns and joins.",
    take_away=(take_away.QUERY_PLAN,),
    does_not_pay=(
        "For a single row, or for a table with few, short columns and no joins. Where many clients ask for different "
        "fields, each selection needs its own cache entry."
    ),
)
