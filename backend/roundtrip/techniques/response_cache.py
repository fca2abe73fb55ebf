"""An answer is computed once and given many times: canonical key, single flight, stale-while-revalidate.

Source: RFC 9111 (freshness), RFC 5861 (stale-while-revalidate). The entries are ready bytes with their freshness
and validators, in a codec of our own that executes nothing, kept by one of Flask-Caching's backends.
Flask-Caching's own `cached()` has no single flight (50 misses, 50 computations), pickles what it stores and keeps
errors; here only answers with status 200 arrive, and 1,000 concurrent misses on one key compute once: in this
process by a lock, among all processes that share the backend by its leases (lease.py).
"""

import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from flask_caching.backends.base import BaseCache

from ..errors import RETRY_SOON, Problem
from .lease import Leases, OneProcess

LEASE = 5  # seconds until another process may build what one began: no longer, for who began may have been killed
PATIENCE = 6.0  # seconds that a process waits for others' leases before it builds without one
LONGEST_WAIT = 7.0  # seconds after which nobody waits any more for what another thread builds; the balancer's are 8
SHORTEST_PAUSE, LONGEST_PAUSE = 0.001, 0.016  # seconds between two looks for what another process builds


class Entry(NamedTuple):
    """A representation with its freshness, tags and validators; never timings."""

    body: bytes
    content_type: str
    coding: str
    etag: str
    last_modified: str | None
    cache_control: str
    link: str | None
    fresh_for: int  # seconds
    stale_for: int  # seconds after that in which it may be given while a new one is made
    tags: tuple[str, ...]
    stored_at: float  # seconds since the epoch

    def in_coding(self, coding: str, body: bytes) -> "Entry":
        """Return the same representation under another content coding."""
        return self._replace(coding=coding, body=body)


class ResponseCache:
    """Entries by canonical key, over a backend of Flask-Caching that holds bytes."""

    def __init__(self, backend: BaseCache, clock: Callable[[], float] = time.time) -> None:
        self._backend = backend
        self._leases: Leases = backend if isinstance(backend, Leases) else OneProcess()
        self._clock = clock
        self._building: dict[str, Promise] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> Entry | None:
        """Return the entry, fresh or stale; None when there is none or when what is there is not ours."""
        return self._usable(self._backend.get(key))

    def put(self, key: str, entry: Entry) -> None:
        """Keep the entry for as long as it may be given, counted from when it was made."""
        left = self._left(entry)
        if left >= 1:
            self._backend.set(key, encode(entry), timeout=int(left))

    def ttl(self, entry: Entry) -> int:
        """Return for how many seconds the entry is still fresh; zero or less: it is stale."""
        return entry.fresh_for - int(self._clock() - entry.stored_at)

    def get_or_build(self, key: str, build: Callable[[], Entry]) -> tuple[Entry, str]:
        """Return the entry and how it came: `hit`, `stale`, `miss` (built here) or `collapsed` (waited for another).

        However many ask at once, one builds; the others wait and share what comes. An error is shared by those who
        wait in this process, and not kept; who has waited too long is told 503. Stale entries are returned as they
        are: renew() makes a new one without anybody waiting.
        """
        entry = self.get(key)
        if entry is not None:
            return entry, "hit" if self.ttl(entry) > 0 else "stale"
        return self.build_once(key, build)

    def fresh_or_build(self, key: str, build: Callable[[], Entry]) -> tuple[Entry, str]:
        """Do as get_or_build(), but build anew what is stale, unless another process is about it."""
        entry = self.get(key)
        if entry is not None and self.ttl(entry) > 0:
            return entry, "hit"
        return self.build_once(key, build)

    def build_once(self, key: str, build: Callable[[], Entry]) -> tuple[Entry, str]:
        """Do as get_or_build() for what a get() has just not found."""
        promised, mine = self._promise(key)
        if not mine:
            return promised.kept(), "collapsed"
        self._fulfil(key, build, promised)
        return promised.result()

    def renew(self, key: str, build: Callable[[], Entry], executor: Executor) -> None:
        """Build a new entry in the background, unless somebody does so already, here or in another process."""
        promised, mine = self._promise(key)
        if mine:
            executor.submit(self._fulfil, key, build, promised)

    def _usable(self, stored: Any) -> Entry | None:
        entry = _decoded(stored) if isinstance(stored, bytes) else None
        return entry if entry is not None and self._left(entry) > 0 else None

    def _left(self, entry: Entry) -> float:
        """Return for how many seconds the entry may still be given, fresh or stale."""
        return entry.stored_at + entry.fresh_for + entry.stale_for - self._clock()

    def _promise(self, key: str) -> "tuple[Promise, bool]":
        """Return the promise of this key's entry, and whether it is the caller's to fulfil."""
        with self._lock:
            if key in self._building:
                return self._building[key], False
            self._building[key] = promised = Promise()
            return promised, True

    def _fulfil(self, key: str, build: Callable[[], Entry], promised: "Promise") -> None:
        try:
            came = self._build_under_lease(key, build)
        except BaseException as error:
            self._done(key)
            promised.set_exception(error)
        else:
            self._done(key)
            promised.set_result(came)

    def _build_under_lease(self, key: str, build: Callable[[], Entry]) -> tuple[Entry, str]:
        """Build while this process holds the key's lease; while another holds it, wait for what that one stores.

        A stale entry is good enough while another process makes the new one. If nobody's comes, build all the same.
        """
        how = "hit"
        for pause in _pauses():
            token = self._leases.take(key, LEASE)
            try:
                entry = self.get(key)  # since the last look another may have stored it
                if entry is not None and (token is None or self.ttl(entry) > 0):
                    return entry, how
                if token is not None:
                    return self._build(key, build)
            finally:
                if token is not None:
                    self._leases.give_back(key, token)
            time.sleep(pause)
            how = "collapsed"
        return self._build(key, build)

    def _build(self, key: str, build: Callable[[], Entry]) -> tuple[Entry, str]:
        try:
            entry = build()
        except Problem:
            raise  # of the question, which no older answer fits better
        except Exception:
            found = self._usable(self._leases.look_again(key))
            if found is None:
                raise
            return found, "hit"
        self.put(key, entry)
        return entry, "miss"

    def _done(self, key: str) -> None:
        with self._lock:
            self._building.pop(key, None)


