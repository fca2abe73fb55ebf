"""What all tests share: the real data, loaded once and kept between runs, and the application above it."""

import fcntl
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import flask_migrate
import postgres
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from roundtrip import create_app
from roundtrip.config import BACKEND, Settings
from roundtrip.data.loader import load
from roundtrip.extensions import cache, db
from roundtrip.techniques.query_plan import Database, Row

# What decides how a loaded database looks.
_MADE_BY = (
    "migrations/versions/*.py",
    "roundtrip/data/*.py",
    "roundtrip/resources/*/model.py",
    "requirements-data.txt",
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "on_both: runs on SQLite and on PostgreSQL; what is not marked, on SQLite")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the marked tests that need the data set on both databases."""
    if metafunc.definition.get_closest_marker("on_both") and "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", ("sqlite", "postgresql"), indirect=True, scope="session")


def settings_for(url: str) -> Settings:
    # The machine may be busy, and no test is about waiting that long.
    return Settings(
        database_url=url, secret_key="test", testing=True, database_read_wait=60_000, database_pool_wait=60_000
    )


@pytest.fixture(scope="session")
def database_path(pytestconfig: pytest.Config) -> Path:
    """A SQLite file with the whole data set. It outlives the run, and others read it: never write to it."""
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir("roundtrip")
    path = folder / f"{_fingerprint()}.sqlite3"
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
    """Which database the data set is in: see the marker `on_both`."""
    kind: str = getattr(request, "param", "sqlite")
    return kind


@pytest.fixture(scope="session")
def database_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """Where the whole data set is. It is for all tests: never write to it."""
    if database_kind == "sqlite":
        return f"sqlite:///{request.getfixturevalue('database_path')}"
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    return cluster.url()


@pytest.fixture(scope="module")
def app(database_url: str) -> Iterator[Flask]:
    """The application, new for each file of tests, so that none finds another's answers in the cache."""
    app = create_app(settings_for(database_url))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Who asks."""
    return app.test_client()


@pytest.fixture
def statements(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The SQL that runs from now on, as the database gets it. The response cache is empty at the start."""
    client.get("/api/v1/airlines")  # the first answer of all also asks when the data was loaded
    forget(app)
    ran: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        ran.append(statement)

    def note_and_fetch(database: Database, sql: str, arguments: object) -> Sequence[Row]:
        ran.append(sql)
        return fetch(database, sql, arguments)

    fetch = Database.fetch  # past SQLAlchemy's events
    monkeypatch.setattr(Database, "fetch", note_and_fetch)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield ran
    event.remove(engine, "before_cursor_execute", note)


def forget(app: Flask) -> None:
    """Empty the application's response cache."""
    app.extensions["cache"][cache].clear()


def filled() -> AbstractContextManager[postgres.Cluster]:
    """Run a PostgreSQL of one's own, with the whole data set."""

    def fill(cluster: postgres.Cluster) -> None:
        with cluster.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {postgres.EMPTY}")
            make_database(cluster.url(postgres.EMPTY), scale=0)
            connection.execute(f"CREATE DATABASE {postgres.LOADED} TEMPLATE {postgres.EMPTY}")
        make_database(cluster.url(), scale=1)

    return postgres.cluster(_fingerprint(), fill)


def make_database(url: str, scale: int) -> None:
    """Make a database as `flask db upgrade` and `flask data load` do; with a scale of 0, only the former."""
    app = create_app(settings_for(url))
    with app.app_context():
        flask_migrate.upgrade()
        if scale:
            load(db.engine, scale)
        db.engine.dispose()  # the last connection closed takes the write-ahead log along


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for pattern in _MADE_BY:
        for path in sorted(BACKEND.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
