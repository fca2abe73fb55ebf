"""Fixtures for the tests of the data: connections for checks, and a small data set that loads in a moment."""

import io
import shutil
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, text

from roundtrip import create_app
from roundtrip.config import Settings
from roundtrip.data.source import Files, installed_files
from roundtrip.extensions import db

SMALL = 12_000  # flights of the small data set

Ask = Callable[..., list[tuple[object, ...]]]


@pytest.fixture(scope="session")
def ask(database_url: str) -> Iterator[Ask]:
    """Query the whole data set in SQL, without any code of ours."""
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield lambda sql: [tuple(row) for row in connection.execute(text(sql))]
    engine.dispose()


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    """A connection to the whole data set through SQLAlchemy."""
    with app.app_context(), db.engine.connect() as connection:
        yield connection


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Flask]:
    """An application whose database has its tables and nothing in them."""
    path = tmp_path / "empty.sqlite3"
    app = create_app(Settings(database_url=f"sqlite:///{path}", secret_key="test", testing=True))
    with app.app_context():
        flask_migrate.upgrade()
        yield app
        db.engine.dispose()


@pytest.fixture
def engine(empty: Flask) -> Engine:
    return db.engine


@pytest.fixture
def path(engine: Engine) -> Path:
    assert engine.url.database
    return Path(engine.url.database)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The data set with its first 12,000 flights and the weather of their month only."""
    whole = installed_files()
    folder = tmp_path_factory.mktemp("small")
    for name in ("airlines.csv", "airports.csv", "planes.csv"):
        shutil.copy(whole.folder / name, folder)
    header, *hours = (whole.folder / "weather.csv").read_text().splitlines(keepends=True)
    january = (hour for hour in hours if hour.split(",", 3)[2] == "1")
    (folder / "weather.csv").write_text("".join((header, *january)))
    with ZipFile(whole.folder / "flights.csv.zip") as archive, archive.open("flights.csv") as flights:
        lines = "".join(islice(io.TextIOWrapper(flights, "utf-8"), SMALL + 1))
    with ZipFile(folder / "flights.csv.zip", "w", ZIP_DEFLATED) as archive:
        archive.writestr("flights.csv", lines)
    return Files(folder, "small", SMALL)