class Promise(Future[tuple[Entry, str]]):
    """The entry that a thread of this process is to build, and how it will have come."""

    def __init__(self) -> None:
        super().__init__()
        self._end = time.monotonic() + LONGEST_WAIT

    def kept(self) -> Entry:
        """Return the entry once it is there. Who builds may be stuck: those who wait give up together, and whoever
        comes later waits no more.
        """
        try:
            self.exception(max(0.0, self._end - time.monotonic()))
        except TimeoutError:
            said = "This answer takes longer to make than anybody should wait. Try again in a moment."
            raise Problem(503, said, headers=[RETRY_SOON]) from None
        return self.result()[0]


def _pauses() -> Iterator[float]:
    """Yield growing pauses, in seconds, until they have been long enough together."""
    pause, end = SHORTEST_PAUSE, time.monotonic() + PATIENCE
    while time.monotonic() < end:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)


MAGIC = b"RTE1"  # the version of this codec: another layout is another number
_LENGTH = struct.Struct(">I")
_HEADER = len(MAGIC) + _LENGTH.size


def encode(entry: Entry) -> bytes:
    """Return the entry as bytes: a magic number, the length of a JSON header, the header, the body."""
    header = orjson.dumps(
        (
            entry.content_type,
            entry.coding,
            entry.etag,
            entry.last_modified,
            entry.cache_control,
            entry.link,
            entry.fresh_for,
            entry.stale_for,
            entry.tags,
            entry.stored_at,
            len(entry.body),
        )
    )
    return b"".join((MAGIC, _LENGTH.pack(len(header)), header, entry.body))


@lru_cache(maxsize=64)
def _decoded(stored: bytes) -> Entry | None:
    """Decode once what is asked for again and again: a backend in this process gives the same bytes each time."""
    return decode(stored)


def decode(stored: Any) -> Entry | None:
    """Return the entry, or None for anything that encode() did not write. Nothing in it is executed."""
    if not isinstance(stored, bytes) or not stored.startswith(MAGIC) or len(stored) < _HEADER:
        return None
    body_at = _HEADER + _LENGTH.unpack_from(stored, len(MAGIC))[0]
    try:
        header = orjson.loads(stored[_HEADER:body_at])
        kind, coding, etag, modified, control, link, fresh_for, stale_for, tags, stored_at, size = header
        # join() takes nothing but strings: one call tells that these are, two more that they can be sent.
        given = [text for text in (modified, link) if text is not None]
        texts = "".join((kind, coding, etag, control, *given, *tags))
    except (ValueError, TypeError):
        return None
    body = stored[body_at:]
    sound = (
        len(body) == size
        and texts.isascii()
        and texts.isprintable()
        and isinstance(tags, list)
        and isinstance(fresh_for, int)
        and isinstance(stale_for, int)
        and isinstance(stored_at, int | float)
    )
    if not sound:
        return None
    return Entry(body, kind, coding, etag, modified, control, link, fresh_for, stale_for, tuple(tags), stored_at)
