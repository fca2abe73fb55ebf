"""Rate limit: requests are counted in this process and added up with all other processes ten times a second.

Limits and stores are those of `limits` (https://limits.readthedocs.io). Its strategies ask the store in every
request, which halves the hits of a process: 2,000 a second instead of 4,000. So a request is counted in this process,
on top of the last total from the store, and a thread adds the new counts to the store. With several processes a client
can exceed the limit by the requests between two of these exchanges. A store that is away delays no request: each
process counts alone until the store is back.

Each window begins at a full minute, or at a full unit of the limit's own length.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Network
from typing import Any, NamedTuple

from flask_roundtrip.shared.circuit_breaker import CircuitBreaker
from limits import RateLimitItem, parse
from limits.storage import MemcachedStorage, RedisStorage, Storage

from flask_roundtrip import Problem

log = logging.getLogger(__name__)
NAME = "client"  # the name of the policy in the headers
MOST_CLIENTS = 100_000  # about 200 bytes each; the oldest is dropped first
SETTLE_EVERY = 0.1  # seconds between two exchanges; more if they would take over a tenth of the time
TIMEOUT = 0.5  # seconds for the store's answer; no request waits for it
RETRY_AFTER = 1.0  # seconds until a store that failed is asked again


class Left(NamedTuple):
    """The state of a client in this window."""

    limit: RateLimitItem
    used: int
    seconds: int  # until the end of the window

    @property
    def refused(self) -> bool:
        """Whether the last charge exceeded the limit."""
        return self.used > self.limit.amount

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers of draft-ietf-httpapi-ratelimit-headers-11: the policy, and the remaining requests."""
        return [
            ("RateLimit-Policy", f'"{NAME}";q={self.limit.amount};w={self.limit.get_expiry()}'),
            ("RateLimit", f'"{NAME}";r={max(0, self.limit.amount - self.used)};t={self.seconds}'),
        ]

    def problem(self) -> Problem:
        """Return the error for a client over its limit."""
        most = f"{self.limit.amount} requests in {self.limit.get_expiry()} seconds"
        said = f"More than {most} came from this address. Each part of a batch counts as one."
        return Problem(429, said, headers=[("Retry-After", str(self.seconds))])


class RateLimit:
    """Charges clients by their addresses."""

    def __init__(self, limit: str, store: Storage | None, clock: Callable[[], float] = time.time) -> None:
        self._limit = parse(limit)
        self._length = self._limit.get_expiry()
        self._clock = clock
        self._lock = threading.Lock()
        self._window = 0
        self._used: dict[str, int] = {}  # by client in this window: the store's total, and the count since then
        self._ledger = None if store is None else Ledger(store, self._told)

    def charge(self, client: str, requests: int) -> Left:
        """Charge a client for a number of requests."""
        client = _network(client)
        window, spent = divmod(int(self._clock()), self._length)
        with self._lock:
            if window != self._window:
                self._window = window
                self._used.clear()
            used = self._used[client] = self._used.get(client, 0) + requests
            if len(self._used) > MOST_CLIENTS:
                del self._used[next(iter(self._used))]
        if self._ledger is not None:
            self._ledger.owe((window, client), requests, self._length)
        return Left(self._limit, used, self._length - spent)

    def _told(self, account: tuple[int, str], total: int) -> None:
        """Take over a client's total of all processes."""
        window, client = account
        with self._lock:
            if window == self._window:
                self._used[client] = max(total, self._used.get(client, 0))


class Ledger:
    """Adds this process's counts to the store in the background, and reports each new total."""

    def __init__(self, store: Storage, told: Callable[[tuple[int, str], int], None]) -> None:
        self._store = store
        self._told = told
        self._owed: Counter[tuple[int, str]] = Counter()
        self._lock = threading.Lock()
        self._window = 0
        self._length = 0
        self._some = threading.Event()
        self._thread: threading.Thread | None = None
        self._breaker = CircuitBreaker(failures=1, pause=RETRY_AFTER)

    def owe(self, account: tuple[int, str], requests: int, length: int) -> None:
        """Note an amount to add to an account, which expires after a number of seconds."""
        with self._lock:
            self._owed[account] += requests
            self._window, self._length = account[0], length
            if self._thread is None:  # not before: a thread does not survive a fork
                self._thread = threading.Thread(target=self._run, name="settle rates", daemon=True)
                self._thread.start()
        self._some.set()

    def _run(self) -> None:
        while True:
            self._some.wait()
            self._some.clear()
            began = time.monotonic()
            try:
                self.settle()
            except Exception as error:  # each store's driver has errors of its own
                if self._breaker.failed():
                    log.warning("Rates are counted in each process alone for now: %s", type(error).__name__)
                self._some.set()
                time.sleep(RETRY_AFTER)
            else:
                if self._breaker.succeeded() is not None:
                    log.warning("Rates are counted together again.")
                time.sleep(max(SETTLE_EVERY, 9 * (time.monotonic() - began)))

    def settle(self) -> None:
        """Add the noted amounts now. A failed amount is kept until its window ends."""
        with self._lock:
            owed, self._owed = self._owed, Counter()
        try:
            while owed:
                (window, client), requests = account, _ = owed.popitem()
                try:
                    total = self._store.incr(f"{client}/{window}", self._length, amount=requests)
                except BaseException:
                    owed[account] = requests
                    raise
                self._told(account, total)
        finally:
            with self._lock:
                self._owed.update({account: owed[account] for account in owed if account[0] == self._window})


@lru_cache(maxsize=4096)
def _network(client: str) -> str:
    """Return the address or the network that is counted as one client: an IPv6 household has 2**64 addresses."""
    if ":" not in client:
        return client
    try:
        return str(IPv6Network(f"{client}/64", strict=False))
    except ValueError:
        return client


def store_at(url: str) -> Storage | None:
    """Return the store that RATE_LIMIT_URL names; None for memory:, with a single process."""
    if url == "memory:":
        return None
    if url.startswith("memcached:"):
        options: dict[str, Any] = {"timeout": TIMEOUT, "connect_timeout": TIMEOUT}
        return MemcachedStorage(url, **options)
    from redis import ConnectionPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    once = Retry(NoBackoff(), 0)  # redis-py would try eleven times
    pool = ConnectionPool.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=once)
    return RedisStorage(url, connection_pool=pool)
