"""Logs each SQL statement that takes long, with the id of the request that it was run for.

A request's id goes no nearer to the database than this line. In a comment (as sqlcommenter writes) it would make each
statement a text of its own: none would be found prepared or compiled again, and pg_stat_statements would keep one
entry's text for all of them. As application_name it would cost a round trip for each statement, and behind pgbouncer
the next client could have it. What the line holds, the statement's constant text, finds it in both.
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
    """The database, watched for statements that take `slow` milliseconds or longer, failed ones too."""

    def __init__(self, engine: Engine, slow: int, asks_again: bool = True, turns: int = TURNS) -> None:
        super().__init__(engine, asks_again, turns)
        self._slow = slow

    def fetch(self, sql: str, arguments: Any, client: str = "") -> Sequence[Row]:
        """Run one statement. Its arguments are not logged: they are what somebody asked."""
        began = perf_counter()
        try:
            return super().fetch(sql, arguments, client)
        finally:
            ms = (perf_counter() - began) * 1000
            if ms >= self._slow:
                fields = {"ms": round(ms, 1), "sql": sql}
                rid = request_id.get() or "none: an entry is renewed, or /readyz asks"
                log.warning("A statement took %.0f ms (rid %s): %s", ms, rid, sql, extra={"fields": fields})
