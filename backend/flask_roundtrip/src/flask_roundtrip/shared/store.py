"""A store that several processes share, and that may fail: the common part of Redis and Memcached.

Each process keeps a copy of each value for a second: a hit on a hot key costs no operation of the server, and a value
that another process has replaced or removed is given for at most a second more.

A process sends one operation at a time over one connection. So one request waits for a server that hangs, and not one
request in each thread; and it waits for one time limit. After a failure the circuit breaker opens: the process answers
from its own copies until a probe in the background finds the server again. No request opens a connection, because
connecting can hang in the resolver.
"""

import logging
import secrets
import threading
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from ..response_cache import Base, MemoryStore
from ..tags import LIFETIME, new_version
from .circuit_breaker import CircuitBreaker
from .leases import MARK, RENEWAL, UNLEASED
from .packed import PREFIX, safe_key

PAUSE = 1.0  # seconds between two probes of a lost server; the first probe runs at once
COPY = 1  # seconds that a process keeps its copy
OLD_COPY = 60  # seconds that it may still give the copy if no newer value can be read
COPY_WHILE_AWAY = 10  # seconds that it keeps a copy while the server is lost: this process cannot learn of a change
LARGEST = 1_000_000  # bytes of a value: a mebibyte, memcached's default bound, less its own overhead
MOST_OWED = 1000  # commands to remember for a lost server; if there are more, it is emptied when it is back
_TAG = f"{PREFIX}tag:"  # begins the names of the versions of tags

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)


