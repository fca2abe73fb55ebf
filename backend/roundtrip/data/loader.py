"""Loads the data set: in one transaction, so that it is there in full or not at all.

    flask data load [--scale N]
    flask data status

The transaction drops the indexes of the big tables, inserts, makes the indexes again, adds up the summaries and
last of all writes the row of `datasets` that says "done". A process that is killed half-way leaves nothing:
the next one starts over. Once the row is there, loading is a look at it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from time import perf_counter
from typing import cast

import click
from flask.cli import AppGroup
from sqlalchemy import Connection, Engine, Table, delete, insert, inspect, select, union, update

from ..config import Settings
from ..database import reader
from ..extensions import Model, db
from ..resources.airlines.model import Airline
from ..resources.airports.model import Airport
from ..resources.delays.model import MEASURES, DelaysByRoute, DelaysByTime
from ..resources.flights.model import Flight
from ..resources.planes.model import Plane
from ..resources.weather.model import Weather
from . import progress as shown
from . import source
from .model import Dataset
from .source import Files, Known, Row, SourceError
from .storage import Storage, StorageError, storage_for

NAME = "nycflights13"
BATCH = 10_000  # rows given to the driver at once

_PARENTS_FIRST = (Airline, Airport, Plane, Weather, Flight, DelaysByRoute, DelaysByTime)
_BIG = (Weather, Flight)


@dataclass(frozen=True)
class Loaded:
    """What the database holds."""

    version: str
    scale: int
    loaded_at: datetime


def load(
    engine: Engine,
    scale: int = 1,
    progress: shown.Silent | None = None,
    files: Files | None = None,
) -> bool:
    """Make the database hold `scale` years of the data set, whatever it held; return False if it did already.

    Raises SourceError or StorageError, with a sentence for people, and then has changed nothing.
    """
    files = files or source.installed_files()
    progress = progress or shown.Silent()
    if _is(loaded(engine), files, scale):
        return False
    storage = storage_for(engine)
    with storage.transaction(lambda: progress.say("Waiting for another process that loads.")) as connection:
        if _is(_read(connection), files, scale):
            return False
        _Load(storage, connection, progress, files, scale).replace_everything()
    return True


def loaded(engine: Engine) -> Loaded | None:
    """Return what the database holds, or None if no load ever reached its end."""
    with reader(engine).connect() as connection:
        if not inspect(connection).has_table(Dataset.__tablename__):
            raise StorageError("the database has no tables yet: run `flask db upgrade` first")
        return _read(connection)


def _read(connection: Connection) -> Loaded | None:
    statement = select(Dataset.version, Dataset.scale, Dataset.loaded_at).where(Dataset.name == NAME)
    row = connection.execute(statement).one_or_none()
    return None if row is None else Loaded(*row)


def _is(present: Loaded | None, files: Files, scale: int) -> bool:
    return present is not None and (present.version, present.scale) == (files.version, scale)


class _Load:
    """One load, inside its transaction."""

    def __init__(
        self, storage: Storage, connection: Connection, progress: shown.Silent, files: Files, scale: int
    ) -> None:
        self._storage = storage
        self._connection = connection
        self._progress = progress
        self._files = files
        self._scale = scale

    def replace_everything(self) -> None:
        self._drop_indexes()
        self._empty()
        self._store_rows()
        self._make_indexes()
        self._sum_up()
        self._connection.exec_driver_sql("ANALYZE")  # so that the planner knows which index serves best
        now = datetime.now(UTC).replace(microsecond=0)
        done = {"name": NAME, "version": self._files.version, "scale": self._scale, "loaded_at": now}
        self._connection.execute(insert(Dataset), done)

    def _drop_indexes(self) -> None:
        for model in _BIG:
            for index in _table(model).indexes:
                index.drop(self._connection)

    def _empty(self) -> None:
        for model in reversed((Dataset, *_PARENTS_FIRST)):
            self._connection.execute(delete(model))

    def _store_rows(self) -> None:
        files, clock = self._files, self._storage.clock()
        weather_ids: dict[tuple[str, str], int] = {}
        with self._progress.step("Airlines", 16):
            self._insert(Airline, source.AIRLINE, source.airlines(files))
        with self._progress.step("Airports", 1_458):
            airports = self._insert(Airport, source.AIRPORT, source.airports(files))
        with self._progress.step("Planes", 3_322):
            planes = self._insert(Plane, source.PLANE, source.planes(files))
        with self._progress.step("Hours of weather", 26_115):
            self._insert(Weather, source.WEATHER, source.weather(files, clock, weather_ids))
