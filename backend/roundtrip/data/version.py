"""The version of the loaded data set; a change is noticed while the application serves.

The version is a part of every cache key, and the time of loading is every answer's Last-Modified. SQLite reports in two
microseconds whether another connection has written (PRAGMA data_version), so it is asked ten times a second.
PostgreSQL is asked once a second, in the background.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from flask_roundtrip.database import Database
from sqlalchemy import exc, select

from .model import Dataset

LOOK_EVERY = 0.1  # seconds
ASK_EVERY = 1.0  # seconds, of a database on a network
Version = tuple[str, str | None]
NOT_LOADED: Version = ("", None)


class DataVersion:
    """Returns the version of the data and its Last-Modified. Raises the database's error until the first success."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._known: Version = NOT_LOADED
        self._look_at = 0.0
        self._lock = threading.Lock()
        self._connection: Any = None  # of SQLite, to count the writes of other connections
        self._writes = -1

    def __call__(self) -> Version:
        """Return the last known version; check it again when the last check is old."""
        if self._known == NOT_LOADED:
            with self._lock:  # no request is answered before the first check
                if self._clock() >= self._look_at:
                    self._look()
        elif self._clock() >= self._look_at:
            self._look_at = self._clock() + (LOOK_EVERY if self._database.is_local else ASK_EVERY)
            if self._database.is_local:
                self._look_again()
            else:
                threading.Thread(target=self._look_again, name="data version", daemon=True).start()
        return self._known

    def _look_again(self) -> None:
        with self._lock, suppress(exc.SQLAlchemyError, *self._database.away):
            self._look()

    def _look(self) -> None:
        local = self._database.is_local
        if local and not self._has_been_written():
            return
        version = self._asked()
        if version != self._known:
            self._database.catch_up()  # an answer made from old data must not get the new version
            self._known = version
        self._look_at = self._clock() + (LOOK_EVERY if local else ASK_EVERY)

    def _has_been_written(self) -> bool:
        if self._connection is None:
            pooled = self._database.engine.raw_connection()
            self._connection = pooled.driver_connection
            pooled.detach()
        (writes,) = self._connection.execute("PRAGMA data_version").fetchone()
        if writes == self._writes and self._known != NOT_LOADED:
            return False
        self._writes = writes
        return True

    def _asked(self) -> Version:
        with self._database.engine.connect() as connection:
            loaded_at: datetime | None = connection.scalar(select(Dataset.loaded_at))
        if loaded_at is None:
            return NOT_LOADED
        return loaded_at.isoformat(), format_datetime(loaded_at.replace(microsecond=0), usegmt=True)
