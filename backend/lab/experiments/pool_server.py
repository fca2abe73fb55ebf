"""A pool in front of a database server: a new connection each time, through pgbouncer, or one that stays open."""

from typing import Any

from flask_roundtrip.database import Database
from flask_roundtrip.wire import Answer
from sqlalchemy import NullPool, create_engine

from roundtrip import database, postgresql

from ..experiment import Experiment, Side
from ..run import Run
from .pool import read

READ_WAIT = 5.0  # seconds
_databases: dict[str, Database] = {}


def connect(bench: Any) -> None:
    """Make an engine for each side whose server is there. The servers hold the data set."""
    for name, server, options in (
        ("new", "PostgreSQL", {"poolclass": NullPool}),
        ("pgbouncer", "pgbouncer", {"poolclass": NullPool}),
        ("pool", "PostgreSQL", {"pool_size": 1}),
    ):
        if server in bench.engines:
            engine = create_engine(bench.engines[server], **options)
            postgresql.prepare(engine, READ_WAIT)
            bench.opened.callback(engine.dispose)
            _databases[name] = Database(database.reader(engine))


def new_connections(run: Run) -> Answer:
    """Connect to PostgreSQL, ask and disconnect, for each statement."""
    return read(run, _databases["new"])


def through_pgbouncer(run: Run) -> Answer:
    """Connect to pgbouncer instead. It has open connections to PostgreSQL."""
    return read(run, _databases["pgbouncer"])


def pooled_connections(run: Run) -> Answer:
    """Borrow an open connection for each statement."""
    return read(run, _databases["pool"])


EXPERIMENT = Experiment(
    title="A pool before a database server",
    chapter="Database",
    shows=(
        "The server reads twenty flights from PostgreSQL one at a time, as twenty requests would. Each request opens "
        "a new connection to PostgreSQL, opens one to pgbouncer in front of it, or borrows an open one."
    ),
    technique=("backend/roundtrip/database.py", "backend/roundtrip/postgresql.py"),
    sides=(
        Side(
            "new",
            "A new connection each time",
            "Connects to PostgreSQL, asks once, and disconnects.",
            (
                "browser -> server: flights",
                "server -> database: connect, one flight, hang up ×20",
                "server -> browser: flights",
            ),
            new_connections,
            needs="PostgreSQL",
        ),
        Side(
            "pgbouncer",
            "Through pgbouncer",
            "Connects to pgbouncer, and pgbouncer lends it an open connection.",
            (
                "browser -> server: flights",
                "server -> pgbouncer: connect, ask, hang up ×20",
                "& pgbouncer -> database: one flight ×20",
                "server -> browser: flights",
            ),
            through_pgbouncer,
            needs="pgbouncer",
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
            needs="PostgreSQL",
        ),
    ),
    explanation=(
        (
            "PostgreSQL starts a process for each new connection. Before the first question there are several round "
            "trips: to connect, to agree on encryption, to authenticate."
        ),
        (
            "pgbouncer is a pool between applications and PostgreSQL. To connect to pgbouncer costs less, because it "
            "has open connections to PostgreSQL already. It lends one for each transaction."
        ),
        (
            "A pool inside the application saves the same cost. A large site has both. Each of its processes keeps a "
            "few connections, and pgbouncer limits their sum to a number that the database can serve."
        ),
    ),
    lesson="Keep connections open: in the application first, and in front of the database too.",
    instead="Take pgbouncer, in front of PostgreSQL, in transaction mode.",
    does_not_pay=(
        "For one process with a small pool, pgbouncer is only one more step on the way. It pays where processes are "
        "many, and start and end often."
    ),
    prepare=connect,
)
