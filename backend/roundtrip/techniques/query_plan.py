"""A selection decides the columns and joins of one SQL statement, which is built and compiled once.

Building and compiling a statement costs more than SQLite takes to answer it, so a plan keeps the text of the
compiled one, and the positions at which its rows hold each field. It runs through the driver: the columns are
kept in a form that the encoders write as the API does (data/types.py), so nothing is converted on the way out.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, exc, inspect, select
from sqlalchemy.orm import aliased

from .circuit import Circuit
from .fields import Selection
from .serialization import Column, Items, Object, Shape, compiled_shape
from .timing import Timing

Row = Sequence[Any]
Built = tuple[Select[Any], Shape, tuple[Column, ...]]  # a statement, the shape of an item, and of a cursor


@dataclass(frozen=True, slots=True)
class Plan:
    """One statement, ready to run, and how each of its rows becomes an item."""

    sql: str
    parameters: tuple[str, ...]  # in the order of the statement's marks; empty where marks have names
    constants: Mapping[str, Any]
    items: Items
    cursor: tuple[Column, ...]  # where in a row the values are that say how to go on behind it

    def rows(self, database: "Database", values: Mapping[str, Any], timing: Timing) -> Sequence[Row]:
        """Run the statement with these values; times are given as ISO 8601 text."""
        given = {**self.constants, **{name: values[name] for name in values if name in self.constants}}
        with timing.span("db"):
            timing.statements += 1
            arguments = tuple(given[name] for name in self.parameters) if self.parameters else given
            return database.fetch(self.sql, arguments)


class _Lost(Exception):
    """The connection was no longer there when it was asked."""


class _Away(Exception):
    """The database was not asked, for it did not answer the last who asked it."""


class Database:
    """The engine that reads, and the plans compiled for it: at most 512, the least used dropped first.

    `away` are the errors of one that cannot be asked now and may be later: it is stopped, starting or overloaded, or
    all connections are in use. Where there is somebody else to ask, this one is not asked again on a new connection.
    """

    def __init__(self, engine: Engine, asks_again: bool = True) -> None:
        self.engine = engine
        self._asks_again = asks_again
        self._circuit = Circuit()
        self.away: tuple[type[Exception], ...] = (exc.TimeoutError, _Away)
        if engine.dialect.name != "sqlite":  # where an OperationalError may be a table that is not there
            self.away += (exc.OperationalError, engine.dialect.loaded_dbapi.OperationalError, _Lost)
        self.plan: Callable[[Callable[..., Built], *tuple[Hashable, ...]], Plan]
        self.plan = lru_cache(maxsize=512)(self._compile)

    def fetch(self, sql: str, arguments: Any) -> Sequence[Row]:
        """Run one statement on a pooled connection, through the driver: its rows are ready as they come.

        SQLAlchemy's own connection and result around it would cost 60 us for each statement.
        """
        if not self._circuit.lets_pass():
            raise _Away("it did not answer those who asked before")
        try:
            rows = self._fetch_twice(sql, arguments)
        except self.away:
            self._circuit.failed()
            raise
        self._circuit.succeeded()
        return rows

    def _fetch_twice(self, sql: str, arguments: Any) -> Sequence[Row]:
        try:
            return self._fetch(sql, arguments)
        except _Lost:
            if not self._asks_again:
                raise
            # Asking each connection before whether it lives would cost a round trip every time; a read can be asked
            # again. What ended one that lay in the pool, such as a restart of the server, has ended the others too.
            self.engine.dispose()
            return self._fetch(sql, arguments)

    def catch_up(self) -> None:
        """Have every read that begins from now on see all that has been committed by now. A single database does."""

    def _fetch(self, sql: str, arguments: Any) -> Sequence[Row]:
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(sql, arguments)
            return cursor.fetchall()
        except self.away as error:
            if self.engine.dialect.is_disconnect(error, connection, None):  # type: ignore[arg-type]  # takes any
                connection.invalidate(error)
                if not isinstance(error, TimeoutError):  # who has waited for an answer waits no second time
                    raise _Lost from error
            raise
        finally:
            connection.close()

    def _compile(self, build: Callable[..., Built], *shape_of_question: Hashable) -> Plan:
        statement, shape, cursor = build(*shape_of_question)
        compiled = statement.compile(self.engine, compile_kwargs={"render_postcompile": True})
        parameters = tuple(compiled.positiontup or ())
        return Plan(str(compiled), parameters, dict(compiled.params), compiled_shape(shape), cursor)


def columns_of(model: Any, selection: Selection, order: Sequence[ColumnElement[Any]] = ()) -> Built:
    """Return the statement that reads the selection of a model, with a join for each nested resource, and its shape;
    and where it reads the columns of the order. Each column is read once: 50 rows of one more take 5 us.

    A nested resource is the model's relationship of that name. Where it can be absent, its key is read as well:
    it tells an absent resource from one whose fields are null.
    """
    columns: dict[ColumnElement[Any], Column] = {}
    statement = select().select_from(model)

    def position(column: ColumnElement[Any]) -> Column:
        return columns.setdefault(column, Column(len(columns)))

    content: dict[str, Shape] = {name: position(getattr(model, name)) for name in selection.own}
    for name, inner in selection.nested.items():
        relationship = getattr(model, name)
        other = aliased(relationship.property.mapper.class_)
        statement = statement.outerjoin(other, relationship.of_type(other))
        key = inspect(other).mapper.primary_key[0].key
        optional = any(column.nullable for column in relationship.property.local_columns)
        presence = position(getattr(other, str(key))) if optional else None
        content[name] = Object({field: position(getattr(other, field)) for field in inner.own}, presence)
    cursor = tuple(position(column) for column in order)
    return statement.add_columns(*columns), Object(content), cursor
