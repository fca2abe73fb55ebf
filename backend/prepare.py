"""Brings the database up to date: the tables by the migrations, then the data set.

One process for both, for each start of the application takes a second; and most of the time it only looks.
"""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade

from roundtrip import create_app
from roundtrip.data.loader import load_command
from roundtrip.database import reader
from roundtrip.extensions import db


def main() -> None:
    """Do what `flask db upgrade` and `flask data load` do."""
    with create_app().app_context():
        if not has_all_tables():
            upgrade()
        load_command(args=[], prog_name="flask data load")


def has_all_tables() -> bool:
    """Tell whether the newest migration was run."""
    scripts = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    with reader(db.engine).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == scripts.get_current_head()


if __name__ == "__main__":
    main()
