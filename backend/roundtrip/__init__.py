"""Roundtrip: a flight-delay explorer that shows where every millisecond of a round trip went."""

import os
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine
from werkzeug.exceptions import HTTPException

from . import api, database, site
from .arguments import PlainDigits
from .config import Settings, kept_secret
from .data.loader import data_commands
from .data.version import last_modified
from .errors import Problem
from .extensions import cache, db, migrate
from .operations.installation import install
from .operations.profile import refuse_what_is_wrong
from .operations.slow_statements import WatchedDatabase
from .pipeline import Pipeline
from .techniques.pagination import Cursors
from .techniques.query_plan import Database
from .techniques.read_replica import ReplicatedDatabase
from .techniques.response_cache import ResponseCache


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from its settings (by default, the environment's)."""
    settings = settings or Settings.from_environment()
    refuse_what_is_wrong(settings, os.environ)
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # `//x` is unknown, not a redirect to whatever the Host header says
    app.url_map.converters["int"] = PlainDigits
    database.configure(app, settings)
    migrate.init_app(app, db, directory=settings.migrations)
    cache.init_app(app, settings.cache_config())
    app.cli.add_command(data_commands)
    app.cli.add_command(api.openapi_command)
    app.register_blueprint(api.blueprint())
    app.register_error_handler(HTTPException, api.told)
    app.register_error_handler(Problem, api.told)
    with app.app_context():
        reader = database.reader(db.engine)
        asked = _asked(reader, settings)
        if database.REPLICA in db.engines:
            replica = database.reader(db.engines[database.REPLICA])
            asked = ReplicatedDatabase(asked, _asked(replica, settings, asks_again=False))
        app.extensions["roundtrip"] = pipeline = Pipeline(
            routes={f"api.{route.name}": route for route in api.ROUTES},
            urls=app.url_map,
            database=asked,
            cache=ResponseCache(cache.cache),
            cursors=Cursors(settings.secret_key or kept_secret()),
            last_modified=last_modified(asked),
            batch_threads=settings.batch_threads,
        )
        site.serve(app, Path(settings.frontend_dist))
        install(app, settings, pipeline, asked, cache.cache)
    return app


def _asked(engine: Engine, settings: Settings, asks_again: bool = True) -> Database:
    if settings.slow_statement:
        return WatchedDatabase(engine, settings.slow_statement, asks_again)
    return Database(engine, asks_again)
