"""The response cache's default backend: bytes in this process, never more than it was given.

Flask-Caching's SimpleCache counts its entries, not their size, and pickles them. This one drops what was used
longest ago as soon as the bytes exceed the bound.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_caching.backends.base import BaseCache

OVERHEAD = 250  # bytes of Python's own for one entry, about


class MemoryBackend(BaseCache):
    """A least-recently-used store of bytes, bounded by their sum. Selected by CACHE_TYPE."""

    def __init__(
        self, most_bytes: int, default_timeout: int = 300, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(default_timeout=default_timeout)
        self._most_bytes = most_bytes
        self._clock = clock
        self._entries: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._lock = threading.Lock()
        self.bytes = 0

    @classmethod
    def factory(cls, app: Flask, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> "MemoryBackend":
        """Make the backend for Flask-Caching from CACHE_OPTIONS."""
        return cls(kwargs["most_bytes"], kwargs["default_timeout"])

    def get(self, key: str) -> bytes | None:
        """Return the value, or None when there is none or its time has passed."""
        with self._lock:
            found = self._entries.get(key)
            if found is None:
                return None
            expires, value = found
            if expires <= self._clock():
                self._drop(key)
                return None
            self._entries.move_to_end(key)
            return value

    def set(self, key: str, value: bytes, timeout: Any = None) -> bool:
        """Keep the value; false when it alone is larger than the whole store may be, and then keep no older one."""
        size = _size(key, value)
        expires = self._clock() + (self.default_timeout if timeout is None else timeout)
        with self._lock:
            if key in self._entries:
                self._drop(key)
            if size > self._most_bytes:
                return False
            self._entries[key] = (expires, value)
            self.bytes += size
            while self.bytes > self._most_bytes:
                self._drop(next(iter(self._entries)))
        return True

    def delete(self, key: str) -> bool:
        """Forget the value; false when there was none."""
        with self._lock:
            there = key in self._entries
            if there:
                self._drop(key)
            return there

    def clear(self) -> bool:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self.bytes = 0
        return True

    def _drop(self, key: str) -> None:
        _, value = self._entries.pop(key)
        self.bytes -= _size(key, value)


def _size(key: str, value: bytes) -> int:
    return len(key) + len(value) + OVERHEAD
