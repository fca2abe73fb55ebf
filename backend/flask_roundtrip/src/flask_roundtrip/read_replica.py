"""Read replica: reads go to a copy of the database, unless it is away or behind; then to the primary.

Source: PostgreSQL, "Hot Standby" and pg_last_wal_replay_lsn(). A replica has every change a little later than the
primary. So after a write, or after learning of one, a process calls catch_up(): it notes how far the primary's log
has come, and reads from the replica again once that has replayed the log up to there. A write of another process is
seen a moment later. Before a connection is read from, its server is asked how far it is, once for each such mark: so
several replicas behind one name are each asked, and one that was restarted is asked anew.

The replica is an addition, never a new way to fail. The primary is asked what the replica does not answer; then nobody
asks the replica until a probe in the background finds it well. The probe also finds a replica that is far behind.
"""

import logging
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import event, exc
from sqlalchemy.pool import ConnectionPoolEntry

from .database import Database, Row
from .shared.circuit_breaker import CircuitBreaker

PAUSE = 0.5  # seconds between two looks at a replica that is passed over
PERIOD = 10.0  # seconds between two looks at one in use: while there are reads, it is behind by two of them at most
# Where the log ends, in bytes: with synchronous_commit=off what all can see may still have to be written there.
POSITION = "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint"
# Not one that was promoted: it goes its own way.
CAUGHT_UP = "SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() - '0/0' >= %s"
# serialization_failure, deadlock_detected: the replica is well, but the statement stood in the way of the replay.
CANCELLED = ("40001", "40P01")
# What is noted of a pooled connection: up to where its server has replayed, at least; how often the replica was lost.
_REPLAYED, _MADE_AFTER = "replayed", "made after"

log = logging.getLogger(__name__)


class _Behind(Exception):
    """The replica lacks something that its readers have to see, or is none any more."""


class ReplicatedDatabase(Database):
    """A database that is read from its replica whenever that can be."""

    def __init__(self, primary: Database, replica: Database) -> None:
        super().__init__(primary.engine)
        self._primary = primary
        self._replica = replica
        self._passed_over: tuple[type[Exception], ...] = (*replica.away, _Behind)
        self._breaker = CircuitBreaker(failures=1, pause=PAUSE, probe=self._probe)
        self._losses = 0
        self._look_at = 0.0
        self._marking = threading.Lock()
        self._mark = 0  # what the replica must have replayed; 0: nobody has said yet what that is
        self._next_mark = 0
        event.listen(replica.engine, "checkout", self._check)
        self._breaker.failed()  # it has to prove itself first

    def fetch(self, sql: str, arguments: Any, client: str = "") -> Sequence[Row]:
        """Run one statement on the replica; on the primary if the replica does not answer it."""
        if self._mark and time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + PERIOD
            self._breaker.look()
        if not self._breaker.is_open:
            try:
                return self._replica.fetch(sql, arguments, client)
            except self._passed_over as error:
                if getattr(error, "sqlstate", None) not in CANCELLED:
                    self._pass_over(error)
        return self._primary.fetch(sql, arguments, client)

    def catch_up(self) -> None:
        """Have every read that begins from now on see all that has been committed by now."""
        position = self._position()
        with self._marking:
            self._mark = self._next_mark = max(self._mark, position)
        self._breaker.failed()

    def look(self) -> bool:
        """Tell whether the replica answers and has what it must have: then it is read from."""
        if not self._mark:  # nobody has said what it must have
            return False
        try:
            _require(self._replica.fetch(CAUGHT_UP, (self._mark,)))
        except Exception as error:  # whatever is wrong with the replica
            self._pass_over(error)
            return False
        if self._breaker.succeeded() is not None:
            log.info("The replica is read from.")
        return True

    def _probe(self) -> bool:
        well = self.look()
        with suppress(*self._primary.away):  # it may be away itself: then there is nothing new
            self._move_mark()
        return well or not self._mark

    def _move_mark(self) -> None:
        """Have the replica need from now on what the primary had at the last look."""
        position = self._position()
        with self._marking:
            self._mark, self._next_mark = self._next_mark, max(self._next_mark, position)

    def _position(self) -> int:
        ((position,),) = self._primary.fetch(POSITION, ())
        return int(position)

    def _check(self, connection: Any, entry: ConnectionPoolEntry, _: object) -> None:
        """Let a connection out of the pool once its server has replayed what it must have."""
        if entry.info.setdefault(_MADE_AFTER, self._losses) != self._losses:
            raise exc.DisconnectionError  # the pool makes a new one: this may hang as another did
        mark = self._mark
        if entry.info.get(_REPLAYED, 0) < mark:
            _require(connection.execute(CAUGHT_UP, (mark,)).fetchall())
            entry.info[_REPLAYED] = mark

    def _pass_over(self, error: Exception) -> None:
        if self._breaker.failed():
            reason = (str(error) or str(error.__cause__)).partition("\n")[0]
            log.warning("The replica is passed over (%s): the primary is read from.", reason)
        self._losses += 1


def _require(caught_up: Sequence[Row]) -> None:
    if not caught_up[0][0]:
        raise _Behind("it has not replayed what it must have")
