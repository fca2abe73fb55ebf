"""Alembic's environment: migrations run on the application's own engine, in one transaction, on SQLite too."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from roundtrip.data.types import LocalTime, Text, UtcTime

# SQLAlchemy cannot read expression indexes back from SQLite; tests/data/test_migrations.py compares their SQL.
for message in ("Skipped unsupported reflection of expression", "autogenerate skipping .* expression"):
    warnings.filterwarnings("ignore", message)


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our own types as their plain base types: a migration must not change when the code changes."""
    if kind == "type" and isinstance(item, Text):
        return f'sa.String({item.length}).with_variant(sa.String({item.length}, "C"), "postgresql")'
    if kind == "type" and isinstance(item, LocalTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    return False


@contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Let SQLite drop a table and make it again (a batch) without deleting the rows that refer to it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys = OFF")  # has no effect inside a transaction, so it stands before it
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def check_foreign_keys(connection: Connection) -> None:
    """Fail, and so roll back, when a migration left a row that refers to a missing row."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
        if broken:
            raise RuntimeError(f"the migration would leave rows that refer to missing rows: {broken}")


def run() -> None:
    extension = current_app.extensions["migrate"]
    options: dict[str, Any] = {
        "target_metadata": extension.db.metadata,
        "transactional_ddl": True,  # on SQLite too: there database.py begins the transactions
        "render_item": render_item,
        **extension.configure_args,
    }
    if context.is_offline_mode():
        url = extension.db.engine.url.render_as_string(hide_password=False)
        context.configure(url=url, literal_binds=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        return
    with extension.db.engine.connect() as connection, foreign_keys_off(connection):
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
            check_foreign_keys(connection)


run()
