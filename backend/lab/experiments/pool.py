"""A new connection for each request, against the pool."""

from typing import Any

from flask_roundtrip.database import Database
from flask_roundtrip.fields import selection
from flask_roundtrip.query_plan import one
from flask_roundtrip.wire import Answer
from sqlalchemy import Engine, NullPool, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from roundtrip import database
from roundtrip.resources.flights.model import Flight
from roundtrip.resources.flights.schema import FlightSchema

from ..experiment import Experiment, Side
from ..questions import flight
from ..run import Run

REQUESTS = 20
FIELDS = selection(("arr_delay", "carrier", "dest", "flight", "id", "origin", "sched_dep"))
_unpooled: list[Database] = []


def make_unpooled(bench: Any) -> None:
    """Make an engine that keeps no connection, and prepares each new one as the product does."""
    engine: Engine = create_engine(bench.engine.url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
    _unpooled[:] = [Database(database.reader(engine))]


def _prepare(connection: Any, entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in database.SQLITE_PRAGMAS:
        connection.execute(pragma)


def new_connections(run: Run) -> Answer:
    """Open, prepare and close a connection around each statement."""
    return read(run, _unpooled[0])


def pooled_connections(run: Run) -> Answer:
    """Borrow a connection for each statement."""
    return read(run, None)


def read(run: Run, database: Database | None) -> Answer:
    """Read flights one at a time, each as a request of its own would."""
    ids = (flight(run.number * REQUESTS + n) for n in range(REQUESTS))
    asked = (run.ask(FlightSchema, FIELDS, {"id": number}, database) for number in ids)
    return run.json({"items": [one(Flight, ask, "id").value for ask in asked]})


EXPERIMENT = Experiment(
    title="A connection pool",
    chapter="Database",
    shows="Twenty flights, read one at a time as twenty requests would. On one side each opens a connection to the "
    "database and closes it; on the other it borrows one that is open.",
    technique=("backend/roundtrip/database.py",),
    sides=(
        Side(
            "new",
            "A new connection each time",
            "Opens the database, sets it up, asks once, and closes it.",
            (
                "browser -> server: flights",
                "server -> database: connect, set up, one flight, close ×20",
                "server -> browser: flights",
            ),
            new_connections,
        ),
        Side(
            "pool",
            "From the pool",
            "Borrows an open connection, asks, and gives it back.",
            (
                "browser -> server: flights",
                "server -> database: one flight ×20",
                "server -> browser: flights",
            ),
            pooled_connections,
        ),
    ),
    explanation=(
        "A connection costs something before it answers anything. SQLite opens the file, reads the schema and obeys "
        "the settings (PRAGMA) that the product makes, and what it had read of the file into its own memory is lost "
        "when it closes.",
        "A pool keeps a few connections open. A request borrows one and gives it back, so that the cost is paid once "
        "and not with each request.",
        "For a database behind a network there is more to save: opening a connection takes several round trips, and "
        "the server on the other side may start a process for it.",
    ),
    lesson="Keep connections open and share them.",
    instead="Take the pool of SQLAlchemy: it is on unless you turn it off.",
    does_not_pay="For a script that asks once and ends. And a pool that is too large does harm: a database does not "
    "get faster when more ask at once.",
    prepare=make_unpooled,
)
