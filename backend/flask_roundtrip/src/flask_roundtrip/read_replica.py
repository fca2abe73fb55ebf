"""Read replica: reads go to a copy of the database; if the copy is away or behind, they go to the primary.

Source: PostgreSQL, "Hot Standby" and pg_last_wal_replay_lsn(). A replica has every change a little later than the
primary. So after a write, or after learning of one, a process calls catch_up(): it notes the present end of the
primary's log as a mark, and reads from the replica again once the replica has replayed the log up to the mark. A write
of another process is seen a moment later. Each connection to a replica is checked once for each mark before it is
used. So each of several replicas behind one name is checked, and a restarted replica is checked anew.

The replica must not add a way to fail. If the replica does not answer, the primary is asked, and no request asks the
replica until a probe in the background finds it well. The probe also detects a replica that is far behind.
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

PAUSE = 0.5  # seconds between two checks of a replica that is passed over
PERIOD = 10.0  # seconds between two checks of a replica in use; during reads it is at most twice as long behind
# The end of the log, in bytes. (With synchronous_commit=off a visible change may not be written to the log yet.)
POSITION = "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint"
# A promoted replica does not count: it has changes of its own.
CAUGHT_UP = "SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() - '0/0' >= %s"
# serialization_failure, deadlock_detected: the replica is well, but the statement conflicted with the replay.
CANCELLED = ("40001", "40P01")
# Notes on a pooled connection: the log position that its server has reached, and how often the replica was lost then.
_REPLAYED, _MADE_AFTER = "replayed", "made after"

log = logging.getLogger(__name__)


class _Behind(Exception):
    """The replica lacks a change that its readers have to see, or it was promoted."""


class ReplicatedDatabase(Database):
    """A database whose reads go to its replica whenever the replica is well."""

    def __init__(self, primary: Database, replica: Database) -> None:
        super().__init__(primary.engine)
        self._primary = primary
        self._replica = replica
        self._passed_over: tuple[type[Exception], ...] = (*replica.away, _Behind)
        self._breaker = CircuitBreaker(failures=1, pause=PAUSE, probe=self._probe)
        self._losses = 0
        self._look_at = 0.0
        self._marking = threading.Lock()
        self._mark = 0  # the log position that the replica must have replayed; 0: not known yet
        self._next_mark = 0
        event.listen(replica.engine, "checkout", self._check)
        self._breaker.failed()  # the replica is used after its first successful check

    def fetch(self, sql: str, arguments: Any, client: str = "") -> Sequence[Row]:
        """Run one statement on the replica, or on the primary if the replica does not answer."""
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
        """Make later reads see every change committed so far."""
        position = self._position()
        with self._marking:
            self._mark = self._next_mark = max(self._mark, position)
        self._breaker.failed()

    def look(self) -> bool:
        """Check whether the replica answers and has replayed enough; if so, use it for reads."""
        if not self._mark:  # the required position is not known yet
            return False
        try:
            _require(self._replica.fetch(CAUGHT_UP, (self._mark,)))
        except Exception as error:  # whatever is wrong with the replica
            self._pass_over(error)
            return False
        if self._breaker.succeeded() is not None:
            log.info("Reads go to the replica.")
        return True

    def _probe(self) -> bool:
        well = self.look()
        with suppress(*self._primary.away):  # the primary may be away itself: then there are no new changes
            self._move_mark()
        return well or not self._mark

    def _move_mark(self) -> None:
        """Require of the replica the position that the primary had at the last check."""
        position = self._position()
        with self._marking:
            self._mark, self._next_mark = self._next_mark, max(self._next_mark, position)

    def _position(self) -> int:
        ((position,),) = self._primary.fetch(POSITION, ())
        return int(position)

    def _check(self, connection: Any, entry: ConnectionPoolEntry, _: object) -> None:
        """Let a connection out of the pool if its server has replayed the required position."""
        if entry.info.setdefault(_MADE_AFTER, self._losses) != self._losses:
            raise exc.DisconnectionError  # the pool makes a new connection: this one may hang as another one did
        mark = self._mark
        if entry.info.get(_REPLAYED, 0) < mark:
            _require(connection.execute(CAUGHT_UP, (mark,)).fetchall())
            entry.info[_REPLAYED] = mark

    def _pass_over(self, error: Exception) -> None:
        if self._breaker.failed():
            reason = (str(error) or str(error.__cause__)).partition("\n")[0]
            log.warning("The replica is passed over (%s): reads go to the primary.", reason)
        self._losses += 1


def _require(caught_up: Sequence[Row]) -> None:
    if not caught_up[0][0]:
        raise _Behind("it has not replayed the required position")
