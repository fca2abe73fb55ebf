"""Query plan: a selection decides the columns and joins of one SQL statement, which is built and compiled once.

Building and compiling a statement takes longer than SQLite takes to answer it. So a plan keeps the text of the
compiled statement, and the position of each field in its rows. The driver runs the statement. A column is not
converted if the driver returns its values as the API writes them; any other column goes through its SQLAlchemy type and
its marshmallow field. A schema that only marshmallow's dump can serialize (Method, Function, pre_dump, fields of your
own) gets a plan that loads entities and dumps them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from marshmallow import Schema, fields
from sqlalchemy import ColumnElement, Dialect, Engine, Select, bindparam, inspect, select, types
from sqlalchemy.orm import ColumnProperty, Session, aliased, joinedload

from .arguments import LARGEST
from .database import Database, Row
from .fields import Selection
from .serialization import Column, Convert, Items, Object, Shape, compiled_shape
from .timing import Timing
from .wire import Problem

Built = tuple[Select[Any], Shape, tuple[Column, ...]]  # a statement, the shape of an item, and of a cursor
Filters = Mapping[str, Callable[[], ColumnElement[bool]]]


@dataclass(slots=True)
class Ask:
    """One validated request: the argument of every function under `rt.answers()`."""

    arguments: dict[str, Any]
    selection: Selection
    schema: type[Schema]
    listed: str  # the name of the list: its path and filters, without the page
    database: Database
    cursors: Any  # pagination.Cursors
    timing: Timing
    client: str

    def __getitem__(self, name: str) -> Any:
        return self.arguments[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return an argument, or the default if the request has no such argument."""
        return self.arguments.get(name, default)


class Answered(NamedTuple):
    """Plain values to encode, and the cursor of the next page if there is one."""

    value: Any
    next: str | None = None


