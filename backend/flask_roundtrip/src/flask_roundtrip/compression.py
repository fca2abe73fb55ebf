"""Content codings: the same answer in fewer bytes (br, zstd or gzip), by the client's Accept-Encoding.

Source: RFC 9110, section 12.5.3; RFC 7932 (br), RFC 8878 (zstd), RFC 1952 (gzip). An answer is compressed once, and
the response cache keeps the compressed bytes. Higher levels cost more time than they save for an answer made on demand
(7.6 kB of flights: br-5 takes about 50 us, zstd-3 10 us, gzip-6 35 us).
gzip is part of Python; br and zstd come with the extra `[compress]`, and are not offered without it.
"""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from .wire import IDENTITY

SMALLEST = 400  # bytes: a smaller body is not compressed, because that saves less than a packet
_BR_LEVEL, _ZSTD_LEVEL, _GZIP_LEVEL = 5, 3, 6
Stream = tuple[Callable[[bytes], bytes], Callable[[], bytes], Callable[[], bytes]]  # add, flush, end


def _gzip_stream() -> Stream:
    coder = zlib.compressobj(_GZIP_LEVEL, wbits=31)
    return coder.compress, lambda: coder.flush(zlib.Z_SYNC_FLUSH), coder.flush


# For each coding the functions that compress a body and a stream, in our order of preference.
_WHOLE: dict[str, Callable[[bytes], bytes]] = {}
_STREAMED: dict[str, Callable[[], Stream]] = {}

try:
    import brotli
except ImportError:
    pass
else:

    def _br_stream() -> Stream:
        coder = brotli.Compressor(quality=_BR_LEVEL)
        return coder.process, coder.flush, coder.finish

    _WHOLE["br"] = lambda body: brotli.compress(body, quality=_BR_LEVEL)
    _STREAMED["br"] = _br_stream

try:
    import zstandard
except ImportError:
    pass
else:

    def _zstd_stream() -> Stream:
        coder = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj()
        return coder.compress, lambda: coder.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK), coder.flush

    _WHOLE["zstd"] = lambda body: zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(body)
    _STREAMED["zstd"] = _zstd_stream

_WHOLE["gzip"] = lambda body: gzip.compress(body, compresslevel=_GZIP_LEVEL, mtime=0)
_STREAMED["gzip"] = _gzip_stream


@lru_cache(maxsize=256)
def negotiated(accept_encoding: str) -> str:
    """Return the coding that the client prefers; among equals, the one that we prefer; identity if there is none."""
    accepted = parse_accept_header(accept_encoding, Accept)
    quality = {coding: accepted.quality(coding) for coding in _WHOLE}
    best = max(quality, key=lambda coding: quality[coding])
    identity = next((q for coding, q in accepted if coding == IDENTITY), 0.0)
    return best if quality[best] > 0 and quality[best] >= identity else IDENTITY


def compress(body: bytes, coding: str) -> bytes:
    """Return the body in a content coding other than identity."""
    return _WHOLE[coding](body)


def compress_stream(pieces: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """Compress pieces so that each can be read as soon as it arrives: the coder is flushed after every one."""
    add, end = streamed(coding)
    try:
        for piece in pieces:
            yield add(piece)
    finally:
        close = getattr(pieces, "close", None)
        if close:
            close()
    if last := end():
        yield last


def streamed(coding: str) -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    """Return how to compress a piece so that it can be read at once, and what ends the stream."""
    if coding == IDENTITY:
        return bytes, bytes
    add, flush, end = _STREAMED[coding]()
    return lambda piece: add(piece) + flush(), end
