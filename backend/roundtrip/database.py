"""The settings of database connections, and reads without a transaction.

The driver begins no transaction on either database; _begin() does, for code that writes. So a read is a single
statement: one round trip on PostgreSQL, where BEGIN and ROLLBACK around it would make it three.
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
    # For a new database, before it is in WAL. A list reads half as many pages: 80 us instead of 140 with 4 KiB.
    "PRAGMA page_size = 8192",
    "PRAGMA journal_mode = WAL",  # readers and one writer do not wait for each other
    "PRAGMA synchronous = NORMAL",  # in WAL: safe against a crash of the process
    "PRAGMA foreign_keys = ON",  # off by default
    "PRAGMA busy_timeout = 5000",
    "PRAGMA cache_size = -2000",  # KiB for each connection; the operating system caches the file for all
    "PRAGMA temp_store = MEMORY",
)

# For a database that cannot be written: a write gets a clear error.
SQLITE_PRAGMAS_READ_ONLY = ("PRAGMA query_only = ON", *SQLITE_PRAGMAS[4:])

REPLICA = "replica"  # the bind of Flask-SQLAlchemy that reads go to
_READS_ONLY = "roundtrip_reads_only"


def configure(app: Flask, settings: Settings) -> None:
    """Set Flask-SQLAlchemy's address of the database and its number of connections."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    pool: dict[str, Any] = {
        "pool_size": settings.database_pool_size,
        "max_overflow": 0,
        "pool_use_lifo": True,  # the connection used last has the most useful pages in its cache
    }
    if not settings.database_url.startswith("sqlite"):  # SQLite works in this process: no wait to limit
        pool["pool_timeout"] = settings.database_pool_wait / 1000
    if settings.database_read_url:
        # A third of the time, as for its answers below, so that there is time to ask the primary.
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
    """Return the engine for single read statements, without BEGIN and ROLLBACK around them."""
    return engine.execution_options(**{_READS_ONLY: True})


def is_read_only(path: Path) -> bool:
    """Tell whether the database exists, and neither it nor its folder can be written by this user."""
    return path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def _sqlite_file(url: str) -> Path | None:
    database = make_url(url).database if url.startswith("sqlite:///") else None
    return Path(database) if database and database != ":memory:" else None


def _read_only_uri(path: Path) -> str:
    """Return the URI to open the file without a log beside it, unless a log with content exists."""
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
