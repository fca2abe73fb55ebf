"""How connections to PostgreSQL behave, directly and through pgbouncer in transaction pooling.

Behind pgbouncer each transaction may be served by another connection to the server. So nothing here is kept in a
session: no prepared statements (pgbouncer before 1.21 loses them), and time limits that the client keeps itself.
The time zone alone is set, which pgbouncer carries over.
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
    "client_encoding": "utf8",  # whatever the database's own
    "connect_timeout": 2,  # seconds
    "tcp_user_timeout": 1000,  # milliseconds until what was sent has to have arrived
}


class NoAnswer(psycopg.OperationalError, TimeoutError):
    """The server was asked and has not answered in time."""


class Connection(psycopg.Connection[Any]):
    """Gives up on a read that is not answered in time, so that a server that has stopped holds up nobody."""

    read_wait: float | None = None  # seconds

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for the server; outside a transaction, where only reads are, no longer than `read_wait`."""
        if timeout is None and self.pgconn.transaction_status == TransactionStatus.IDLE:
            timeout = self.read_wait
        try:
            return super().wait(gen, interval, timeout)
        except psycopg.OperationalError as error:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            # The server shall not go on for nobody; to tell it takes a connection of its own, and may take long.
            Thread(target=_cancel, args=(self.pgconn.cancel_conn(),), daemon=True).start()
            self.pgconn.finish()  # what may still come would be taken for the next answer
            raise NoAnswer(f"no answer within {timeout:.3g} seconds") from error


def prepare(engine: Engine, read_wait: float) -> None:
    """Have the engine make such connections, and wait no longer for one of them than for an answer."""
    # The driver waits at least two seconds for a server, and for as long as it takes to have a name resolved.
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
        # What is left of the time: pgbouncer takes a client at once, and may have no connection for its statements.
        connection.read_wait = max(0.0, began + read_wait - monotonic())
        try:
            connection.execute("SET TIME ZONE 'UTC'")  # so that instants come as the API writes them
        except NoAnswer:  # pgbouncer has no connection left, or the server hangs: there is no connection
            raise exc.TimeoutError(f"no connection within {read_wait:.3g} seconds") from None
        connection.read_wait = read_wait
        return connection

    event.listen(engine, "do_connect", connect)


def _cancel(asking: PGcancelConn) -> None:
    with suppress(psycopg.Error):
        asking.start()
        waiting.wait_conn(generators.cancel(asking), interval=0.1, timeout=5)  # blocking() would not let go of the GIL


def _close_late(connecting: "Future[Connection]") -> None:
    if connecting.exception() is None:
        connecting.result().close()
