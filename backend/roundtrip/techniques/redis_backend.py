"""The response cache in Redis, or a server that speaks its protocol.

Source: https://redis.io/docs/latest/commands/. redis-py would by itself try eleven times and wait five seconds each
time; here it tries once, for 50 ms.
"""

from typing import Any

from flask import Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError
from redis.retry import Retry

from .shared_backend import LARGEST, PREFIX, SharedBackend

_GIVE_BACK = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0"


class RedisBackend(SharedBackend):
    """Selected by CACHE_URL=redis://host:port/db, rediss:// (TLS) or unix:///path."""

    def __init__(self, url: str, most_bytes: int, default_timeout: int = 300) -> None:
        super().__init__(most_bytes, default_timeout)
        self._url = url
        self._connected: Redis | None = None

    @classmethod
    def factory(cls, app: Flask, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> "RedisBackend":
        """Make the backend for Flask-Caching from CACHE_OPTIONS."""
        return cls(kwargs["url"], kwargs["most_bytes"], kwargs["default_timeout"])

    @property
    def _redis(self) -> Redis:
        """The client of one connection, made when it is first needed: after a fork, and with the server there."""
        if self._connected is None:
            self._connected = Redis.from_url(
                self._url,
                single_connection_client=True,
                socket_timeout=self.timeout,
                socket_connect_timeout=self.timeout,
                retry=Retry(NoBackoff(), 0),
                protocol=2,  # version 3 brings notices that lengthen the time limit
            )
        return self._connected

    def close(self) -> None:
        """End the connection; the next question makes another."""
        connected, self._connected = self._connected, None
        if connected is not None:
            connected.close()
            connected.connection_pool.disconnect()

    def _greet(self) -> None:
        self._redis.ping()

    def _fetch(self, name: str) -> bytes | None:
        """Read as much as an entry of ours can have, and no more of what somebody else put there."""
        try:
            value = self._redis.getrange(name, 0, LARGEST)
        except ResponseError as error:  # not a string, say
            self._refused(error)
            return None
        return value if isinstance(value, bytes) and 0 < len(value) <= LARGEST else None

    def _store(self, name: str, value: bytes, seconds: int) -> bool:
        try:
            return bool(self._redis.set(name, value, ex=seconds))
        except ResponseError as error:  # it is full and may drop nothing, say
            self._refused(error)
            return False

    def _forget(self, name: str) -> bool:
        return bool(self._redis.unlink(name))

    def _forget_all(self) -> bool:
        for name in self._redis.scan_iter(f"{PREFIX}*", count=1000):
            self._redis.unlink(name)
        return True

    def _add(self, name: str, token: str, seconds: int) -> bool:
        try:
            if self._redis.set(name, token, nx=True, ex=seconds):
                return True
            left = self._redis.ttl(name)
            # What stands there for ever, or for longer than a lease, was not put there by us: it is none.
            return not 0 <= left <= seconds and bool(self._redis.set(name, token, ex=seconds))
        except ResponseError as error:  # as in _store(); a lease that cannot be had keeps nobody from building
            self._refused(error)
            return True

    def _remove(self, name: str, token: str) -> bool:
        try:
            return bool(self._redis.eval(_GIVE_BACK, 1, name, token))
        except ResponseError as error:
            self._refused(error)
            return False