class SharedStore(Base):
    """Bytes by key in a server, with leases, copies in this process, and a circuit breaker."""

    timeout = 0.05  # seconds for the server's answer, or to connect
    turn = 0.02  # seconds to wait for one's turn to ask

    def __init__(self, most_bytes: int, default_timeout: int = 300) -> None:
        self.default_timeout = default_timeout
        self._copies = MemoryStore(most_bytes)
        self._old_copies = MemoryStore(most_bytes)  # mostly the same bytes
        self._turn = threading.Lock()  # to speak on the connection
        self._hangs = False
        self._breaker = CircuitBreaker(failures=1, pause=PAUSE, probe=self._probe)
        self._owed: deque[Callable[[], object]] = deque()  # leases to give back, and tags to invalidate
        self._refusals: set[str] = set()

    def get(self, key: str) -> bytes | None:
        """Return the value, up to a second old; None when there is none or the server is lost."""
        return self.get_many(key)[0]

    def get_many(self, *keys: str) -> list[bytes | None]:
        """Return the values of several keys, in one operation of the server."""
        values: list[Any] = self._copies.get_many(*keys)
        asked = [key for key, value in zip(keys, values, strict=True) if value is None]
        if asked:
            came = self._ask(self._fetch, [_name(key) for key in asked]) or [None] * len(asked)
            by_key = dict(zip(asked, came, strict=True))
            for key, value in by_key.items():
                self._copy(key, value)
            values = [by_key.get(key) if value is None else value for key, value in zip(keys, values, strict=True)]
        return [value if value and not value.startswith(MARK) else None for value in values]

    def look_again(self, *keys: str) -> list[bytes | None]:
        """Return the values, or this process's older copies, for a request that could not build a new value.

        get() also returns None when the server is lost or busy. That costs a statement if the database answers; if the
        database is away too, the old copy is better than an error.
        """
        came = self._ask_patiently(self._fetch, [_name(key) for key in keys]) or [None] * len(keys)
        old = self._old_copies.get_many(*keys)
        return [value if value and not value.startswith(MARK) else copy for value, copy in zip(came, old, strict=True)]

    def set(self, key: str, value: bytes, timeout: Any = None) -> bool:
        """Keep the value. Return false when the server is lost, or refuses the value for its size or another reason.

        If a lost server did not take the version of a tag, it gets another new version as soon as it is back: it may
        still hold entries with the tag's old version.
        """
        seconds = self.default_timeout if timeout is None else timeout
        self._own(key, value, seconds)
        if len(value) > LARGEST:
            self._ask(self._forget, _name(key))
            return False
        stored = self._ask_patiently(self._store, _name(key), value, seconds)
        if stored is None and key.startswith(_TAG):
            self._owe(lambda: self._store(key, new_version(), LIFETIME))
        return stored or False

    def add(self, key: str, value: bytes, timeout: Any = None) -> bool:
        """Keep the value unless there is one. Return false when there is one or the server is lost."""
        seconds = self.default_timeout if timeout is None else timeout
        return self._ask_patiently(self._add, _name(key), value, seconds) or False

    def add_many(self, values: Mapping[str, bytes], timeout: Any = None) -> list[bytes | None]:
        """Keep each value unless there is one; return those that are there now, in one operation of the server.

        Of a lost server the process returns its own copies, and keeps the values that it has no copy of.
        """
        seconds = self.default_timeout if timeout is None else timeout
        named = {_name(key): value for key, value in values.items()}
        came = self._ask_patiently(self._add_many, named, seconds)
        if came is None:
            came = [old or values[key] for key, old in zip(values, self._old_copies.get_many(*values), strict=True)]
        for key, value in zip(values, came, strict=True):
            if value:
                self._own(key, value, seconds)
        return came

    def delete(self, key: str) -> bool:
        """Forget the value. Return false if there was none or the server is lost. Other processes keep their copies."""
        self._copies.delete(key)
        self._old_copies.delete(key)
        return self._ask(self._forget, _name(key)) or False

    def clear(self) -> bool:
        """Forget everything. Return false when the server is lost. Other processes keep their copies."""
        self._copies.clear()
        self._old_copies.clear()
        return self._ask(self._forget_all) or False

    def take(self, key: str, seconds: int) -> str | None:
        """Take the key's lease (leases.py). While the server is lost every process may build."""
        self._copies.delete(key.removesuffix(RENEWAL))
        if not self._breaker.allows():
            return UNLEASED
        name, token = _name(key), secrets.token_hex(16)
        taken = self._ask_patiently(self._add, name, MARK + token.encode(), seconds)
        if taken is None:  # a server that hung may still grant the lease later
            self._owe(lambda: self._remove(name, MARK + token.encode()))
            return UNLEASED
        return token if taken else None

    def give_back(self, key: str, token: str) -> None:
        """End the lease if its token is still this one; if the server is lost or busy, do so later."""
        name = _name(key)
        if token != UNLEASED and self._ask_patiently(self._remove, name, MARK + token.encode()) is None:
            self._owe(lambda: self._remove(name, MARK + token.encode()))

    def _own(self, key: str, value: bytes, seconds: int) -> None:
        self._copies.set(key, value, timeout=min(seconds, COPY_WHILE_AWAY if self._breaker.is_open else COPY))
        self._old_copies.set(key, value, timeout=min(seconds, OLD_COPY))

    def _copy(self, key: str, value: bytes | None) -> None:
        if value and not value.startswith(MARK):
            self._copies.set(key, value, timeout=COPY)
            self._old_copies.set(key, value, timeout=OLD_COPY)

    def _ask(self, question: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T | None:
        """Return the server's answer; None if it is lost or busy. The thread with the turn finds out if it hangs."""
        if not self._breaker.allows():
            return None
        if not self._turn.acquire(timeout=0 if self._hangs else self.turn):
            self._hangs = True
            return None
        return self._in_turn(question, *arguments, **keywords)

    def _ask_patiently(self, question: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T | None:
        """Return the server's answer, and wait for a turn to ask: without it another process builds the value too."""
        if not self._breaker.allows() or not self._turn.acquire(timeout=self.timeout):
            return None
        return self._in_turn(question, *arguments, **keywords)

    def _in_turn(self, question: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T | None:
        try:
            return question(*arguments, **keywords) if not self._breaker.is_open else None
        except Exception as error:  # a driver can raise anything at what a broken server sends
            self._lose(error)
            return None
        finally:
            self._hangs = False
            self._turn.release()

    def _lose(self, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        if self._breaker.failed():
            log.warning("The shared cache is lost (%s): each process answers from its own copies.", reason)

    def _owe(self, command: Callable[[], object]) -> None:
        if len(self._owed) < MOST_OWED:
            self._owed.append(command)
        else:
            self._owed = deque([self._forget_all])
        self._breaker.look()

    def _probe(self) -> bool:
        """Greet the server and run the commands that it did not take. Return true when both succeeded.

        After an outage each command is run twice. (Memcached has threads: a command sent before the server hung can
        run after a later command on another connection.)
        """
        try:
            with self._turn:
                was_lost = self._breaker.is_open
                self._greet()
                owed = self._owed
                for command in tuple(owed):
                    command()
                    if not was_lost:
                        owed.popleft()
                self._find()
        except Exception as error:  # a driver can raise anything, as above
            if not self._breaker.is_open:
                self._lose(error)
        return not self._breaker.is_open and not self._owed

    def _find(self) -> None:
        if self._breaker.is_open:
            self._copies.clear()
            open_for = self._breaker.succeeded() or 0.0
            log.warning("The shared cache is back after %.1f s.", open_for)

    def _refused(self, error: Exception) -> None:
        """Log that a healthy server refused a command, for example because it is full; once for each reason."""
        reason = str(error).partition(" script:")[0]  # Redis adds the name of the script
        if reason not in self._refusals and len(self._refusals) < 100:
            self._refusals.add(reason)
            log.warning("The shared cache refused: %s", reason)

    # The operations of a driver over its one connection, each with a time limit. They raise when the server is lost.

    @abstractmethod
    def close(self) -> None:
        """End the connection; the next operation makes another."""

    @abstractmethod
    def _greet(self) -> None:
        """Connect if there is no connection, and wait for an answer."""

    @abstractmethod
    def _fetch(self, names: list[str]) -> list[bytes | None]:
        """Return the values, each at most LARGEST long if the server can limit a read."""

    @abstractmethod
    def _store(self, name: str, value: bytes, seconds: int) -> bool:
        """Keep the value in place of any other. Return false when the server refuses it."""

    @abstractmethod
    def _forget(self, name: str) -> bool:
        """Remove the value. Return false when there was none."""

    @abstractmethod
    def _forget_all(self) -> bool:
        """Remove all values."""

    @abstractmethod
    def _add(self, name: str, lease: bytes, seconds: int) -> bool:
        """Keep the lease if nothing stands under its name; otherwise return false."""

    @abstractmethod
    def _add_many(self, values: dict[str, bytes], seconds: int) -> list[bytes | None]:
        """Do the same for several values, and return what stands under each name, in one round trip."""

    @abstractmethod
    def _remove(self, name: str, lease: bytes) -> bool:
        """Remove the lease if its token is still this one, in one step."""


def _name(key: str) -> str:
    return key if key.startswith(PREFIX) else safe_key(key)
