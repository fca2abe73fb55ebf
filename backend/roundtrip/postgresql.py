"""How connections to PostgreSQL behave, directly and through pgbouncer in transaction pooling.

Behind pgbouncer each transaction may be served by another connection to the server. So nothing here is kept in a
session: no prepared statements (pgbouncer before 1.21 loses them), and time limits that the client keeps itself.
The time zone alone is set, which pgbouncer carries over.
"""

from contextlib import suppress
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import Dialect, Engine, event, exc
from sqlalchemy.pool import ConnectionPoolEntry

CONNECTING = {
    "autocommit": True,  # the driver begins nothing
    "prepare_threshold": None,
    "client_encoding": "utf8",  # whatever the database's own
    "connect_timeout": 2,  # seconds; the least that the driver takes
    "tcp_user_timeout": 1000,  # milliseconds until what was sent has to have arrived
}


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
            self._give_up()
            raise exc.TimeoutError(f"no answer within {timeout} seconds") from error

    def _give_up(self) -> None:
        with suppress(psycopg.Error):
            self.cancel_safe(timeout=0.2)
        self.pgconn.finish()  # what may still come would be taken for the next answer


def prepare(engine: Engine, read_wait: float) -> None:
    """Have the engine make such connections."""

    def connect(dialect: Dialect, entry: ConnectionPoolEntry, arguments: list[Any], given: dict[str, Any]) -> Any:
        connection = Connection.connect(*arguments, **{**CONNECTING, **given})
        connection.read_wait = read_wait
        connection.execute("SET TIME ZONE 'UTC'")  # so that instants come as the API writes them
        return connection

    event.listen(engine, "do_connect", connect)
