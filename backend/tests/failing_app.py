"""The application as a server imports it, whose statements about airports fail."""

from collections.abc import Sequence
from typing import Any

from flask_roundtrip.database import Database, Row

from roundtrip import create_app

fetch = Database.fetch


def failing(database: Database, sql: str, arguments: Any, client: str = "") -> Sequence[Row]:
    if "FROM airports" in sql:
        raise RuntimeError("planted")
    return fetch(database, sql, arguments, client)


Database.fetch = failing  # type: ignore[method-assign, assignment]  # only in this process
app = create_app()
