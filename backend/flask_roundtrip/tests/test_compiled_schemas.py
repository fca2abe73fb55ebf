"""Simple schemas are compiled; a schema with a hook is left to marshmallow's dump. Both give what dump() gives."""

import enum
import json
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask_roundtrip.database import Database
from flask_roundtrip.fields import leaves_of, selection
from flask_roundtrip.query_plan import Ask, DumpPlan, NotCompilable, columns_of, plan_of
from flask_roundtrip.timing import Timing
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, fields, post_dump
from sqlalchemy import ForeignKey, String, TypeDecorator, create_engine, delete, select
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.pool import StaticPool


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)


class NoteSchema(Schema):
    id = fields.Integer()


class HookedSchema(NoteSchema):
    @post_dump
    def double(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return {"id": data["id"] * 2}


def test_a_schema_that_has_dumped_before_is_still_compiled() -> None:
    assert NoteSchema().dump(Note(id=7)) == {"id": 7}
    statement, _, _ = columns_of(Note, NoteSchema, selection(("id",)), (), dialect())
    assert str(statement.compile()).split() == ["SELECT", "notes.id", "FROM", "notes"]


def test_a_schema_with_a_hook_is_not_compiled() -> None:
    with pytest.raises(NotCompilable):
        columns_of(Note, HookedSchema, selection(("id",)), (), dialect())


# Schemas and models of all kinds


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Shouted(TypeDecorator[str]):
    """A type whose Python value is not what is stored."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else value.lower()

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else f"{value.upper()}!"


class Columns:
    """One column of each type; each may be null."""

    whole: Mapped[int | None]
    real: Mapped[float | None]
    flag: Mapped[bool | None]
    price: Mapped[Decimal | None]
    text: Mapped[str | None]
    at: Mapped[datetime | None]
    day: Mapped[date | None]
    clock: Mapped[time | None]
    lasts: Mapped[timedelta | None]
    code: Mapped[uuid.UUID | None]
    colour: Mapped[Colour | None]
    loud: Mapped[str | None] = mapped_column(Shouted)


class Inner(Columns, Base):
    __tablename__ = "inner"

    id: Mapped[int] = mapped_column(primary_key=True)


class Outer(Columns, Base):
    __tablename__ = "outer"

    id: Mapped[int] = mapped_column(primary_key=True)
    inner_id: Mapped[int | None] = mapped_column(ForeignKey(Inner.id))
    inner: Mapped[Inner | None] = relationship()

    @property
    def computed(self) -> str:
        return f"row {self.id}"


naive = {"min_value": datetime(1000, 1, 1), "max_value": datetime(9000, 1, 1)}
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "whole": st.integers(-(2**31), 2**31 - 1),
    "real": st.floats(allow_nan=False, allow_infinity=False),
    "flag": st.booleans(),
    "price": st.integers(-(10**6), 10**6).map(lambda quarters: Decimal(quarters) / 4),
    "text": texts,
    "at": st.datetimes(**naive),
    "day": st.dates(),
    "clock": st.times(),
    "lasts": st.integers(0, 10**9).map(lambda seconds: timedelta(seconds=seconds)),
    "code": st.uuids(),
    "colour": st.sampled_from(Colour),
    "loud": texts,
}
# What a schema may make of a column: the fields that fit its values, with their options.
FIELDS: dict[str, list[Any]] = {
    "whole": [fields.Integer, lambda **n: fields.Integer(as_string=True, **n), fields.Float, fields.String, fields.Raw],
    "real": [fields.Float, lambda **n: fields.Float(as_string=True, **n), fields.String, fields.Raw],
    "flag": [fields.Boolean, fields.Raw, fields.String, fields.Integer],
    "price": [
        lambda **n: fields.Decimal(as_string=True, **n),
        lambda **n: fields.Decimal(1, as_string=True, **n),
        fields.Float,
    ],
    "text": [fields.String, fields.Url, fields.Raw],
    "at": [
        fields.DateTime,
        lambda **n: fields.DateTime("rfc", **n),
        lambda **n: fields.DateTime("%d.%m.%Y", **n),
        fields.String,
    ],
    "day": [fields.Date, lambda **n: fields.Date("%d.%m.%Y", **n), fields.String],
    "clock": [fields.Time, fields.String],
    "lasts": [fields.TimeDelta, lambda **n: fields.TimeDelta("minutes", **n)],
    "code": [fields.UUID, fields.String],
    "colour": [lambda **n: fields.Enum(Colour, **n), lambda **n: fields.Enum(Colour, by_value=True, **n)],
    "loud": [fields.String],
}
names_on_the_wire = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters=".,"), min_size=1)


@st.composite
def schemas(draw: st.DrawFn, nested: bool = True) -> type[Schema]:
    """Draw a schema of the columns: some of them, renamed or not, with a nested schema or not."""
    chosen: dict[str, Any] = {}
    for column in draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=6, unique=True)):
        options: dict[str, Any] = {}
        if draw(st.booleans()):
            options["data_key"] = f"{column} {draw(names_on_the_wire)}"
        name = column
        if draw(st.booleans()):
            name, options["attribute"] = f"my_{column}", column
        if draw(st.booleans()):
            options["dump_default"] = "never used: a null is a value"
        chosen[name] = draw(st.sampled_from(FIELDS[column]))(**options)
    if nested and draw(st.booleans()):
        chosen["inner"] = fields.Nested(draw(schemas(nested=False)))
    if nested and draw(st.integers(0, 9)) == 0:
        chosen["computed"] = fields.String()  # a property of the class: only dump() can read it
    return Schema.from_dict(chosen)


rows = st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()})
ENGINE = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
Base.metadata.create_all(ENGINE)


@pytest.mark.filterwarnings("ignore:Dialect sqlite:sqlalchemy.exc.SAWarning")
@settings(deadline=None)
@given(schema=schemas(), outer=st.lists(st.tuples(rows, st.none() | rows), max_size=3))
def test_the_answer_of_a_plan_equals_the_dump_of_marshmallow(
    schema: type[Schema], outer: list[tuple[Any, Any]]
) -> None:
    with Session(ENGINE) as session:
        session.execute(delete(Outer))
        session.execute(delete(Inner))
        session.add_all(Outer(**own, inner=inner and Inner(**inner)) for own, inner in outer)
        session.commit()
        session.expire_all()
        expected = schema(many=True).dump(session.scalars(select(Outer).order_by(Outer.id)))

    leaves = selection(leaves_of(schema))
    plan = plan_of(ENGINE, Outer, schema, leaves, (), lambda statement: statement.order_by(Outer.id))
    assert isinstance(plan, DumpPlan) == ("computed" in schema._declared_fields)
    ask = Ask({}, leaves, schema, "", Database(ENGINE), None, Timing(), "")
    assert _written(plan.items(plan.rows(ask, {}))) == _written(expected)


def _written(items: Any) -> str:
    """Return the JSON of values: in Python 1, 1.0 and True are equal."""
    return json.dumps(items, sort_keys=True, default=repr)
