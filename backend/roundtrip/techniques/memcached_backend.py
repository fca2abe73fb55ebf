"""The response cache in Memcached.

Source: https://github.com/memcached/memcached/blob/master/doc/protocol.txt. The driver is pymemcache, which Django
and Flask-Limiter's `limits` use too, rather than pylibmc: that has an open use-after-free in gets(), which a lease
needs, and nobody who would mend it.
"""

from typing import Any

from flask import Flask
from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheServerError, MemcacheUnexpectedCloseError

from .shared_backend import SharedBackend

MONTH = 30 * 24 * 60 * 60  # seconds: a longer time would be taken for a date
AT_ONCE = -1  # the time that is over already


class MemcachedBackend(SharedBackend):
    """Selected by CACHE_URL=memcached://host:port or memcached:///path of a socket.

    No value in it is larger than its `-I`, a mebibyte unless it is told otherwise, so no more is read of one either.
    """

    def __init__(self, server: tuple[str, int] | str, most_bytes: int, default_timeout: int = 300) -> None:
        super().__init__(most_bytes, default_timeout)
        self._memcached = Client(
            server, connect_timeout=self.timeout, timeout=self.timeout, no_delay=True, default_noreply=False
        )

    @classmethod
    def factory(
        cls, app: Flask, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
    ) -> "MemcachedBackend":
        """Make the backend for Flask-Caching from CACHE_OPTIONS."""
        return cls(kwargs["server"], kwargs["most_bytes"], kwargs["default_timeout"])

    def close(self) -> None:
        """End the connection; the next question makes another."""
        self._memcached.close()

    def _greet(self) -> None:
        self._memcached.version()

    def _fetch(self, name: str) -> bytes | None:
        value: bytes | None = self._memcached.get(name)
        return value

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
        """Empty the whole server: it cannot tell whose a key is."""
        return bool(self._memcached.flush_all())

    def _add(self, name: str, token: str, seconds: int) -> bool:
        return bool(self._memcached.add(name, token, expire=seconds))

    def _remove(self, name: str, token: str) -> bool:
        """Replace our token, if nobody has replaced it since we looked, by one whose time is over."""
        found, unique = self._memcached.gets(name)
        return found == token.encode() and bool(self._memcached.cas(name, b"", unique, expire=AT_ONCE))
