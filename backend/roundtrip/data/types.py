"""Column types for texts and times, stored on every database so that they sort alike and read back as the API writes.

SQLite has no type for times and keeps text. A text in the form of RFC 3339 goes into JSON unchanged, and it sorts and
compares like the time. Other databases return datetimes, which the encoders write in the same form.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, Boolean, ColumnElement, DateTime, Dialect, String, TypeDecorator
from sqlalchemy.dialects.sqlite import DATETIME as SQLITE_DATETIME
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

_ISO = "%(year)04d-%(month)02d-%(day)02dT%(hour)02d:%(minute)02d:%(second)02d"
_PARTS = r"(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)"


class Text(TypeDecorator[str]):
    """A text of limited length, sorted by its bytes and not by the language of the database.

    A page begins after the last row seen, so both databases must have the same order.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect):  # type: ignore[no-untyped-def]  # SQLAlchemy's own is TypeEngine[Any]
        """Set the collation on PostgreSQL, which otherwise sorts by its cluster's language; SQLite sorts by bytes."""
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(String(self.length, collation))


class LocalTime(TypeDecorator[datetime]):
    """A local time at the airport of the event: a datetime without an offset."""

    impl = DateTime
    cache_ok = True
    as_written = True  # the driver returns the form that the API writes (flask_roundtrip.query_plan)

    def load_dialect_impl(self, dialect: Dialect):  # type: ignore[no-untyped-def]  # as above
        """Text in the form of ISO 8601 on SQLite, `timestamp` elsewhere."""
        if dialect.name == "sqlite":
            kind = SQLITE_DATETIME(storage_format=_ISO, regexp=_PARTS)  # type: ignore[no-untyped-call]  # untyped there
            return dialect.type_descriptor(kind)
        return dialect.type_descriptor(DateTime())


class UtcTime(TypeDecorator[datetime]):
    """An instant: an aware datetime, always returned in UTC."""

    impl = DateTime
    cache_ok = True
    as_written = True  # as above

    def load_dialect_impl(self, dialect: Dialect):  # type: ignore[no-untyped-def]  # as above
        """Text with the offset +00:00 on SQLite, `timestamp with time zone` elsewhere."""
        if dialect.name == "sqlite":
            kind = SQLITE_DATETIME(storage_format=_ISO + "+00:00", regexp=_PARTS)  # type: ignore[no-untyped-call]  # as above
            return dialect.type_descriptor(kind)
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive datetime, whose instant is unknown; pass the time to the database in UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"expected an aware datetime, got {value!r}")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Add the zone UTC to a datetime that was parsed without it."""
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


class OneOf(ColumnElement[bool]):
    """SQL that tests a whole number against a text of numbers such as "6,7", one parameter of the statement."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: Any, numbers: BindParameter[Any]) -> None:
        self.column = column
        self.numbers = numbers


@compiles(OneOf, "sqlite")
def _in_bits(one_of: OneOf, compiler: SQLCompiler, **how: Any) -> str:
    """Turn the text once into a number with one bit for each number in it. IN takes twice as long for each row."""
    column, numbers = compiler.process(one_of.column, **how), compiler.process(one_of.numbers, **how)
    bits = f"SELECT sum(1 << value) FROM json_each('[' || {numbers} || ']')"  # noqa: S608 - SQL of SQLAlchemy's own
    return f"(({bits}) >> {column}) & 1"


@compiles(OneOf, "postgresql")
def _in_array(one_of: OneOf, compiler: SQLCompiler, **how: Any) -> str:
    column, numbers = compiler.process(one_of.column, **how), compiler.process(one_of.numbers, **how)
    return f"{column} = ANY (CAST(string_to_array({numbers}, ',') AS SMALLINT[]))"
