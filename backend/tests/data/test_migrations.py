"""Models and migrations describe one schema."""

import re
import shutil
import sqlite3
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from roundtrip.config import BACKEND
from roundtrip.data.loader import load, loaded
from roundtrip.data.source import Files
from roundtrip.extensions import db

Schema = dict[str, str]


def schema_of(path: Path) -> Schema:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {name: re.sub(r"\s+", " ", sql) for name, sql in rows if name != "alembic_version"}


def test_migrations_make_the_very_sql_that_the_models_make(path: Path, tmp_path: Path) -> None:
    """Word for word, so expression indexes, the computed column and every constraint's name are in it."""
    other = tmp_path / "models.sqlite3"
    models = create_engine(f"sqlite:///{other}")
    db.metadata.create_all(models)
    models.dispose()
    migrated, modelled = schema_of(path), schema_of(other)
    assert {name: sorted(_parts(sql)) for name, sql in migrated.items()} == {
        name: sorted(_parts(sql)) for name, sql in modelled.items()
    }
    assert "coalesce(arr_delay, -32768)" in migrated["ix_flights_latest_first"]


def _parts(create: str) -> list[str]:
    """Split at commas: the order in which a table's constraints are listed says nothing."""
    return [part.strip(" ()") for part in create.split(",")]


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_alembic_finds_nothing_to_migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_flask_db_check_finds_nothing(empty: Flask) -> None:
    result = empty.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output


def test_downgrade_takes_everything_away_and_upgrade_brings_it_back(path: Path) -> None:
    before = schema_of(path)
    flask_migrate.downgrade(revision="base")
    assert schema_of(path) == {}
    flask_migrate.upgrade()
    assert schema_of(path) == before


def test_a_downgrade_and_an_upgrade_of_one_step_bring_the_same_schema_back(path: Path) -> None:
    before = schema_of(path)
    flask_migrate.downgrade(revision="0001")
    assert "ix_flights_status" in schema_of(path)
    flask_migrate.upgrade()
    assert schema_of(path) == before


def test_after_a_step_of_the_schema_the_data_set_counts_as_not_loaded_and_is_loaded_anew(
    engine: Engine, small: Files
) -> None:
    load(engine, files=small)
    flask_migrate.downgrade(revision="0001")
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM datasets")) == 0
        connection.execute(
            text("INSERT INTO datasets VALUES ('nycflights13', 'small', 1, '2026-01-01T00:00:00+00:00')")
        )
    flask_migrate.upgrade()
    assert loaded(engine) is None
    assert load(engine, files=small) is True
    with engine.connect() as connection:
        for table in ("delays_by_carrier", "delays_by_route_and_time"):
            of_years = text(f"SELECT sum(count) FROM {table} WHERE unit = 'year'")
            assert connection.scalar(of_years) == small.flights


def test_upgrading_twice_changes_nothing(path: Path) -> None:
    before = schema_of(path)
    flask_migrate.upgrade()
    assert schema_of(path) == before


def test_a_migration_that_fails_half_way_leaves_nothing(
    engine: Engine, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flask_migrate.downgrade(revision="base")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("alembic.op.create_index", fail)
    with pytest.raises(SystemExit):  # Flask-Migrate's way to say that a command failed
        flask_migrate.upgrade()
    assert schema_of(path) == {}


def test_every_constraint_has_a_name_that_a_later_migration_can_use() -> None:
    for table in db.metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, (table.name, constraint)


def test_the_schema_can_be_written_for_postgresql() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # untyped there
    for table in db.metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=dialect))
    flights = str(CreateTable(db.metadata.tables["flights"]).compile(dialect=dialect))
    assert "time_hour TIMESTAMP WITH TIME ZONE NOT NULL" in flights
    assert "sched_dep TIMESTAMP WITHOUT TIME ZONE NOT NULL" in flights
    assert "GENERATED ALWAYS AS" in flights


def test_foreign_keys_are_enforced_after_migrating(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        with pytest.raises(IntegrityError):
            connection.execute(
                text("INSERT INTO weather (origin, time_hour, local_hour) VALUES ('XXX', '2013', '2013')")
            )


LATER = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "0004", "0003", None, None


def upgrade():
    with op.batch_alter_table("airports", recreate="always") as batch:
        batch.alter_column("name", type_=sa.String(80), existing_type=sa.String(64), existing_nullable=False)
    {more}
"""


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migrations, to which a test adds one that makes `airports` anew: SQLite cannot alter a column."""
    return Path(shutil.copytree(BACKEND / "migrations", tmp_path / "migrations"))


def test_a_later_migration_can_make_a_table_anew_while_others_refer_to_it(
    engine: Engine, small: Files, later: Path
) -> None:
    load(engine, files=small)
    (later / "versions" / "0004_later.py").write_text(LATER.format(more="pass"))
    flask_migrate.upgrade(directory=str(later))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM flights JOIN airports ON faa = origin")) == small.flights
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_later_migration_that_leaves_rows_without_what_they_refer_to_is_undone(
    engine: Engine, small: Files, later: Path
) -> None:
    load(engine, files=small)
    (later / "versions" / "0004_later.py").write_text(LATER.format(more="op.execute('DELETE FROM airlines')"))
    with pytest.raises(SystemExit):
        flask_migrate.upgrade(directory=str(later))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM airlines")) == 16
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0003"
