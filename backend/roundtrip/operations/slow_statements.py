"""Logs each slow SQL statement, with the id of its request.

The id is not sent to the database. In a comment (as sqlcommenter writes) it would give each statement another text:
prepared and compiled statements could not be reused, and pg_stat_statements would keep one of the texts for all. As
application_name it would cost a round trip for each statement, and behind pgbouncer the next client could get it. The
log line has the statement's constant text, by which pg_stat_statements finds the statement.
"""

import logging
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from flask_roundtrip.database import TURNS, Database, Row
from flask_roundtrip.timing import request_id
from sqlalchemy import Engine

log = logging.getLogger(__name__)


class WatchedDatabase(Database):
    """A database that logs statements of `slow` milliseconds or longer, failed statements included."""

    def __init__(self, engine: Engine, slow: int, asks_again: bool = True, turns: int = TURNS) -> None:
        super().__init__(engine, asks_again, turns)
        self._slow = slow

    def fetch(self, sql: str, arguments: Any, client: str = "") -> Sequence[Row]:
        """Run one statement. Its arguments are not logged, because they are a user's data."""
        began = perf_counter()
        try:
            return super().fetch(sql, arguments, client)
        finally:
            ms = (perf_counter() - began) * 1000
            if ms >= self._slow:
                fields = {"ms": round(ms, 1), "sql": sql}
                rid = request_id.get() or "none: an entry is renewed, or /readyz asks"
                log.warning("A statement took %.0f ms (rid %s): %s", ms, rid, sql, extra={"fields": fields})
