"""An answer is computed once and given many times: canonical key, single flight, stale-while-revalidate.

Source: RFC 9111 (freshness), RFC 5861 (stale-while-revalidate). The entries are ready bytes with their freshness
and validators, in a codec of our own that executes nothing, kept by one of Flask-Caching's backends.
Flask-Caching's own `cached()` has no single flight (50 misses, 50 computations), pickles what it stores and keeps
errors; here only answers with status 200 arrive, and 1,000 concurrent misses on one key compute once.
"""

import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from flask_caching.backends.base import BaseCache

LONGEST_WAIT = 30.0  # seconds that a request waits for another's computation of the same key


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
        self._clock = clock
        self._building: dict[str, Future[Entry]] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> Entry | None:
        """Return the entry, fresh or stale; None when there is none or when what is there is not ours."""
        stored = self._backend.get(key)
        return _decoded(stored) if isinstance(stored, bytes) else None

    def put(self, key: str, entry: Entry) -> None:
        """Keep the entry for as long as it may be given, counted from when it was made."""
        left = entry.stored_at + entry.fresh_for + entry.stale_for - self._clock()
        if left >= 1:
            self._backend.set(key, encode(entry), timeout=int(left))

    def ttl(self, entry: Entry) -> int:
        """Return for how many seconds the entry is still fresh; zero or less: it is stale."""
        return entry.fresh_for - int(self._clock() - entry.stored_at)

    def get_or_build(self, key: str, build: Callable[[], Entry]) -> tuple[Entry, str]:
        """Return the entry and how it came: `hit`, `stale`, `miss` (built here) or `collapsed` (waited for another).

        However many ask at once, one builds; the others wait and share what comes, an error too, which is not kept.
        Stale entries are returned as they are: renew() makes a new one without anybody waiting.
        """
        entry = self.get(key)
        if entry is not None:
            return entry, "hit" if self.ttl(entry) > 0 else "stale"
        return self._build_once(key, build)

    def renew(self, key: str, build: Callable[[], Entry], executor: Executor) -> None:
        """Build a new entry in the background, unless somebody does so already."""
        with self._lock:
            if key in self._building:
                return
            promised: Future[Entry] = Future()
            self._building[key] = promised
        executor.submit(self._fulfil, key, build, promised)

    def _build_once(self, key: str, build: Callable[[], Entry]) -> tuple[Entry, str]:
        with self._lock:
            promised = self._building.get(key)
            first = promised is None
            if promised is None:
                self._building[key] = promised = Future()
        if not first:
            return promised.result(timeout=LONGEST_WAIT), "collapsed"
        how = "hit"

        def found_or_built() -> Entry:
            nonlocal how
            entry = self.get(key)  # between the first look and the lock another may have finished building
            if entry is None:
                how, entry = "miss", build()
            return entry

        self._fulfil(key, found_or_built, promised)
        return promised.result(), how

    def _fulfil(self, key: str, build: Callable[[], Entry], promised: "Future[Entry]") -> None:
        try:
            entry = build()
            self.put(key, entry)
        except BaseException as error:
            self._done(key)
            promised.set_exception(error)
        else:
            self._done(key)
            promised.set_result(entry)

    def _done(self, key: str) -> None:
        with self._lock:
            self._building.pop(key, None)


_MAGIC = b"RTE1"
_LENGTH = struct.Struct(">I")
_HEADER = len(_MAGIC) + _LENGTH.size


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
    return b"".join((_MAGIC, _LENGTH.pack(len(header)), header, entry.body))


@lru_cache(maxsize=64)
def _decoded(stored: bytes) -> Entry | None:
    """Decode once what is asked for again and again: a backend in this process gives the same bytes each time."""
    return decode(stored)


def decode(stored: Any) -> Entry | None:
    """Return the entry, or None for anything that encode() did not write. Nothing in it is executed."""
    if not isinstance(stored, bytes) or not stored.startswith(_MAGIC) or len(stored) < _HEADER:
        return None
    body_at = _HEADER + _LENGTH.unpack_from(stored, len(_MAGIC))[0]
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
