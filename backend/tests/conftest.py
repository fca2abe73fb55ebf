"""Fixtures for all tests: the real data, loaded once and kept between runs, and the application above it."""

import fcntl
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import postgres
import pytest
from databases import filled, fingerprint, make_database, settings_for
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.database import Database, Row
from sqlalchemy import event
from support import asked_at, end, forget, responder_of

from roundtrip import create_app
from roundtrip.data.version import DataVersion
from roundtrip.extensions import db


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("ROUNDTRIP_")]:
        del os.environ[name]  # the user's own settings must not change the tests
    config.addinivalue_line("markers", "on_both: runs on SQLite and on PostgreSQL; what is not marked, on SQLite")
    config.addinivalue_line("markers", "at_both_doors: asks by WSGI and by ASGI; what is not marked, by WSGI")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the marked tests that need the data set on both databases, and those that ask at both doors."""
    if metafunc.definition.get_closest_marker("on_both") and "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", ("sqlite", "postgresql"), indirect=True, scope="session")
    if metafunc.definition.get_closest_marker("at_both_doors") and "door" in metafunc.fixturenames:
        metafunc.parametrize("door", ("wsgi", "asgi"), indirect=True, scope="session")


@pytest.fixture(scope="session")
def database_path(pytestconfig: pytest.Config) -> Path:
    """A SQLite file with the whole data set. It outlives the run, and others read it: never write to it."""
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir("roundtrip")
    path = folder / f"{fingerprint()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two runs at once, one loads
        if not path.exists():
            kept = sorted(folder.glob("*.sqlite3"), key=lambda kept: kept.stat().st_mtime)
            for stale in kept[:-1]:  # the newest may be in use by a run that began before the last change
                stale.unlink()
            draft = path.with_suffix(".draft")
            draft.unlink(missing_ok=True)
            make_database(f"sqlite:///{draft}", scale=1)
            draft.rename(path)
    return path


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL with the whole data set in its database LOADED: never write to that."""
    with filled() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """The name of the database with the data set: see the marker `on_both`."""
    kind: str = getattr(request, "param", "sqlite")
    return kind


@pytest.fixture(scope="session")
def database_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """The URL of the whole data set. All tests share it: never write to it."""
    if database_kind == "sqlite":
        return f"sqlite:///{request.getfixturevalue('database_path')}"
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    return cluster.url()


@pytest.fixture(scope="session")
def door(request: pytest.FixtureRequest) -> str:
    """By which interface the application is asked: see the marker `at_both_doors`."""
    door: str = getattr(request, "param", "wsgi")
    return door


@pytest.fixture(scope="module")
def app(database_url: str, door: str) -> Iterator[Flask]:
    """The application, new for each file of tests, so that no file finds another's answers in the cache."""
    app = create_app(settings_for(database_url))
    with asked_at(door, app):
        yield app
    end(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()


@pytest.fixture
def statements(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The SQL statements that run after this, as the database gets them. The response cache is empty at the start."""
    client.get("/api/v1/airlines")  # the first answer of all also asks when the data was loaded,
    version = responder_of(app)._changed
    assert isinstance(version, DataVersion)
    with version._lock:  # and from then on the background asks, once a second
        monkeypatch.setattr(version, "_look_at", math.inf)
    forget(app)
    ran: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        ran.append(statement)

    def note_and_fetch(database: Database, sql: str, arguments: object, client: str = "") -> Sequence[Row]:
        ran.append(sql)
        return fetch(database, sql, arguments, client)

    fetch = Database.fetch  # past SQLAlchemy's events
    monkeypatch.setattr(Database, "fetch", note_and_fetch)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield ran
    event.remove(engine, "before_cursor_execute", note)
