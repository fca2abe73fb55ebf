"""A new connection for each request, against a connection pool."""

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
    """Make an engine without a pool. It sets up each new connection as the product does."""
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
    shows=(
        "The server reads twenty flights one at a time, as twenty requests would. On one side each request opens a "
        "database connection and closes it. On the other it borrows an open connection."
    ),
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
        (
            "A new connection costs time before its first answer. SQLite opens the file, reads the schema, and "
            "applies the settings (PRAGMA) of the product. When the connection closes, its cached pages of the file "
            "are lost."
        ),
        (
            "A pool keeps a few connections open. A request borrows one and gives it back. So the application pays "
            "this cost once, not with each request."
        ),
        (
            "With a database on a network a pool saves more: to open a connection takes several round trips, and the "
            "database server may start a process for it."
        ),
    ),
    lesson="Keep connections open and share them.",
    instead="Take the pool of SQLAlchemy: it is on unless you turn it off.",
    does_not_pay=(
        "For a script that asks once and ends. A pool that is too large does harm: a database does not get faster "
        "when more clients ask at once."
    ),
    prepare=make_unpooled,
)
