"""Roundtrip: a flight-delay explorer that shows how every millisecond of a round trip was spent."""

import os
from pathlib import Path

from flask import Flask
from flask_roundtrip.database import Database
from flask_roundtrip.read_replica import ReplicatedDatabase
from sqlalchemy import Engine

from . import api, database, inspection, site
from .config import Settings, kept_secret
from .data.loader import data_commands
from .data.version import DataVersion
from .data.words import words_command
from .extensions import API, cache, db, migrate
from .operations.border import note_route
from .operations.installation import install
from .operations.profile import refuse_what_is_wrong
from .operations.slow_statements import WatchedDatabase


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from its settings (by default, the environment's)."""
    settings = settings or Settings.from_environment()
    refuse_what_is_wrong(settings, os.environ)
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # `//x` is unknown, not a redirect to whatever the Host header says
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key or kept_secret(),
        ROUNDTRIP_PREFIX=f"{API}/",
        ROUNDTRIP_BATCH=f"{API}/batch",
        ROUNDTRIP_THREADS=settings.threads,
        ROUNDTRIP_EDGES=settings.edges(),
        ROUNDTRIP_SKIPS=(note_route, site.lead_from_slashes),
    )
    database.configure(app, settings)
    migrate.init_app(app, db, directory=settings.migrations)
    cache.init_app(app, settings.cache_config())
    app.cli.add_command(data_commands)
    app.cli.add_command(words_command)
    api.register(app)
    site.serve(app, Path(settings.frontend_dist))
    inspection.mount(app, settings)
    with app.app_context():
        asked = _database(settings)
        install(app, settings, asked, DataVersion(asked), cache.cache)
    return app


def _database(settings: Settings) -> Database:
    primary = _asked(database.reader(db.engine), settings)
    if database.REPLICA not in db.engines:
        return primary
    replica = database.reader(db.engines[database.REPLICA])
    return ReplicatedDatabase(primary, _asked(replica, settings, asks_again=False))


def _asked(engine: Engine, settings: Settings, asks_again: bool = True) -> Database:
    turns = settings.database_pool_size
    if settings.slow_statement:
        return WatchedDatabase(engine, settings.slow_statement, asks_again, turns)
    return Database(engine, asks_again, turns)
