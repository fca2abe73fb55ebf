"""Simple schemas are compiled; a schema with a hook is left to marshmallow's dump."""

from typing import Any

import pytest
from flask_roundtrip.fields import selection
from flask_roundtrip.query_plan import NotCompilable, columns_of
from marshmallow import Schema, fields, post_dump
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


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
