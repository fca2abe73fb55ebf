"""The database for reads: one statement on a pooled connection, through the driver.

The driver's rows are used as they are; SQLAlchemy's connection and result around them would cost 60 us a statement.
Clients share its turns fairly (FairShare). A circuit breaker (shared/circuit_breaker.py) keeps requests from
waiting for a server that cannot be reached. A statement that takes too long is the fault of that statement: it is
answered with 503 and never opens the breaker.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from types import TracebackType
from typing import Any

from sqlalchemy import Engine, exc

from .shared.circuit_breaker import CircuitBreaker
from .wire import RETRY_SOON, Problem

Row = Sequence[Any]
TURNS = 8  # statements at once
PATIENCE = 5.0  # seconds to wait for a turn


class Away(Exception):
    """The database was not asked, because its circuit breaker is open."""


class _Lost(Exception):
    """The connection was lost before the answer."""


class Database:
    """The engine for reads, and the plans compiled for it: at most 512, the least used dropped first.

    `away` holds the errors of a database that cannot be reached now: it is stopped, starting or overloaded, or all
    connections are in use. With `asks_again` a read on a lost connection is repeated on a new connection.
    """

    def __init__(self, engine: Engine, asks_again: bool = True, turns: int = TURNS) -> None:
        self.engine = engine
        self.is_local = engine.dialect.name == "sqlite"  # in this process: no network, and nothing to lose
        # A statement of SQLite is short and holds no connection of others, so that one client may use all turns. On a
        # network one client leaves half of the connections to the others.
        self.turns = FairShare(turns) if self.is_local else FairShare(turns, turns // 2)
        self._asks_again = asks_again
        self._breaker = CircuitBreaker()
        self.away: tuple[type[Exception], ...] = (exc.TimeoutError, Away)
        if not self.is_local:  # on SQLite an OperationalError may be a table that is not there
            self.away += (exc.OperationalError, engine.dialect.loaded_dbapi.OperationalError, _Lost)
        self.compiled: Callable[..., Any] = lru_cache(maxsize=512)(self._compiled)

    def fetch(self, sql: str, arguments: Any, client: str = "") -> Sequence[Row]:
        """Wait for the client's turn, run one statement and return its rows. Raises `away` or Problem (503)."""
        with self.turns.turn(client):
            return self._fetch(sql, arguments) if self.is_local else self._fetch_guarded(sql, arguments)

    def session(self, client: str = "") -> "Turn":
        """Return a turn for a caller that uses the engine itself."""
        return self.turns.turn(client)

    def catch_up(self) -> None:
        """Make later reads see every change committed so far. With a single database they always do."""

    def _compiled(self, compile_: Callable[..., Any], *shape_of_question: Hashable) -> Any:
        return compile_(self.engine, *shape_of_question)

    def _fetch_guarded(self, sql: str, arguments: Any) -> Sequence[Row]:
        if not self._breaker.allows():
            raise Away("it could not be reached before")
        try:
            rows = self._fetch_twice(sql, arguments)
        except self.away as error:
            if not is_slow(error):
                self._breaker.failed()
            raise
        self._breaker.succeeded()
        return rows

    def _fetch_twice(self, sql: str, arguments: Any) -> Sequence[Row]:
        try:
            return self._fetch(sql, arguments)
        except _Lost:
            if not self._asks_again:
                raise
            # A test of each connection before use would cost a round trip every time; a read can be repeated instead.
            # The cause, such as a restart of the server, has ended the other connections of the pool too.
            self.engine.dispose()
            return self._fetch(sql, arguments)

    def _fetch(self, sql: str, arguments: Any) -> Sequence[Row]:
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(sql, arguments)
            return cursor.fetchall()
        except self.away as error:
            if self.engine.dialect.is_disconnect(error, connection, None):  # type: ignore[arg-type]  # takes any
                connection.invalidate(error)
                if not is_slow(error):  # a request that has waited for an answer does not wait a second time
                    raise _Lost from error
            raise
        finally:
            connection.close()


def is_slow(error: BaseException) -> bool:
    """Tell whether a statement was stopped by its time limit: the driver's own error is a TimeoutError too."""
    return isinstance(error, TimeoutError)


class FairShare:
    """Turns at a scarce resource: a fixed number at once, and at most `share` of them for one client.

    Waiting clients are served round robin. With first in, first out, one client's quick question would wait for twenty
    slow questions of another client. Source: round robin between flows, John Nagle, RFC 970.
    """

    def __init__(self, turns: int, share: int = 0) -> None:
        self._free = turns
        self._share = share or turns
        self._held: dict[str, int] = {}
        self._waiting: OrderedDict[str, deque[threading.Lock]] = OrderedDict()  # the next client to be served first
        self._lock = threading.Lock()

    def turn(self, client: str) -> "Turn":
        """Return a context manager that holds a turn. It raises Problem (503) after PATIENCE."""
        return Turn(self, client)

    @property
    def has_plenty(self) -> bool:
        """True if a turn is free. (Another thread may take the turn before the caller does.)"""
        return self._free > 1

    def acquire(self, client: str) -> None:
        """Take a turn, or wait for one."""
        with self._lock:
            if self._free and self._held.get(client, 0) < self._share:
                self._take(client)
                return
            given = threading.Lock()
            given.acquire()
            self._waiting.setdefault(client, deque()).append(given)
        if not given.acquire(timeout=PATIENCE) and self._gave_up(client, given):
            raise Problem(503, "The server is busy with other requests. Try again in a moment.", headers=[RETRY_SOON])

    def release(self, client: str) -> None:
        """Pass the turn on to the client below its share that has waited longest since its last turn, if one waits."""
        with self._lock:
            self._free += 1
            self._held[client] -= 1
            if not self._held[client]:
                del self._held[client]
            for waiting, queue in self._waiting.items():
                if self._held.get(waiting, 0) < self._share:
                    given = queue.popleft()
                    self._waiting.move_to_end(waiting)
                    if not queue:
                        del self._waiting[waiting]
                    self._take(waiting)
                    given.release()
                    return

    def _take(self, client: str) -> None:
        self._free -= 1
        self._held[client] = self._held.get(client, 0) + 1

    def _gave_up(self, client: str, given: threading.Lock) -> bool:
        """Leave the queue. Return false when the turn came at the last moment."""
        with self._lock:
            queue = self._waiting.get(client)
            if queue is None or given not in queue:
                return False
            queue.remove(given)
            if not queue:
                del self._waiting[client]
            return True


class Turn:
    """A turn, held during a `with` block."""

    __slots__ = ("_client", "_share")

    def __init__(self, share: FairShare, client: str) -> None:
        self._share = share
        self._client = client

    def __enter__(self) -> None:
        self._share.acquire(self._client)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._share.release(self._client)
