"""The response cache in Redis, or in a server that speaks its protocol.

Source: https://redis.io/docs/latest/commands/. By default redis-py tries eleven times and waits five seconds each
time; this store tries once and waits 50 ms.
"""

from collections.abc import Iterable
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError
from redis.retry import Retry

from .packed import MAGIC, PREFIX
from .store import LARGEST, SharedStore

_FOREIGN = b"?"  # the result for a value that is not a string
# The lease is refused while an entry stands there, or a lease that lasts no longer than ours do. Any other value was
# not written by us, and is replaced.
_ADD = """
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2]) then return 1 end
if redis.call('TYPE', KEYS[1]).ok == 'string' then
  local left = redis.call('TTL', KEYS[1])
  if redis.call('GETRANGE', KEYS[1], 0, 3) == ARGV[3] or (left >= 0 and left <= tonumber(ARGV[2])) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""
_REMOVE = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0"


class RedisStore(SharedStore):
    """CACHE_TYPE="flask_roundtrip.shared.redis.RedisStore"; CACHE_OPTIONS={"url": "redis://...", "most_bytes": ...}."""

    def __init__(self, url: str, most_bytes: int, default_timeout: int = 300) -> None:
        super().__init__(most_bytes, default_timeout)
        self._url = url
        self._connected: Redis | None = None

    @classmethod
    def factory(cls, app: Any, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> "RedisStore":
        """Make the store for Flask-Caching from CACHE_OPTIONS."""
        return cls(kwargs["url"], kwargs["most_bytes"], kwargs["default_timeout"])

    @property
    def _redis(self) -> Redis:
        """The client with one connection, made at its first use, which is after a fork."""
        if self._connected is None:
            self._connected = Redis.from_url(
                self._url,
                single_connection_client=True,
                socket_timeout=self.timeout,
                socket_connect_timeout=self.timeout,
                retry=Retry(NoBackoff(), 0),
                protocol=2,  # version 3 of the protocol has notices, which lengthen the time limit
            )
        return self._connected

    def close(self) -> None:
        """End the connection; the next operation makes another."""
        connected, self._connected = self._connected, None
        if connected is not None:
            connected.close()
            connected.connection_pool.disconnect()

    def _greet(self) -> None:
        self._redis.ping()

    def _fetch(self, names: list[str]) -> list[bytes | None]:
        """Read at most as many bytes as an entry of ours can have."""
        if len(names) == 1:  # without a pipeline, which costs more time in this process
            try:
                return [_own(self._redis.getrange(names[0], 0, LARGEST))]
            except ResponseError as error:
                return [self._foreign(error)]
        with self._redis.pipeline(transaction=False) as pipeline:
            return self._read(pipeline, names)

    def _read(self, pipeline: Any, names: Iterable[str]) -> list[bytes | None]:
        """Run the commands of a pipeline, and then read these names."""
        before = len(pipeline)
        for name in names:
            pipeline.getrange(name, 0, LARGEST)
        came = pipeline.execute(raise_on_error=False)
        for value in came:
            if isinstance(value, Exception) and not isinstance(value, ResponseError):
                raise value
        return [self._foreign(value) if isinstance(value, ResponseError) else _own(value) for value in came[before:]]

    def _foreign(self, error: ResponseError) -> bytes | None:
        self._refused(error)
        return _FOREIGN if str(error).startswith("WRONGTYPE") else None

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

    def _add(self, name: str, lease: bytes, seconds: int) -> bool:
        try:
            return bool(self._redis.eval(_ADD, 1, name, lease, seconds, MAGIC))
        except ResponseError as error:  # as in _store(); without a lease everybody may build
            self._refused(error)
            return True

    def _add_many(self, values: dict[str, bytes], seconds: int) -> list[bytes | None]:
        with self._redis.pipeline(transaction=False) as pipeline:
            for name, value in values.items():
                pipeline.eval(_ADD, 1, name, value, seconds, MAGIC)
            return self._read(pipeline, values)

    def _remove(self, name: str, lease: bytes) -> bool:
        try:
            return bool(self._redis.eval(_REMOVE, 1, name, lease))
        except ResponseError as error:
            self._refused(error)
            return False


def _own(value: Any) -> bytes | None:
    if not isinstance(value, bytes) or not value:
        return None
    return value if len(value) <= LARGEST else _FOREIGN