class Plan:
    """One compiled statement, and the function that makes items of its rows."""

    def __init__(self, engine: Engine, statement: Select[Any], shape: Shape, cursor: tuple[Column, ...]) -> None:
        compiled = statement.compile(engine, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self._order = tuple(compiled.positiontup or ())  # of the parameter marks; empty where the marks have names
        drives = {name: to_driver(bind.type, engine.dialect) for bind, name in compiled.bind_names.items()}
        self._drives = {name: drive for name, drive in drives.items() if drive is not None}
        self._constants = self._driven(compiled.params)
        self.items: Items = compiled_shape(shape)
        self.cursor = cursor  # the columns of a row that make the cursor of the next page

    def rows(self, ask: Ask, values: Mapping[str, Any]) -> Sequence[Row]:
        """Run the statement with these values, each of its column's Python type, or as text: times in ISO 8601."""
        given = {**self._constants, **self._driven({n: values[n] for n in values if n in self._constants})}
        arguments = tuple([given[name] for name in self._order]) if self._order else given
        with ask.timing.statement(self.sql) as ran:
            rows = ask.database.fetch(self.sql, arguments, ask.client)
            ran.rows = len(rows)
        return rows

    def _driven(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values as the driver takes them. A parameter that is not given yet is null."""
        driven = dict(values)
        for name in self._drives.keys() & driven.keys():
            if driven[name] is not None:
                driven[name] = self._drives[name](driven[name])
        return driven


class DumpPlan:
    """A plan for a schema that cannot be compiled: it loads entities, and marshmallow dumps them."""

    def __init__(
        self, statement: Select[Any], model: Any, schema: type[Schema], selection: Selection, order: Sequence[Any]
    ) -> None:
        relationships = inspect(model).relationships
        loads = [joinedload(getattr(model, name)) for name in selection.nested if name in relationships]
        self._statement = statement.with_only_columns(model, *order).options(*loads)
        self._types = {name: bind.type for bind, name in self._statement.compile().bind_names.items()}
        self._schema = schema(only=selection.names, many=True)
        self.cursor = tuple(Column(position) for position in range(1, len(order) + 1))

    def rows(self, ask: Ask, values: Mapping[str, Any]) -> Sequence[Row]:
        """Run the statement, and dump each entity while its session is open."""
        typed = {name: of_type(value, self._types[name]) for name, value in values.items() if name in self._types}
        measured = ask.timing.statement(self._statement)
        with measured as ran, ask.database.session(ask.client), Session(ask.database.engine) as session:
            rows = session.execute(self._statement, typed).unique().all()
            ran.rows = len(rows)
            dumped = self._schema.dump([row[0] for row in rows])
            return [(item, *row[1:]) for item, row in zip(dumped, rows, strict=True)]

    @staticmethod
    def items(rows: Sequence[Row]) -> list[Any]:
        """Return the dumped entities."""
        return [row[0] for row in rows]


def one(model: Any, ask: Ask, key: str) -> Answered:
    """Answer with the one row whose key column has the argument's value. Raises Problem (404) when there is none."""
    value = ask[key]
    plan: Plan = ask.database.compiled(_compile_one, model, ask.schema, ask.selection, key)
    rows = plan.rows(ask, {key: value}) if _can_be_a_key(value) else ()
    if not rows:
        raise Problem(404, f"There is no such {model.__name__.lower()}: {str(value)[:80]}.")
    with ask.timing.span("serialize"):
        return Answered(plan.items(rows)[0])


def plan_of(
    engine: Engine,
    model: Any,
    schema: type[Schema],
    selection: Selection,
    order: Sequence[ColumnElement[Any]],
    finish: Callable[[Select[Any]], Select[Any]],
) -> Plan | DumpPlan:
    """Compile the plan for a selection of a model. `finish` adds the conditions and the order to its statement."""
    try:
        statement, shape, cursor = columns_of(model, schema, selection, order, engine.dialect)
    except NotCompilable:
        return DumpPlan(finish(select(model)), model, schema, selection, order)
    return Plan(engine, finish(statement), shape, cursor)


class NotCompilable(Exception):
    """Only marshmallow itself can serialize this schema."""


def columns_of(
    model: Any,
    schema: type[Schema] | Schema,
    selection: Selection,
    order: Sequence[ColumnElement[Any]],
    dialect: Dialect,
) -> Built:
    """Return the statement that reads the selection of a model, its shape, and the positions of the order's columns.

    The statement has a join for each nested resource. Each column is read once: in 50 rows one more column takes 5 us.
    A nested resource is the model's relationship of that name. If it can be absent, its key is read as well: the key
    distinguishes an absent resource from a resource whose fields are null.
    """
    columns: dict[ColumnElement[Any], int] = {}
    statement = select().select_from(model)

    def position(column: ColumnElement[Any]) -> int:
        return columns.setdefault(column, len(columns))

    def leaves(source: Any, described: Schema, names: Sequence[str]) -> dict[str, Shape]:
        content: dict[str, Shape] = {}
        for name in names:
            field = described.fields[name]
            column = _attribute(source, field.attribute or name)
            if not isinstance(column.property, ColumnProperty):  # a relationship that the field makes a text of, say
                raise NotCompilable
            content[field.data_key or name] = Column(position(column), converter(field, column.type, dialect))
        return content

    described = _compilable(schema)
    content = leaves(model, described, selection.own)
    for name, inner in selection.nested.items():
        field = described.fields[name]
        if type(field) is not fields.Nested or field.many:
            raise NotCompilable
        relationship = _attribute(model, field.attribute or name)
        if not inspect(model).relationships.get(relationship.key) or relationship.property.uselist or inner.nested:
            raise NotCompilable
        other = aliased(relationship.property.mapper.class_)
        statement = statement.outerjoin(other, relationship.of_type(other))
        key = inspect(other).mapper.primary_key[0].key
        optional = any(column.nullable for column in relationship.property.local_columns)
        presence = Column(position(getattr(other, str(key)))) if optional else None
        nested = leaves(other, _compilable(field.schema), inner.own)
        content[field.data_key or name] = Object(nested, presence)
    cursor = tuple(Column(position(column)) for column in order)
    return statement.add_columns(*columns), Object(content), cursor


def converter(field: fields.Field[Any], kind: types.TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """Return the function from the driver's value to the answer's value; None if both are the same.

    Raises NotCompilable for a field that may look at more than one value.
    """
    if type(field).__module__ != "marshmallow.fields" or type(field) in _LOOK_AT_MORE:
        raise NotCompilable
    if getattr(kind, "as_written", False):  # the driver returns the value as the API writes it
        return None
    of_type = kind.dialect_impl(dialect).result_processor(
        dialect, _FLOAT8 if isinstance(kind, types.Float) else _NUMERIC
    )
    plain = isinstance(field, fields.Integer | fields.Float) and field.as_string
    stored = kind.impl_instance if isinstance(kind, types.TypeDecorator) else kind
    if of_type is None and not plain and isinstance(stored, _SAME.get(type(field), ())):
        return None

    def convert(value: Any) -> Any:
        return field._serialize(value if of_type is None else of_type(value), "", None)

    return convert


def to_driver(kind: types.TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """Return the function from a parameter's value, or its text, to the driver's value; None if both are the same."""
    if getattr(kind, "as_written", False):
        return None
    reads = _reader(kind)
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return None if reads is None else partial(of_type, kind=kind)

    def convert(value: Any) -> Any:
        if isinstance(value, str) and reads is None and not isinstance(kind, types.String):
            return value  # the driver's own value, from a cursor
        return process(of_type(value, kind))

    return convert


def of_type(value: Any, kind: types.TypeEngine[Any]) -> Any:
    """Return a value of the type from the text that stands for it in a cursor or an argument."""
    reads = _reader(kind)
    return reads(value) if reads is not None and isinstance(value, str) else value


def _reader(kind: types.TypeEngine[Any]) -> Convert | None:
    stored = kind.impl_instance if isinstance(kind, types.TypeDecorator) else kind
    try:
        return _READERS.get(stored.python_type)
    except NotImplementedError:  # the type of a parameter is not known
        return None


_READERS: dict[type, Convert] = {
    **{kind: kind.fromisoformat for kind in (datetime, date, time)},
    **{kind: kind for kind in (Decimal, UUID)},
}
_FLOAT8, _NUMERIC = 701, 1700  # PostgreSQL's codes of column types: its processors of numbers need one
_LOOK_AT_MORE = (fields.Method, fields.Function, fields.Nested, fields.Pluck, fields.Constant)
# Fields whose serialized value is the driver's value of these types.
_SAME: dict[type[fields.Field[Any]], tuple[type[types.TypeEngine[Any]], ...]] = {
    fields.Integer: (types.Integer,),
    fields.Float: (types.Float,),
    fields.String: (types.String,),
}


def _compile_one(engine: Engine, model: Any, schema: type[Schema], selection: Selection, key: str) -> Plan | DumpPlan:
    condition = getattr(model, key) == bindparam(key)
    return plan_of(engine, model, schema, selection, (), lambda statement: statement.where(condition))


def _compilable(schema: type[Schema] | Schema) -> Schema:
    made = schema() if isinstance(schema, type) else schema
    hooked = any(made._hooks.get(hook) for hook in ("pre_dump", "post_dump"))  # dump() adds the keys, without hooks
    own_ways = any(
        getattr(type(made), method) is not getattr(Schema, method) for method in ("dump", "get_attribute", "_serialize")
    )
    if hooked or own_ways:
        raise NotCompilable
    return made


def _attribute(model: Any, name: str) -> Any:
    try:
        found = getattr(model, name)
    except AttributeError:
        raise NotCompilable from None
    if not hasattr(found, "property"):  # a Python property, say
        raise NotCompilable
    return found


def _can_be_a_key(value: Any) -> bool:
    """Tell whether a database takes the value: SQLite knows 64 bits, PostgreSQL no NUL in a text."""
    return value <= LARGEST if isinstance(value, int) else not isinstance(value, str) or value.isprintable()
