"""What differs between databases while a data set is stored: the lock, the form of rows, what a full disk is.

Everything else of the loader is the same SQL everywhere.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic, sleep

from sqlalchemy import Connection, Engine, Table, insert
from sqlalchemy.exc import DBAPIError

from .clock import Clock, TextClock
from .source import Row

PATIENCE = 600  # seconds to wait for another loader
_PAUSE = 0.2  # seconds between two looks whether it is done


class StorageError(Exception):
    """The data could not be stored; the message is a sentence for the person who waits."""


class Storage:
    """Any database: rows and times go to it through SQLAlchemy."""

    locked_codes: tuple[object, ...] = ("55P03",)  # lock_not_available
    full_codes: tuple[object, ...] = ("53100",)  # disk_full

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def clock(self) -> Clock:
        """Return what makes times in the form that insert() takes."""
        return Clock()

    def insert(self, connection: Connection, table: Table, columns: Sequence[str], rows: list[Row]) -> None:
        """Insert rows whose values stand in the order of the columns."""
        connection.execute(insert(table), [dict(zip(columns, row, strict=True)) for row in rows])

    @contextmanager
    def transaction(self, when_locked: Callable[[], None]) -> Iterator[Connection]:
        """Write everything or nothing, as the only loader at work; wait for another one."""
        connection = self._begin(when_locked)
        try:
            yield connection
            connection.commit()
            self._settle(connection)
        except DBAPIError as error:
            if self._code(error) not in self.full_codes:
                raise
            raise StorageError(f"the database cannot be written, is there space left? ({error.orig})") from error
        finally:
            connection.close()  # which undoes what was not committed

    def _begin(self, when_locked: Callable[[], None]) -> Connection:
        deadline = monotonic() + PATIENCE
        told = False
        while monotonic() < deadline:
            connection = self._engine.connect()
            try:
                self._prepare(connection)
                connection.begin()
                self._lock(connection)
            except DBAPIError as error:
                connection.close()
                if self._code(error) not in self.locked_codes:
                    raise
            else:
                return connection
            if not told:
                when_locked()
                told = True
            sleep(_PAUSE)
        raise StorageError(f"another process has been writing to the database for {PATIENCE} seconds")

    def _prepare(self, connection: Connection) -> None:
        """Make a connection ready for much writing, before its transaction begins."""

    def _lock(self, connection: Connection) -> None:
        """Keep other loaders out until the transaction ends, or fail at once; readers may go on."""
        connection.exec_driver_sql("LOCK TABLE datasets IN SHARE ROW EXCLUSIVE MODE NOWAIT")

    def _settle(self, connection: Connection) -> None:
        """Tidy up after the commit; whatever happens, the data is there."""

    def _code(self, error: DBAPIError) -> object:
        return getattr(error.orig, "sqlstate", None)


class SqliteStorage(Storage):
    """SQLite: rows go to the driver as they are, with times as the text that types.py stores."""

    locked_codes = (5,)  # SQLITE_BUSY
    full_codes = (13, 10)  # SQLITE_FULL; SQLITE_IOERR, when the system says something else than "no space"

    def clock(self) -> Clock:
        """Return one that makes text, which the ORM reads as equal times (a test proves it)."""
        return TextClock()

    def insert(self, connection: Connection, table: Table, columns: Sequence[str], rows: list[Row]) -> None:
        """Give the driver the tuples: nothing converts 7 million values one by one."""
        names, places = ", ".join(columns), ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608  # names from our models
        connection.exec_driver_sql(statement, rows)

    def _prepare(self, connection: Connection) -> None:
        connection.detach()  # it is ours: the pool must not hand it on with these settings
        driver = connection.connection.cursor()
        driver.execute("PRAGMA busy_timeout = 50")  # _begin() waits, and says so
        driver.execute("PRAGMA cache_size = -64000")  # KiB; an index is sorted in as much,
        driver.execute("PRAGMA temp_store = FILE")  # and what is more than that goes to a file
        driver.execute("PRAGMA secure_delete = OFF")  # public data: what is replaced need not be overwritten

    def _lock(self, connection: Connection) -> None:
        """Do nothing: BEGIN IMMEDIATE has locked the database."""

    def _settle(self, connection: Connection) -> None:
        """Move the write-ahead log into the database now: it is as large as the data."""
        with suppress(sqlite3.Error):  # such as a reader in the way: a later checkpoint does it
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _code(self, error: DBAPIError) -> object:
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # without the extended part


def storage_for(engine: Engine) -> Storage:
    """Choose by the engine's dialect."""
    return SqliteStorage(engine) if engine.dialect.name == "sqlite" else Storage(engine)
