"""Brings the database up to date: the tables by the migrations, then the data set.

One process does both, because each start of the application takes a second. Most of the time there is nothing to do.
"""

import sys

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from roundtrip import create_app
from roundtrip.config import Settings
from roundtrip.data.loader import load_command
from roundtrip.database import reader
from roundtrip.extensions import db


def main() -> None:
    """Do the same as `flask db upgrade` and `flask data load`."""
    try:
        with create_app().app_context():
            if not has_all_tables():
                upgrade()
            load_command(args=[], prog_name="flask data load")
    except OperationalError as error:
        sys.exit(f"The database {database()} cannot be made ready: {error.orig}. Check its address and its owner.")
    except PermissionError as error:
        sys.exit(f"This user cannot write to {error.filename}. Change its owner, or run as another user.")


def database() -> str:
    """Return where the database is, without a password."""
    return make_url(Settings.from_environment().database_url).render_as_string()


def has_all_tables() -> bool:
    """Tell whether the newest migration was run."""
    scripts = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    with reader(db.engine).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == scripts.get_current_head()


if __name__ == "__main__":
    main()
