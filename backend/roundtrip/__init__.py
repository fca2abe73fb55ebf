"""Roundtrip: a flight-delay explorer that shows where every millisecond of a round trip went."""

from flask import Flask

from . import database
from .config import Settings
from .data.loader import data_commands
from .extensions import migrate, db


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from its settings (by default, the environment's)."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__, static_folder=None)
    database.configure(app, settings)
    migrate.init_app(app, db, directory="migrations")
    app.cli.add_command(data_commands)
    return app
