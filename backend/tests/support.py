"""What several test files use that is no fixture."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import zstandard
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from roundtrip.extensions import cache

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
