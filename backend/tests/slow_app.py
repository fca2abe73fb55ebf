"""The application as a server imports it, whose statements about airports take SLOWER seconds longer.

Only the served process may import this file: the import changes `Database`. Elsewhere it fails for want of SLOWER.
"""

import os
import time
from collections.abc import Sequence
from typing import Any

from flask_roundtrip.database import Database, Row

from roundtrip import create_app

SLOWER = float(os.environ["SLOWER"])
fetch = Database.fetch


def slow(database: Database, sql: str, arguments: Any, client: str = "") -> Sequence[Row]:
    if "FROM airports" in sql:
        time.sleep(SLOWER)
    return fetch(database, sql, arguments, client)


Database.fetch = slow  # type: ignore[method-assign, assignment]  # only in this process
app = create_app()
