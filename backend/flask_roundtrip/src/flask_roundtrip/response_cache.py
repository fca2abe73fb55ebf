"""Response cache: an answer is built once and given many times, as ready bytes in every content coding.

Source: RFC 9111 (freshness), RFC 5861 (stale-while-revalidate). Single flight: when many requests miss one key at
once, one of them builds the entry and the others wait for it; threads wait for a promise, processes for a lease
(shared/leases.py). Stale-while-revalidate: a stale entry is given at once, and a new one is built in the background.

    cache = ResponseCache(MemoryStore(20 * 1024 * 1024))
    with cache.look_up(key, tags, timing) as found:
        if found.entry is None:
            found.store(build())
    return found.entry

The store is a MemoryStore, or any backend of Flask-Caching; shared/packed.py packs the entries for it, without pickle.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from functools import lru_cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from .compression import SMALLEST, compress
from .shared.leases import MARK, RENEWAL, UNLEASED, Leases, leases_of
from .shared.packed import pack, safe_key, unpack
from .tags import LIFETIME, AddMany, adds_many, new_version
from .timing import Timing
from .wire import IDENTITY, RETRY_SOON, NotNow, Problem

if TYPE_CHECKING:
    Base = object
else:
    try:
        from flask_caching.backends.base import BaseCache as Base
    except ImportError:  # it is optional
        Base = object

LEASE = 5  # seconds after which another process may build an entry: the first may have been killed
PATIENCE = 6.0  # seconds that a process waits for the lease of another before it builds without one
LONGEST_WAIT = 7.0  # seconds that a thread waits for an entry that another thread builds
SHORTEST_PAUSE, LONGEST_PAUSE = 0.001, 0.016  # seconds between two looks for the entry of another process
OVERHEAD = 250  # bytes of Python objects for one value in the store, roughly

log = logging.getLogger(__name__)


class Entry(NamedTuple):
    """One answer in all content codings made so far, with its freshness, tags and validators; never timings."""

    etag: str
    last_modified: str | None
    headers: tuple[tuple[str, str], ...]  # of a 200 and of a 304
    content_headers: tuple[tuple[str, str], ...]  # of a 200 only
    tags: tuple[str, ...]
    versions: tuple[str, ...]  # of the tags, from before the entry was built
    fresh_for: int  # seconds
    stale_for: int  # seconds after `fresh` in which the entry may be given while a new one is built
    stored_at: float  # seconds since the epoch
    bodies: dict[str, bytes]  # by content coding; identity is always there

    def body_in(self, coding: str) -> tuple[str, bytes] | None:
        """Return the coding to send and its body; a small body has identity. None: compress the body first."""
        body = self.bodies.get(coding)
        if body is not None:
            return coding, body
        body = self.bodies[IDENTITY]
        return (IDENTITY, body) if len(body) < SMALLEST else None

    def compressed(self, coding: str) -> "Entry":
        """Return the entry with its body in one more coding; a small body is not compressed."""
        body = self.bodies[IDENTITY]
        if coding == IDENTITY or len(body) < SMALLEST:
            return self
        return self._replace(bodies={**self.bodies, coding: compress(body, coding)})

    @property
    def size(self) -> int:
        """Bytes in memory, roughly."""
        return OVERHEAD * 4 + sum(map(len, self.bodies.values()))


class ResponseCache:
    """Entries by canonical key."""

    def __init__(
        self, store: Any, clock: Callable[[], float] = time.time, beside: "ResponseCache | None" = None
    ) -> None:
        """With `beside` the cache shares the versions of tags, and so invalidate(), of another cache."""
        self._store = store
        self._packs = not isinstance(store, MemoryStore)
        self._versions: Any = beside._versions if beside else store
        self._add_versions: AddMany = beside._add_versions if beside else adds_many(store)
        self._leases: Leases | None = leases_of(store) if self._packs else None
        self._clock = clock
        self._building: dict[str, Promise] = {}
        self._lock = threading.Lock()

    def look_up(self, key: str, tags: tuple[str, ...], timing: Timing, waits: bool = True) -> "LookUp":
        """Look for the entry; if there is none, wait for the request that builds it, or become that request.

        The result is a context manager. Its `how` is `hit`, `stale`, `miss` (the caller must build the entry) or
        `collapsed` (another request has built it). An error in the block is raised in all requests that wait. Raises
        Problem (503) after LONGEST_WAIT. Without `waits` it raises NotNow while another thread builds the
        entry.
        """
        with timing.span("cache"):
            found = self._look_up(key, tags, waits)
        timing.cache = found.how
        return found

    @property
    def is_local(self) -> bool:
        """True if the entries are in this process: a look-up waits for no network."""
        return not self._packs

    def get(self, key: str, tags: tuple[str, ...] = ()) -> Entry | None:
        """Return the entry, fresh or stale; None when there is none that may be given."""
        return self._get(key, tags)[0]

    def ttl(self, entry: Entry) -> int:
        """Return the seconds for which the entry is still fresh; zero or less: the entry is stale."""
        return entry.fresh_for - int(self._clock() - entry.stored_at)

    def put(self, key: str, entry: Entry, lease: "Lease | None" = None) -> bool:
        """Keep the entry for its fresh and stale time since it was built, and end the lease to build it."""
        left = self._left(entry)
        name = self._name(key)
        value = pack(entry) if self._packs else entry
        kept = left >= 1 and self._store.set(name, value, timeout=int(left))
        if not kept or (lease and lease.name != name):  # under its own key, the entry has replaced the lease
            self.give_back(lease)
        return bool(kept)

    def renew(self, key: str, tags: tuple[str, ...], build: Callable[[], Entry], executor: Executor) -> None:
        """Build a new entry in the background, unless this or another process builds one already."""
        with self._lock:
            if key in self._building:
                return
            self._building[key] = promised = Promise(begun=False)
        executor.submit(self._renew, key, tags, build, promised)

    def invalidate(self, *tags: str) -> None:
        """Make every entry with one of these tags a miss: here at once, in other processes within a second.

        A shared store that is lost does so when it is back (shared/store.py); a store that refuses the new version
        loses the old one.
        """
        for key in self._version_keys(tags):
            if not self._versions.set(key, new_version(), timeout=LIFETIME):
                self._versions.delete(key)

    def _look_up(self, key: str, tags: tuple[str, ...], waits: bool) -> "LookUp":
        entry, versions, occupied = self._get(key, tags)
        if entry is not None:
            return LookUp(self, key, entry, "hit" if self.ttl(entry) > 0 else "stale")
        promised, mine = self._promise(key)
        if not mine:
            if not waits:
                raise NotNow
            return LookUp(self, key, promised.kept(), "collapsed")
        try:
            return self._take_over(key, tags, promised, versions, occupied)
        except BaseException as error:
            self.fail(key, promised, error)
            raise

    def _take_over(
        self, key: str, tags: tuple[str, ...], promised: "Promise", versions: tuple[str, ...], occupied: bool
    ) -> "LookUp":
        """Build the entry; if another process builds it, wait for that entry first. If none comes, build it."""
        lease = None
        for pause in _pauses():
            lease = self._lease(key, occupied)
            if lease and lease.token != UNLEASED and not occupied:  # the lease has the entry's key: there is no entry
                break
            entry, versions, occupied = self._get(key, tags)
            if entry is not None:
                self.give_back(lease)
                self.fulfil(key, promised, entry)
                return LookUp(self, key, entry, "collapsed" if self._leases else "hit")
            if lease:
                break
            time.sleep(pause)
        return LookUp(self, key, None, "miss", promised, lease, tags, self._given_versions(tags, versions))

    def _renew(self, key: str, tags: tuple[str, ...], build: Callable[[], Entry], promised: "Promise") -> None:
        with self._lock:
            if promised.begun:  # a request has missed the key meanwhile, and builds it itself
                return
            promised.begin()
        lease = self._lease(key, occupied=True)
        try:
            entry, versions, _ = self._get(key, tags)
            if entry is None or (lease and self.ttl(entry) <= 0):
                versions = self._given_versions(tags, versions)
                entry = build()._replace(versions=versions)
                self.put(key, entry)
            self.fulfil(key, promised, entry)
        except BaseException as error:
            log.info("A stale entry could not be renewed: %r", error)
            self.fail(key, promised, error)
        finally:
            self.give_back(lease)

    def _lease(self, key: str, occupied: bool) -> "Lease | None":
        """Take the lease to build: under the entry's own key, or under a key beside it if an old entry stands there."""
        if self._leases is None:
            return Lease("", UNLEASED)
        name = f"{self._name(key)}{RENEWAL}" if occupied else self._name(key)
        token = self._leases.take(name, LEASE)
        return None if token is None else Lease(name, token)

    def _get(self, key: str, tags: tuple[str, ...]) -> tuple[Entry | None, tuple[str, ...], bool]:
        """Return the entry, the versions of its tags, and whether something stands under its key.

        It is one operation of the store.
        """
        if tags and self._versions is self._store:
            stored, *found = self._store.get_many(self._name(key), *self._version_keys(tags))
            versions = _texts(found)
        else:
            stored = self._store.get(self._name(key))
            versions = _texts(self._versions.get_many(*self._version_keys(tags))) if tags else ()
        entry = self._usable(stored, versions)
        is_lease = isinstance(stored, bytes) and stored.startswith(MARK)
        return entry, versions, stored is not None and not is_lease

    def _usable(self, stored: Any, versions: tuple[str, ...]) -> Entry | None:
        """Return what is stored as an entry, unless its time is over or one of its tags has another version, or none.

        A tag without a version may have been invalidated: the store may have dropped the version since.
        """
        entry = _unpacked(stored) if self._packs else stored
        usable = entry is not None and entry.versions == versions and all(versions) and self._left(entry) > 0
        return entry if usable else None

    def _given_versions(self, tags: tuple[str, ...], versions: tuple[str, ...]) -> tuple[str, ...]:
        """Give a version to each tag without one, before an entry with this tag is built. Return those of all tags.

        It is one operation of the store. If another process was first, its versions are returned.
        """
        missing = [key for key, version in zip(self._version_keys(tags), versions, strict=True) if not version]
        if not missing:
            return versions
        given = iter(_texts(self._add_versions({key: new_version() for key in missing}, LIFETIME)))
        return tuple([version or next(given) for version in versions])

    def _left(self, entry: Entry) -> float:
        """Return the seconds for which the entry may still be given, fresh or stale."""
        return entry.stored_at + entry.fresh_for + entry.stale_for - self._clock()

    def _version_keys(self, tags: tuple[str, ...]) -> tuple[str, ...]:
        return _version_keys(tags, not isinstance(self._versions, MemoryStore))

    def _name(self, key: str) -> str:
        return safe_key(key) if self._packs else key

    def _promise(self, key: str) -> "tuple[Promise, bool]":
        """Return the promise of this key's entry, and whether the caller has to build the entry."""
        with self._lock:
            promised = self._building.get(key)
            if promised is None:
                promised = self._building[key] = Promise()
            elif promised.begun:
                return promised, False
            promised.begin()  # the renewal may have waited in the queue
            return promised, True

    def fulfil(self, key: str, promised: "Promise", entry: Entry) -> None:
        """Give the entry to all requests that wait for it."""
        with self._lock:
            self._building.pop(key, None)
        promised.set_result(entry)

    def fail(self, key: str, promised: "Promise", error: BaseException) -> None:
        """Raise the error in all requests that wait."""
        with self._lock:
            self._building.pop(key, None)
        promised.set_exception(error)

    def give_back(self, lease: "Lease | None") -> None:
        """End a lease."""
        if self._leases is not None and lease and lease.token != UNLEASED:
            self._leases.give_back(lease.name, lease.token)

    def older(self, key: str, tags: tuple[str, ...]) -> Entry | None:
        """Return an older copy of the entry, which get() does not give, after a new one could not be built.

        The copy has the last known versions of its tags. An invalidated answer is not given, also while the database
        is away: a user who has just changed something would see the old value.
        """
        look_again = getattr(self._store, "look_again", None)
        if look_again is None:
            return None
        stored, *found = look_again(self._name(key), *self._version_keys(tags))
        return self._usable(stored, _texts(found))


