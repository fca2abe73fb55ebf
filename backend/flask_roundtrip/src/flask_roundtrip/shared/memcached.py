"""The response cache in Memcached.

Source: https://github.com/memcached/memcached/blob/master/doc/protocol.txt. The driver is pymemcache, which Django
and Flask-Limiter's `limits` use too. pylibmc has an open use-after-free in gets(), which a lease needs.
"""

from typing import Any

from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheServerError, MemcacheUnexpectedCloseError

from .store import SharedStore

MONTH = 30 * 24 * 60 * 60  # seconds: the server reads a larger number as a date
AT_ONCE = -1  # a lifetime that has ended already


class MemcachedStore(SharedStore):
    """CACHE_TYPE="flask_roundtrip.shared.memcached.MemcachedStore"; CACHE_OPTIONS={"server": ..., "most_bytes": ...}.

    No value in Memcached is larger than its setting `-I`, by default a mebibyte; so reads need no limit.
    """

    def __init__(self, server: tuple[str, int] | str, most_bytes: int, default_timeout: int = 300) -> None:
        super().__init__(most_bytes, default_timeout)
        self._memcached = Client(
            server, connect_timeout=self.timeout, timeout=self.timeout, no_delay=True, default_noreply=False
        )

    @classmethod
    def factory(cls, app: Any, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> "MemcachedStore":
        """Make the store for Flask-Caching from CACHE_OPTIONS."""
        return cls(kwargs["server"], kwargs["most_bytes"], kwargs["default_timeout"])

    def close(self) -> None:
        """End the connection; the next operation makes another."""
        self._memcached.close()

    def _greet(self) -> None:
        self._memcached.version()

    def _fetch(self, names: list[str]) -> list[bytes | None]:
        if len(names) == 1:
            return [self._memcached.get(names[0])]
        found = self._memcached.get_many(names)
        return [found.get(name) for name in names]

    def _store(self, name: str, value: bytes, seconds: int) -> bool:
        try:
            return bool(self._memcached.set(name, value, expire=min(seconds, MONTH)))
        except MemcacheUnexpectedCloseError:
            raise
        except MemcacheServerError as error:  # too large for its -I, or no memory
            self._refused(error)
            return False

    def _forget(self, name: str) -> bool:
        return bool(self._memcached.delete(name))

    def _forget_all(self) -> bool:
        """Empty the whole server: it cannot list its keys."""
        return bool(self._memcached.flush_all())

    def _add(self, name: str, lease: bytes, seconds: int) -> bool:
        return bool(self._memcached.add(name, lease, expire=seconds))

    def _add_many(self, values: dict[str, bytes], seconds: int) -> list[bytes | None]:
        for name, value in values.items():  # without waiting: the server runs a connection's commands in order
            self._memcached.add(name, value, expire=min(seconds, MONTH), noreply=True)
        found = self._memcached.get_many(list(values))
        return [found.get(name) for name in values]

    def _remove(self, name: str, lease: bytes) -> bool:
        """Replace our lease by an expired value, if no other process has replaced it since we looked."""
        found, unique = self._memcached.gets(name)
        return found == lease and bool(self._memcached.cas(name, b"", unique, expire=AT_ONCE))
