"""How connections to the database behave: safe and quick, and reads without a transaction.

The driver begins no transaction on either database; _begin() does, for whoever writes. So a read is one statement
and nothing else: on PostgreSQL one round trip, where BEGIN and ROLLBACK around it would make it three.
"""

import os
import sqlite3
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.pool import ConnectionPoolEntry

from .config import Settings
from .extensions import db

SQLITE_PRAGMAS: tuple[str, ...] = (
    # For a new database, and before it is in WAL: a list reads half as many pages, in 80 us where 4 KiB took 140.
    "PRAGMA page_size = 8192",
    "PRAGMA journal_mode = WAL",  # readers and one writer do not wait for each other
    "PRAGMA synchronous = NORMAL",  # in WAL: safe against a crash of the process
    "PRAGMA foreign_keys = ON",  # off unless asked for
    "PRAGMA busy_timeout = 5000",
    "PRAGMA cache_size = -2000",  # KiB for each connection: the system caches the file for all of them
    "PRAGMA temp_store = MEMORY",
)

# Where it cannot be written: nothing that would write, and a clear error for whoever tries.
SQLITE_PRAGMAS_READ_ONLY = ("PRAGMA query_only = ON", *SQLITE_PRAGMAS[4:])

REPLICA = "replica"  # the bind of Flask-SQLAlchemy that reads go to
_READS_ONLY = "roundtrip_reads_only"


def configure(app: Flask, settings: Settings) -> None:
    """Tell Flask-SQLAlchemy where the database is and how many connections to keep."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    pool: dict[str, Any] = {
        "pool_size": settings.database_pool_size,
        "max_overflow": 0,
        "pool_use_lifo": True,  # the connection used last has the most of what is asked in its page cache
    }
    if not settings.database_url.startswith("sqlite"):  # which is in this process: to wait for it is to wait for us
        pool["pool_timeout"] = settings.database_pool_wait / 1000
    if settings.database_read_url:
        # A third of the time, as below for its answers: there is still time to ask the primary.
        replica = {**pool, "url": settings.database_read_url, "pool_timeout": settings.database_pool_wait / 3000}
        app.config["SQLALCHEMY_BINDS"] = {REPLICA: replica}
    pragmas = SQLITE_PRAGMAS
    if (path := _sqlite_file(settings.database_url)) and is_read_only(path):
        pragmas = SQLITE_PRAGMAS_READ_ONLY
        pool["creator"] = lambda: sqlite3.connect(_read_only_uri(path), uri=True, check_same_thread=False)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = pool
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            from . import postgresql  # its driver takes 40 ms to import

            postgresql.prepare(db.engine, settings.database_read_wait / 1000)
            if REPLICA in db.engines:
                postgresql.prepare(db.engines[REPLICA], settings.database_read_wait / 3000)
        else:
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
            event.listen(db.engine, "connect", partial(_prepare_sqlite, pragmas))
        event.listen(db.engine, "begin", _begin)


def reader(engine: Engine) -> Engine:
    """Return the same engine for single read statements: none needs a BEGIN before it or a ROLLBACK after."""
    return engine.execution_options(**{_READS_ONLY: True})


def is_read_only(path: Path) -> bool:
    """Tell whether a database is there and this user, or the file system, lets nobody write to it or beside it."""
    return path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def _sqlite_file(url: str) -> Path | None:
    database = make_url(url).database if url.startswith("sqlite:///") else None
    return Path(database) if database and database != ":memory:" else None


def _read_only_uri(path: Path) -> str:
    """Return how SQLite opens the file with nothing beside it, unless a log is there with something in it."""
    log = path.with_name(f"{path.name}-wal")
    whole = not log.exists() or log.stat().st_size == 0
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if whole else ''}"


def _prepare_sqlite(pragmas: Sequence[str], connection: Any, entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing
    for pragma in pragmas:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    """On SQLite take the write lock at the start: a transaction that reads and then writes could fail at once."""
    if not connection.get_execution_options().get(_READS_ONLY):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.dialect.name == "sqlite" else "BEGIN")