class LookUp:
    """The result of a look-up: an entry, or the duty to build one."""

    __slots__ = ("_cache", "_key", "_lease", "_promised", "_tags", "_versions", "entry", "how", "kept")

    def __init__(
        self,
        cache: ResponseCache,
        key: str,
        entry: Entry | None,
        how: str,
        promised: "Promise | None" = None,
        lease: "Lease | None" = None,
        tags: tuple[str, ...] = (),
        versions: tuple[str, ...] = (),
    ) -> None:
        self._cache = cache
        self._key = key
        self.entry = entry
        self.how = how
        self._promised = promised
        self._lease = lease
        self._tags = tags
        self._versions = versions
        self.kept = True

    def store(self, entry: Entry) -> None:
        """Keep a new entry, or the same entry in one more coding; give it to all requests that wait."""
        if self._promised is None:
            self.kept = self._cache.put(self._key, entry)
        else:
            entry = entry._replace(versions=self._versions)
            self.kept = self._cache.put(self._key, entry, self._lease)
            self._cache.fulfil(self._key, self._promised, entry)
            self._promised = None
        self.entry = entry

    @property
    def told(self) -> str:
        """The result as Cache-Status tells it: `how`, or `unkept` for a new entry that the store did not keep."""
        return self.how if self.kept or self.how != "miss" else "unkept"

    def result(self) -> Entry:
        """Return the entry after the block."""
        if self.entry is None:
            raise RuntimeError("The block stored no entry.")
        return self.entry

    def __enter__(self) -> "LookUp":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        """Fall back to an older copy after a failure of the server; raise any other error in all requests that wait."""
        if self._promised is None:
            return False
        promised, self._promised = self._promised, None
        self._cache.give_back(self._lease)
        error = error or RuntimeError("The entry was not stored.")
        of_the_client = isinstance(error, Problem) and error.status < 500
        older = None if of_the_client or not isinstance(error, Exception) else self._cache.older(self._key, self._tags)
        if older is None:
            self._cache.fail(self._key, promised, error)
            return False
        self._cache.fulfil(self._key, promised, older)
        self.entry, self.how = older, "hit"
        return True


