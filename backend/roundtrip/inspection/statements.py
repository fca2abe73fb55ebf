"""The statements of one GET: what each was given, its plan, and how long the database takes for it alone.

The GET is answered once more, without any cache, by the code that answers it always; only the database notes what it is
asked. So no SQL comes from a client. Sources: https://www.sqlite.org/eqp.html and
https://www.postgresql.org/docs/current/using-explain.html.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from time import monotonic, perf_counter
from typing import Any, NamedTuple

from flask_roundtrip.database import Database, Row
from flask_roundtrip.extension import State
from flask_roundtrip.pagination import Cursors
from flask_roundtrip.respond import Responder
from flask_roundtrip.response_cache import MemoryStore, ResponseCache
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import RETRY_SOON, Head, Problem
from sqlalchemy import Engine

LONGEST = 8.0  # seconds for all statements of a request; a server ends a silent process after 20
RUNS = 5  # of each statement alone: the median is told
MOST = 50  # statements that are explained; a request has one, or a few
LONGEST_TEXT = 200  # characters of a value
TOO_LONG = Problem(503, f"The statements take longer than {LONGEST:.0f} seconds.", headers=[RETRY_SOON])
_INDEX = re.compile(r"USING (?:AUTOMATIC )?(?:PARTIAL )?(?:COVERING )?(?:INDEX (\w+)|(INTEGER PRIMARY KEY))")


class Ran(NamedTuple):
    """A statement as the database got it."""

    sql: str
    arguments: Any
    rows: int


class Plan(NamedTuple):
    """What the database says about a statement."""

    lines: list[str]
    indexes: list[str]
    rows_looked_at: int | None  # None where the database does not tell


class Noting(Database):
    """A database that notes each statement that succeeds."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.ran: list[Ran] = []

    def fetch(self, sql: str, arguments: Any, client: str = "") -> Sequence[Row]:
        """Run one statement, note it and return its rows."""
        rows = super().fetch(sql, arguments, client)
        self.ran.append(Ran(sql, arguments, len(rows)))
        return rows


def explained(state: State, head: Head) -> dict[str, Any]:
    """Answer a GET once more, without any cache, and describe each of its statements.

    Times are in milliseconds. `left_out` counts statements after the first MOST, and any that went past
    Database.fetch(). Raises Problem: 400 if the path asks no database, 404 if there is no such path, 503 after LONGEST.
    """
    until = monotonic() + LONGEST
    found = state.responder.find(head)
    if found is None or state.database is None:
        raise Problem(400, "url: this path asks no database.")
    database = Noting(state.database.engine)
    again = Responder(
        state.app,
        state.routes,
        database,
        ResponseCache(MemoryStore(0)),
        Cursors(str(state.app.config["SECRET_KEY"])),
        state.responder.version,
    )
    timing = Timing()
    answer = again.answer_route(*found, head, timing)
    explain = _explain_sqlite if database.is_local else _explain_postgresql
    session = _sqlite if database.is_local else _postgresql
    told = []
    with session(database.engine, until) as cursor:
        for ran in database.ran[:MOST]:
            plan = explain(cursor, ran)
            told.append(
                {
                    "sql": ran.sql,
                    "values": _values(ran.arguments),
                    "plan": plan.lines,
                    "indexes": plan.indexes,
                    "rows_looked_at": plan.rows_looked_at,
                    "rows": ran.rows,
                    "ms": _alone(cursor, ran, until),
                }
            )
    return {
        "database": database.engine.dialect.name,
        "status": answer.status,
        "runs": RUNS,
        "statements": told,
        "left_out": timing.statements - len(told),
    }


@contextmanager
def _sqlite(engine: Engine, until: float) -> Iterator[Any]:
    """Yield a cursor whose statements are interrupted when the time is over."""
    connection = engine.raw_connection()
    driver: sqlite3.Connection = connection.driver_connection  # type: ignore[assignment]
    driver.set_progress_handler(lambda: monotonic() > until, 10_000)  # steps of SQLite's virtual machine
    try:
        yield connection.cursor()
    except sqlite3.OperationalError as error:
        if monotonic() > until:
            raise TOO_LONG from error
        raise
    finally:
        driver.set_progress_handler(None, 0)
        connection.close()


@contextmanager
def _postgresql(engine: Engine, until: float) -> Iterator[Any]:
    """Yield a cursor in a transaction that may only read and whose statements the server ends when the time is over."""
    import psycopg

    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("BEGIN READ ONLY")  # a transaction: behind pgbouncer, the setting holds for one session alone
        try:
            left = max(1, round((until - monotonic()) * 1000))
            cursor.execute(f"SET LOCAL statement_timeout = {left}")
            yield cursor
        finally:
            cursor.execute("ROLLBACK")
    except psycopg.errors.QueryCanceled as error:
        raise TOO_LONG from error
    finally:
        connection.close()


def _explain_sqlite(cursor: Any, ran: Ran) -> Plan:
    """Return the plan that SQLite makes. SQLite does not tell how many rows a statement looked at."""
    depth = {0: -1}
    lines = []
    for node, parent, _, detail in cursor.execute(f"EXPLAIN QUERY PLAN {ran.sql}", ran.arguments).fetchall():
        depth[node] = depth.get(parent, -1) + 1
        lines.append(f"{'  ' * depth[node]}{detail}")
    named = [index or primary.lower() for line in lines for index, primary in _INDEX.findall(line)]
    return Plan(lines, list(dict.fromkeys(named)), None)


def _explain_postgresql(cursor: Any, ran: Ran) -> Plan:
    """Return the plan of PostgreSQL, with the times and buffers of one execution."""
    explain = "EXPLAIN (ANALYZE, BUFFERS"
    lines = [line for (line,) in cursor.execute(f"{explain}) {ran.sql}", ran.arguments).fetchall()]
    ((told,),) = cursor.execute(f"{explain}, FORMAT JSON) {ran.sql}", ran.arguments).fetchall()
    nodes = list(_nodes(told[0]["Plan"]))
    indexes = dict.fromkeys(node["Index Name"] for node in nodes if "Index Name" in node)
    looked_at = sum(_looked_at(node) for node in nodes if "Relation Name" in node)
    return Plan(lines, list(indexes), round(looked_at))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


def _looked_at(node: dict[str, Any]) -> float:
    """Return the rows of a table that a scan read, those that it threw away included. Counts are for each loop."""
    thrown = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    seen: float = (node["Actual Rows"] + thrown) * node["Actual Loops"]
    return seen


def _alone(cursor: Any, ran: Ran, until: float) -> float:
    """Return the median milliseconds of the statement with all its rows. Raises Problem (503) after the time."""
    spent = []
    for _ in range(RUNS):
        if monotonic() > until:
            raise TOO_LONG
        began = perf_counter()
        cursor.execute(ran.sql, ran.arguments).fetchall()
        spent.append((perf_counter() - began) * 1000)
    return round(median(spent), 3)


def _values(arguments: Any) -> list[dict[str, Any]]:
    """Return the bound values by name, or by place where the driver's parameter marks have no names."""
    named = arguments.items() if isinstance(arguments, dict) else enumerate(arguments, 1)
    return [{"name": str(name), "value": _told(value)} for name, value in named]


def _told(value: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} … ({len(text)} characters)"
