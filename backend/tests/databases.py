"""The whole data set in a database, made once for each state of the schema and of the loader."""

import hashlib
from contextlib import AbstractContextManager

import flask_migrate
import postgres

from roundtrip import create_app
from roundtrip.config import BACKEND, Settings
from roundtrip.data.loader import load
from roundtrip.extensions import db

# The files that decide the contents of a loaded database.
_MADE_BY = (
    "migrations/versions/*.py",
    "roundtrip/data/*.py",
    "roundtrip/resources/*/model.py",
    "requirements-data.txt",
)


def settings_for(url: str) -> Settings:
    # The machine may be busy, and no test is about waiting that long.
    return Settings(
        database_url=url, secret_key="test", testing=True, database_read_wait=60_000, database_pool_wait=60_000
    )


def filled() -> AbstractContextManager[postgres.Cluster]:
    """Run a private PostgreSQL with the whole data set."""

    def fill(cluster: postgres.Cluster) -> None:
        with cluster.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {postgres.EMPTY}")
            make_database(cluster.url(postgres.EMPTY), scale=0)
            connection.execute(f"CREATE DATABASE {postgres.LOADED} TEMPLATE {postgres.EMPTY}")
        make_database(cluster.url(), scale=1)

    return postgres.cluster(fingerprint(), fill)


def make_database(url: str, scale: int) -> None:
    """Make a database as `flask db upgrade` and `flask data load` do; with a scale of 0, only the former."""
    app = create_app(settings_for(url))
    with app.app_context():
        flask_migrate.upgrade()
        if scale:
            load(db.engine, scale)
        db.engine.dispose()  # the last connection closed takes the write-ahead log along


def fingerprint() -> str:
    """Return a name that depends on everything that decides the contents of a loaded database."""
    digest = hashlib.sha256()
    for pattern in _MADE_BY:
        for path in sorted(BACKEND.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
