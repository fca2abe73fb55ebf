"""The differences between databases in loading: the lock, the way to insert rows, and the errors of a full disk.

All other SQL of the loader is the same for both databases.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, Index, Table, delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import AddConstraint, CreateTable

from .source import Row

PATIENCE = 600  # seconds to wait for another loader
_PAUSE = 0.2  # seconds between two tries to get the lock


class StorageError(Exception):
    """The data could not be stored; the message is a sentence for the user."""


class Storage:
    """The steps that each database implements; the times in rows are texts of clock.py."""

    locked_codes: tuple[object, ...] = ()
    full_codes: tuple[object, ...] = ()

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._driver = engine.dialect.loaded_dbapi

    def make_room(self, connection: Connection, tables: Sequence[Table], indexes: Sequence[Index]) -> None:
        """Provide the tables (in the order parents first) empty and without these indexes."""
        for index in indexes:
            index.drop(connection)
        for table in reversed(tables):
            connection.execute(delete(table))

    def insert(self, connection: Connection, table: Table, columns: Sequence[str], rows: list[Row]) -> None:
        """Insert rows whose values are in the order of the columns."""
        raise NotImplementedError

    def put_in_place(self, connection: Connection, tables: Sequence[Table]) -> None:
        """Make the filled tables visible to all readers, and collect the planner's statistics."""
        connection.exec_driver_sql("ANALYZE")

    @contextmanager
    def transaction(self, when_locked: Callable[[], None]) -> Iterator[Connection]:
        """Run a block in one transaction that excludes other loaders; wait for a running one first."""
        connection = self._begin(when_locked)
        try:
            yield connection
            connection.commit()
        except (DBAPIError, self._driver.Error) as error:  # raised by SQLAlchemy or by the driver itself
            cause = _cause(error)
            if self._code(cause) not in self.full_codes:
                raise
            raise StorageError(f"the database cannot be written; its disk may be full ({cause})") from error
        finally:
            with suppress(DBAPIError):
                connection.rollback()  # a transaction that was not committed
            self._settle(connection)
            connection.close()

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
                if self._code(_cause(error)) not in self.locked_codes:
                    raise
            else:
                return connection
            if not told:
                when_locked()
                told = True
            sleep(_PAUSE)
        raise StorageError(f"another process has been writing to the database for {PATIENCE} seconds")

    def _prepare(self, connection: Connection) -> None:
        """Prepare a connection for many writes, before its transaction begins."""

    def _lock(self, connection: Connection) -> None:
        """Lock other loaders out until the transaction ends, or fail at once; readers are not locked."""

    def _settle(self, connection: Connection) -> None:
        """Clean up after the transaction, also after a failure; the data does not change."""

    def _code(self, error: object) -> object:
        """Return the error code to compare with the codes above."""
        raise NotImplementedError


class SqliteStorage(Storage):
    """SQLite: rows go to the driver unchanged; types.py stores times in the same text form."""

    locked_codes = (5,)  # SQLITE_BUSY
    full_codes = (13, 10)  # SQLITE_FULL; SQLITE_IOERR, if the system reports a full disk in another way

    def insert(self, connection: Connection, table: Table, columns: Sequence[str], rows: list[Row]) -> None:
        """Give the driver the tuples, so that no code converts 7 million values one by one."""
        names, places = ", ".join(columns), ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608  # names from our models
        connection.exec_driver_sql(statement, rows)

    def _prepare(self, connection: Connection) -> None:
        connection.detach()  # the pool must not give this connection to others with these settings
        driver = connection.connection.cursor()
        driver.execute("PRAGMA busy_timeout = 50")  # _begin() waits and reports it
        driver.execute("PRAGMA cache_size = -64000")  # KiB; an index is sorted in this much memory,
        driver.execute("PRAGMA temp_store = FILE")  # and a larger one in a file
        driver.execute("PRAGMA secure_delete = OFF")  # public data: deleted rows need not be overwritten

    def _lock(self, connection: Connection) -> None:
        """Do nothing: BEGIN IMMEDIATE has locked the database."""

    def _settle(self, connection: Connection) -> None:
        """Checkpoint the write-ahead log, which is as large as the data, and truncate it.

        After a failed load the log is large too, and would stay on a full disk until all connections close.
        """
        with suppress(sqlite3.Error):  # a reader may block this checkpoint: then a later one does it
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _code(self, error: object) -> object:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF  # the code without its extended part


class PostgresStorage(Storage):
    """PostgreSQL: new tables are filled beside the old ones by COPY, and change places with them at the end.

    To empty the old ones would be to lock readers out for as long as the load takes, or to delete row by row. In a
    schema of their own the new ones have the same names, of indexes and constraints too, and `search_path` leads all
    statements of the loader there.
    """

    locked_codes = ("55P03",)  # lock_not_available
    full_codes = ("53100", "58030")  # disk_full; io_error, if the system reports a full disk in another way

    def make_room(self, connection: Connection, tables: Sequence[Table], indexes: Sequence[Index]) -> None:
        """Make the tables in the schema `loading`, without foreign keys: to check these row by row takes longer."""
        home = connection.scalar(select(func.current_schema()))
        self._home = connection.dialect.identifier_preparer.quote(str(home))
        connection.exec_driver_sql("CREATE SCHEMA loading")
        connection.exec_driver_sql("SET LOCAL search_path TO loading")
        for table in tables:
            connection.execute(CreateTable(table, include_foreign_key_constraints=()))
            for index in table.indexes.difference(indexes):
                index.create(connection)

    def insert(self, connection: Connection, table: Table, columns: Sequence[str], rows: list[Row]) -> None:
        """Copy the tuples as text, with FREEZE: no later pass over the table has to mark them as visible."""
        statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FREEZE)"
        cursor: Any = connection.connection.cursor()
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def put_in_place(self, connection: Connection, tables: Sequence[Table]) -> None:
        """Add the foreign keys, which checks all rows at once, and replace the old tables by the new ones."""
        for table in tables:
            for key in table.foreign_key_constraints:
                connection.execute(AddConstraint(key, isolate_from_table=False))  # the model has this column too
        names = [table.name for table in tables]
        connection.exec_driver_sql(f"ANALYZE {', '.join(names)}")
        # Lock flights before the tables they refer to, as a join does: two orders could deadlock.
        old = ", ".join(f"{self._home}.{name}" for name in reversed(names))
        connection.exec_driver_sql(f"DROP TABLE {old}")
        for name in names:
            connection.exec_driver_sql(f"ALTER TABLE {name} SET SCHEMA {self._home}")
        connection.exec_driver_sql("DROP SCHEMA loading")
        connection.exec_driver_sql(f"SET LOCAL search_path TO {self._home}")

    def _lock(self, connection: Connection) -> None:
        connection.exec_driver_sql("LOCK TABLE datasets IN SHARE ROW EXCLUSIVE MODE NOWAIT")

    def _code(self, error: object) -> object:
        return getattr(error, "sqlstate", None)


def _cause(error: Exception) -> object:
    return error.orig if isinstance(error, DBAPIError) else error


def storage_for(engine: Engine) -> Storage:
    """Choose by the engine's dialect."""
    return SqliteStorage(engine) if engine.dialect.name == "sqlite" else PostgresStorage(engine)
