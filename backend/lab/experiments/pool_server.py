"""A pool in front of a database server: a new connection each time, through pgbouncer, and kept open."""

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
    """Make an engine for each side whose server is there. The servers hold the data set, loaded as a site's is."""
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
    """Connect to PostgreSQL, ask and hang up, around each statement."""
    return read(run, _databases["new"])


def through_pgbouncer(run: Run) -> Answer:
    """Connect to pgbouncer instead, which has connections to PostgreSQL open."""
    return read(run, _databases["pgbouncer"])


def pooled_connections(run: Run) -> Answer:
    """Borrow an open connection for each statement."""
    return read(run, _databases["pool"])


EXPERIMENT = Experiment(
    title="A pool before a database server",
    chapter="Database",
    shows="Twenty flights out of PostgreSQL, read one at a time as twenty requests would. Each has a new connection "
    "to it, a new one to pgbouncer that stands in front of it, or one that is open.",
    technique=("backend/roundtrip/database.py", "backend/roundtrip/postgresql.py"),
    sides=(
        Side(
            "new",
            "A new connection each time",
            "Connects to PostgreSQL, asks once, and hangs up.",
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
            "Connects to pgbouncer, which lends it a connection that is open.",
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
        "A database server answers over a connection, and starts a process for each new one. Before the first "
        "question there are several round trips: to connect, to agree on encryption, to prove who one is.",
        "pgbouncer is a pool of its own between applications and PostgreSQL. To connect to it costs less, since it "
        "has connections open already, and it lends each for one transaction at a time.",
        "A pool inside the application saves that, too. A site has both: its processes keep a few connections each, "
        "and pgbouncer keeps all of them together from being more than the database can serve.",
    ),
    lesson="Keep connections open, in the application first and in front of the database too.",
    instead="Take pgbouncer, in front of PostgreSQL, in transaction mode.",
    does_not_pay="For one process with a small pool pgbouncer is one more hop. It pays where processes are many and "
    "come and go.",
    prepare=connect,
)
