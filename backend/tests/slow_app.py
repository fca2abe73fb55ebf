"""The application as a server imports it, whose statements about airports take half a second longer."""

import time
from collections.abc import Sequence
from typing import Any

from flask_roundtrip.database import Database, Row

from roundtrip import create_app

SLOWER = 0.5  # seconds
fetch = Database.fetch


def slow(database: Database, sql: str, arguments: Any, client: str = "") -> Sequence[Row]:
    if "FROM airports" in sql:
        time.sleep(SLOWER)
    return fetch(database, sql, arguments, client)


Database.fetch = slow  # type: ignore[method-assign, assignment]  # only in this process
app = create_app()
