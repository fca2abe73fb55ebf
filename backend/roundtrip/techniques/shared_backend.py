"""A cache that several processes and hosts share, and that may fail without anybody noticing more than once.

What Redis and Memcached have in common here; each driver's file says only how to speak to its server.

Each process keeps its own copies in front, for a second: a hit on a hot key costs no round trip, and what another
process has replaced or removed is given for a second more at most.

A server that hangs costs one time limit, and a process asks it one thing at a time over one connection, so that
one request waits and not one in each thread. After a failure nobody asks it (a circuit breaker): the process answers
from copies of its own until a thread in the background, which looks once a second, finds the server back. No request
ever connects again by itself, for that can hang in the resolver.
"""

import logging
import secrets
import threading
import time
from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from hashlib import blake2b
from typing import Any, ParamSpec, TypeVar

from flask_caching.backends.base import BaseCache

from .lease import UNLEASED
from .memory_backend import MemoryBackend
from .response_cache import MAGIC

PAUSE = 1.0  # seconds between two looks whether a lost server is back; the first comes at once
COPY = 1  # seconds that a process keeps its copy
OLD_COPY = 60  # seconds that it may still give it where nothing newer can be had
COPY_WHILE_AWAY = 10  # seconds of the same while the server is lost: nobody can tell this process of a change
LARGEST = 1_000_000  # bytes of a value: a mebibyte, memcached's default bound, less what it adds itself

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)