class Lease(NamedTuple):
    """The right to build: its name and token in the store."""

    name: str
    token: str


class Promise(Future[Entry]):
    """The entry that a thread of this process is building or will build."""

    def __init__(self, begun: bool = True) -> None:
        super().__init__()
        self.begun = False
        self._end = 0.0
        if begun:
            self.begin()

    def begin(self) -> None:
        """Start the time limit of all requests that wait."""
        self.begun = True
        self._end = time.monotonic() + LONGEST_WAIT

    def kept(self) -> Entry:
        """Wait for the entry and return it. All requests that wait give up at the same time: the builder may hang."""
        try:
            self.exception(max(0.0, self._end - time.monotonic()))
        except TimeoutError:
            raise Problem(503, "This answer takes too long. Try again in a moment.", headers=[RETRY_SOON]) from None
        return self.result()


class MemoryStore(Base):
    """The default store: entries in this process, least recently used first out, bounded by the sum of their bytes.

    As a backend of Flask-Caching: CACHE_TYPE="flask_roundtrip.response_cache.MemoryStore",
    CACHE_OPTIONS={"most_bytes": ...}. (Its own SimpleCache counts entries, not bytes, and pickles them.)
    """

    def __init__(
        self, most_bytes: int, default_timeout: int = 300, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.default_timeout = default_timeout
        self._most_bytes = most_bytes
        self._clock = clock
        self._values: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()
        self.bytes = 0

    @classmethod
    def factory(cls, app: Any, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> "MemoryStore":
        """Make the store for Flask-Caching from CACHE_OPTIONS."""
        return cls(kwargs["most_bytes"], kwargs["default_timeout"])

    def get(self, key: str) -> Any:
        """Return the value; None when there is none or it has expired."""
        with self._lock:
            return self._found(key)

    def get_many(self, *keys: str) -> list[Any]:
        """Return the values of several keys at one moment."""
        with self._lock:
            return [self._found(key) for key in keys]

    def set(self, key: str, value: Any, timeout: Any = None) -> bool:
        """Keep bytes or an Entry. Return false for a value larger than the bound; its older value is dropped too."""
        with self._lock:
            return self._kept(key, value, timeout)

    def add(self, key: str, value: Any, timeout: Any = None) -> bool:
        """Keep the value unless there is one. Return false when there is one, or the value is too large."""
        with self._lock:
            return self._found(key) is None and self._kept(key, value, timeout)

    def add_many(self, values: Mapping[str, Any], timeout: Any = None) -> list[Any]:
        """Keep each value unless there is one; return the values that are there now."""
        for key, value in values.items():
            self.add(key, value, timeout)
        return self.get_many(*values)

    def delete(self, key: str) -> bool:
        """Forget the value. Return false when there was none."""
        with self._lock:
            there = key in self._values
            if there:
                self._drop(key)
            return there

    def clear(self) -> bool:
        """Forget everything."""
        with self._lock:
            self._values.clear()
            self.bytes = 0
        return True

    def _kept(self, key: str, value: Any, timeout: Any) -> bool:
        size = _size(key, value)
        expires = self._clock() + (self.default_timeout if timeout is None else timeout)
        if key in self._values:
            self._drop(key)
        if size > self._most_bytes:
            return False
        self._values[key] = (expires, value)
        self.bytes += size
        while self.bytes > self._most_bytes:
            self._drop(next(iter(self._values)))
        return True

    def _found(self, key: str) -> Any:
        found = self._values.get(key)
        if found is None:
            return None
        if found[0] <= self._clock():
            self._drop(key)
            return None
        self._values.move_to_end(key)
        return found[1]

    def _drop(self, key: str) -> None:
        _, value = self._values.pop(key)
        self.bytes -= _size(key, value)


def _size(key: str, value: Any) -> int:
    return len(key) + OVERHEAD + (value.size if isinstance(value, Entry) else len(value))


@lru_cache(maxsize=4096)
def _version_keys(tags: tuple[str, ...], packs: bool) -> tuple[str, ...]:
    return tuple(safe_key(tag, "tag") if packs else f"tag {tag}" for tag in tags)


def _texts(versions: Sequence[Any]) -> tuple[str, ...]:
    return tuple([version.decode("ascii", "replace") if isinstance(version, bytes) else "" for version in versions])


def _unpacked(stored: Any) -> Entry | None:
    """Remember unpacked small values. A shared store returns the same bytes object for each hit on its own copy."""
    if not isinstance(stored, bytes):
        return None
    return _unpacked_once(stored) if len(stored) <= LARGEST_KEPT else _entry(stored)


LARGEST_KEPT = 32 * 1024  # bytes; 128 of them are 4 MiB at most


def _entry(stored: bytes) -> Entry | None:
    values = unpack(stored)
    return None if values is None else Entry(*values)


_unpacked_once = lru_cache(maxsize=128)(_entry)


def _pauses() -> Iterator[float]:
    """Yield growing pauses, in seconds, until their sum reaches the limit."""
    pause, end = SHORTEST_PAUSE, time.monotonic() + PATIENCE
    while time.monotonic() < end:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)
