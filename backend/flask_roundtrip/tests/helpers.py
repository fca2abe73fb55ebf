"""Functions that several test files use."""

import gzip
import threading
import time
import zlib
from collections.abc import Callable
from typing import Any

import brotli
import pytest
import zstandard
from flask_roundtrip.response_cache import Entry, ResponseCache
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import IDENTITY
from hypothesis import HealthCheck, settings

SOON = 10.0  # seconds within which an event must happen, on a machine of any speed

# For properties of an application that the examples do not change, on a machine of any speed.
ONE_APP = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

WHOLE: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "zstd": lambda coded: zstandard.ZstdDecompressor().decompressobj().decompress(coded),
    "gzip": gzip.decompress,
}
ARRIVING: dict[str, Callable[[], Callable[[bytes], bytes]]] = {
    "br": lambda: brotli.Decompressor().process,
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj().decompress,
    "gzip": lambda: zlib.decompressobj(wbits=31).decompress,
}


def noted(monkeypatch: pytest.MonkeyPatch, whose: object, method: str) -> list[tuple[str, Any]]:
    """Return a list to which each call of the method adds the name of its thread and its result."""
    calls: list[tuple[str, Any]] = []
    real = getattr(whose, method)

    def note(*arguments: Any, **keywords: Any) -> Any:
        result = None
        try:
            result = real(*arguments, **keywords)
        finally:
            calls.append((threading.current_thread().name, result))
        return result

    monkeypatch.setattr(whose, method, note)
    return calls


def in_time(done: Callable[[], bool]) -> bool:
    """Wait for an event in the background."""
    end = time.monotonic() + SOON
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def entry(body: bytes = b"[]", stored_at: float = 0.0, tags: tuple[str, ...] = ("flights",)) -> Entry:
    """Return an entry like that of a GET: fresh for a minute, stale for ten more minutes."""
    return Entry(
        etag='W/"0"',
        last_modified=None,
        headers=(("ETag", 'W/"0"'), ("Cache-Control", "public, max-age=60, stale-while-revalidate=600")),
        content_headers=(("Content-Type", "application/json"),),
        tags=tags,
        versions=(),
        fresh_for=60,
        stale_for=600,
        stored_at=stored_at or time.time(),
        bodies={IDENTITY: body},
    )


def get_or_build(
    cache: ResponseCache, key: str, build: Callable[[], Entry], tags: tuple[str, ...] = ()
) -> tuple[Entry, str]:
    """Use the cache as its docstring shows; return the entry, and whether it was a hit, stale, a miss or collapsed."""
    with cache.look_up(key, tags, Timing()) as found:
        if found.entry is None:
            found.store(build())
    assert found.entry is not None
    return found.entry, found.how


def body_of(entry: Entry | None) -> bytes | None:
    """Return the entry's body without a content coding."""
    return None if entry is None else entry.bodies[IDENTITY]