class SharedBackend(BaseCache):
    """Bytes by key in a server, with leases, copies in this process, and a circuit breaker."""

    timeout = 0.05  # seconds for the server's answer, or to connect
    turn = 0.02  # seconds to wait for one's turn to ask

    def __init__(self, most_bytes: int, default_timeout: int = 300) -> None:
        super().__init__(default_timeout=default_timeout)
        self._copies = MemoryBackend(most_bytes)
        self._old_copies = MemoryBackend(most_bytes)  # mostly the same bytes
        self._turn = threading.Lock()  # to speak on the connection
        self._hangs = False
        self._lost_at: float | None = None
        self._looker = threading.Thread()
        self._starting = threading.Lock()
        self._owed: deque[tuple[str, str]] = deque(maxlen=1000)  # leases that may still be ours: name and token
        self._refusals: set[str] = set()

    def get(self, key: str) -> bytes | None:
        """Return the value, up to a second old; None when there is none or the server is lost."""
        copy = self._copies.get(key)
        if copy is not None:
            return copy
        value = self._ask(self._fetch, _name(key))
        if value is not None:
            self._copies.set(key, value, timeout=COPY)
            self._old_copies.set(key, value, timeout=OLD_COPY)
        return value

    def look_again(self, key: str) -> bytes | None:
        """Return the value, or the copy that this process had of it: for who could not build (lease.py).

        get() finds nothing where the server is lost or busy, too. While the database can be asked that costs a
        statement; while it cannot, it would be an error.
        """
        return self._ask_patiently(self._fetch, _name(key)) or self._old_copies.get(key)

    def set(self, key: str, value: bytes, timeout: Any = None) -> bool:
        """Keep the value; false when the server is lost, or refuses it for its size or another reason."""
        seconds = self.default_timeout if timeout is None else timeout
        self._copies.set(key, value, timeout=min(seconds, COPY_WHILE_AWAY if self._is_lost() else COPY))
        self._old_copies.set(key, value, timeout=min(seconds, OLD_COPY))
        if len(value) > LARGEST:
            self._ask(self._forget, _name(key))
            return False
        return self._ask_patiently(self._store, _name(key), value, seconds) or False

    def delete(self, key: str) -> bool:
        """Forget the value; false when there was none, or nobody can tell. Other processes' copies live on."""
        self._copies.delete(key)
        self._old_copies.delete(key)
        return self._ask(self._forget, _name(key)) or False

    def clear(self) -> bool:
        """Forget everything; false when nobody can tell. Other processes' copies live on."""
        self._copies.clear()
        self._old_copies.clear()
        return self._ask(self._forget_all) or False

    def take(self, key: str, seconds: int) -> str | None:
        """Take the key's lease (lease.py). While the server is lost everybody may build."""
        self._copies.delete(key)
        if self._is_lost():
            return UNLEASED
        lease, token = _name(key, "lease"), secrets.token_hex(16)
        taken = self._ask_patiently(self._add, lease, token, seconds)
        if taken is None:  # a server that hung may yet do it, once it goes on
            self._owe(lease, token)
            return UNLEASED
        return token if taken else None

    def give_back(self, key: str, token: str) -> None:
        """End the lease, if it is still the one with this token; when the server is lost or busy, later."""
        lease = _name(key, "lease")
        if token != UNLEASED and self._ask_patiently(self._remove, lease, token) is None:
            self._owe(lease, token)

    def _ask(self, question: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T | None:
        """Return the server's answer; None when it is lost, or seems to hang: who has the turn will find out."""
        if self._is_lost():
            return None
        if not self._turn.acquire(timeout=0 if self._hangs else self.turn):
            self._hangs = True
            return None
        return self._in_turn(question, *arguments, **keywords)

    def _ask_patiently(self, question: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T | None:
        """Do the same, but wait until it is known: without the lease or the value, another process builds it too."""
        if self._is_lost() or not self._turn.acquire(timeout=self.timeout):
            return None
        return self._in_turn(question, *arguments, **keywords)

    def _in_turn(self, question: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T | None:
        try:
            return question(*arguments, **keywords) if self._lost_at is None else None
        except Exception as error:  # a driver can raise anything at what a broken server sends
            self._lose(error)
            return None
        finally:
            self._hangs = False
            self._turn.release()

    def _lose(self, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        log.warning("The shared cache is lost (%s): each process answers from its own until it is back.", reason)
        self._lost_at = time.monotonic()
        self._have_somebody_look()

    def _is_lost(self) -> bool:
        """Tell it at once."""
        if self._lost_at is None:
            return False
        self._have_somebody_look()  # no thread outlives a fork
        return True

    def _owe(self, lease: str, token: str) -> None:
        self._owed.append((lease, token))
        self._have_somebody_look()

    def _have_somebody_look(self) -> None:
        if self._looker.is_alive():
            return
        with self._starting:
            if not self._looker.is_alive():
                self._looker = threading.Thread(target=self._look, name="look for the cache", daemon=True)
                self._looker.start()

    def _look(self) -> None:
        """Look for the server until it is back and has been given back what it is owed.

        After an outage it is given that twice. What a server was asked before it hung, it may do after what it is
        asked next over another connection: memcached has threads.
        """
        while self._lost_at is not None or self._owed:
            try:
                with self._turn:
                    self._greet()
                    for lease, token in tuple(self._owed):
                        self._remove(lease, token)
                        if self._lost_at is None:
                            self._owed.popleft()
                    if self._lost_at is not None:
                        self._find(self._lost_at)
            except Exception as error:  # as above
                if self._lost_at is None:
                    self._lose(error)
            time.sleep(PAUSE)

    def _find(self, lost_at: float) -> None:
        self._lost_at = None
        self._copies.clear()
        log.warning("The shared cache is back after %.1f s.", time.monotonic() - lost_at)

    def _refused(self, error: Exception) -> None:
        """Note, once for each reason, that a server in good health refused (it is full, say)."""
        reason = str(error)
        if reason not in self._refusals and len(self._refusals) < 100:
            self._refusals.add(reason)
            log.warning("The shared cache refused: %s", reason)

    # What a driver does over its one connection, a time limit on each. It raises what shows that the server is lost.

    @abstractmethod
    def close(self) -> None:
        """End the connection; the next question makes another."""

    @abstractmethod
    def _greet(self) -> None:
        """Connect if need be, and have an answer."""

    @abstractmethod
    def _fetch(self, name: str) -> bytes | None:
        """Return the value, never one larger than LARGEST if the server can be asked for less."""

    @abstractmethod
    def _store(self, name: str, value: bytes, seconds: int) -> bool:
        """Keep the value, whatever was there; false when refused."""

    @abstractmethod
    def _forget(self, name: str) -> bool:
        """Remove the value; false when there was none."""

    @abstractmethod
    def _forget_all(self) -> bool:
        """Remove all values."""

    @abstractmethod
    def _add(self, name: str, token: str, seconds: int) -> bool:
        """Keep the token if there is none; false when there is one."""

    @abstractmethod
    def _remove(self, name: str, token: str) -> bool:
        """Remove the token if it is still this one, in one step."""


PREFIX = f"roundtrip:{MAGIC.decode()}:"


def _name(key: str, purpose: str = "entry") -> str:
    """Return a name that every server takes (memcached: 250 bytes, no spaces), not shared with another codec's."""
    return f"{PREFIX}{purpose}:{blake2b(key.encode(), digest_size=20).hexdigest()}"
