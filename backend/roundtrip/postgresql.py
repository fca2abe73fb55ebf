"""Connections to PostgreSQL, directly or through pgbouncer in transaction pooling.

Behind pgbouncer each transaction may get another connection to the server. So nothing is kept in a session: there are
no prepared statements (pgbouncer before 1.21 loses them), and the client itself keeps the time limits. Only the time
zone is set, which pgbouncer passes on.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import Any

import psycopg
from psycopg import generators, waiting
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGcancelConn
from sqlalchemy import Dialect, Engine, event, exc
from sqlalchemy.pool import ConnectionPoolEntry

CONNECTING = {
    "autocommit": True,  # the driver begins nothing
    "prepare_threshold": None,
    "client_encoding": "utf8",  # independent of the database's own setting
    "connect_timeout": 2,  # seconds
    "tcp_user_timeout": 1000,  # milliseconds within which sent data must be acknowledged
}


class NoAnswer(psycopg.OperationalError, TimeoutError):
    """The server has not answered a statement in time."""


class Connection(psycopg.Connection[Any]):
    """A connection with a time limit for reads, so that a stopped server does not block requests."""

    read_wait: float | None = None  # seconds

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for the server; outside a transaction, which means for a read, at most `read_wait`."""
        if timeout is None and self.pgconn.transaction_status == TransactionStatus.IDLE:
            timeout = self.read_wait
        try:
            return super().wait(gen, interval, timeout)
        except psycopg.OperationalError as error:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            # The server should stop the statement. The cancel request needs another connection and may take long.
            Thread(target=_cancel, args=(self.pgconn.cancel_conn(),), daemon=True).start()
            self.pgconn.finish()  # a late answer would be taken for the next one
            raise NoAnswer(f"no answer within {timeout:.3g} seconds") from error


def prepare(engine: Engine, read_wait: float) -> None:
    """Make the engine use such connections, and wait for a connection no longer than for an answer."""
    # The driver itself waits at least two seconds for a server, and without a limit for the resolution of a name.
    threads = ThreadPoolExecutor(4, "connect")

    def connect(dialect: Dialect, entry: ConnectionPoolEntry, arguments: list[Any], given: dict[str, Any]) -> Any:
        began = monotonic()
        coming = threads.submit(Connection.connect, *arguments, **{**CONNECTING, **given})
        try:
            connection = coming.result(read_wait)
        except TimeoutError:
            if not coming.cancel():
                coming.add_done_callback(_close_late)
            raise exc.TimeoutError(f"no connection within {read_wait:.3g} seconds") from None
        # The rest of the time: pgbouncer accepts a client at once, and may have no connection for its statements.
        connection.read_wait = max(0.0, began + read_wait - monotonic())
        try:
            connection.execute("SET TIME ZONE 'UTC'")  # so that instants come in the API's form
        except NoAnswer:  # pgbouncer has no connection left, or the server hangs: there is no connection
            raise exc.TimeoutError(f"no connection within {read_wait:.3g} seconds") from None
        connection.read_wait = read_wait
        return connection

    event.listen(engine, "do_connect", connect)


def _cancel(asking: PGcancelConn) -> None:
    with suppress(psycopg.Error):
        asking.start()
        waiting.wait_conn(generators.cancel(asking), interval=0.1, timeout=5)  # blocking() would not release the GIL


def _close_late(connecting: "Future[Connection]") -> None:
    if connecting.exception() is None:
        connecting.result().close()
