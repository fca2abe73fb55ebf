"""What several test files use that is no fixture."""

import gzip
import threading
import time
import zlib
from collections.abc import Callable
from typing import Any

import brotli
import pytest
import zstandard
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from roundtrip.extensions import cache

SOON = 10.0  # seconds in which something has to have happened, on a machine of any speed
Asking = Callable[..., FlaskClient]  # gives a client of an application with the settings that it is given

# For properties of one application, which examples do not change, on a machine of any speed.
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


def forget(app: Flask) -> None:
    """Empty the application's response cache."""
    app.extensions["cache"][cache].clear()


def noted(monkeypatch: pytest.MonkeyPatch, whose: object, method: str) -> list[tuple[str, Any]]:
    """Return a list that grows with each call of the method: the name of the thread, and what came of it."""
    calls: list[tuple[str, Any]] = []
    real = getattr(whose, method)

    def note(*arguments: Any) -> Any:
        came = None
        try:
            came = real(*arguments)
        finally:
            calls.append((threading.current_thread().name, came))
        return came

    monkeypatch.setattr(whose, method, note)
    return calls


def in_time(done: Callable[[], bool]) -> bool:
    """Wait for something that happens behind everybody's back."""
    end = time.monotonic() + SOON
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
