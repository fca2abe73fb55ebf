"""Packed entries: the form of a response cache's entries in a server that others could write to.

The form is a magic number, the length of a JSON header, the header, and the bodies one after the other. Nothing in it
is executed (a pickle would be). unpack() returns the fields of an Entry, and None for a value that pack() did not
write.
"""

import json
import struct
from hashlib import blake2b
from typing import Any

MAGIC = b"RTE2"  # the version of this form: a new layout needs a new number
_LENGTH = struct.Struct(">I")
_HEADER = len(MAGIC) + _LENGTH.size


def pack(entry: Any) -> bytes:
    """Return an Entry as bytes."""
    *fields, bodies = entry
    header = _dumps([*fields, [[coding, len(body)] for coding, body in bodies.items()]])
    return b"".join((MAGIC, _LENGTH.pack(len(header)), header, *bodies.values()))


def unpack(stored: bytes) -> tuple[Any, ...] | None:
    """Return the fields of the entry, or None for anything that pack() did not write."""
    if not stored.startswith(MAGIC) or len(stored) < _HEADER:
        return None
    at = _HEADER + _LENGTH.unpack_from(stored, len(MAGIC))[0]
    try:
        etag, modified, headers, content, tags, versions, fresh, stale, stored_at, sizes = _loads(stored[_HEADER:at])
        bodies = {}
        for coding, size in sizes:
            if type(size) is not int or size < 0:
                return None
            bodies[coding] = stored[at : at + size]
            at += size
        pairs = [tuple(pair) for pair in (*headers, *content)]
        # join() takes only strings: one call checks that these are strings, two more check that they can be sent.
        texts = "".join((etag, modified or "", *(text for pair in pairs for text in pair), *tags, *versions, *bodies))
    except (ValueError, TypeError):
        return None
    sound = (
        at == len(stored)
        and "identity" in bodies
        and all(len(pair) == 2 for pair in pairs)
        and texts.isascii()
        and texts.isprintable()
        and isinstance(tags, list)
        and isinstance(versions, list)
        and type(fresh) is int
        and type(stale) is int
        and isinstance(stored_at, int | float)
    )
    if not sound:
        return None
    split = len(headers)
    return (
        *(etag, modified, tuple(pairs[:split]), tuple(pairs[split:]), tuple(tags), tuple(versions)),
        *(fresh, stale, stored_at, bodies),
    )


PREFIX = f"roundtrip:{MAGIC.decode()}:"


def safe_key(key: str, purpose: str = "entry") -> str:
    """Return a name for the key that every server takes (memcached: 250 bytes, no spaces)."""
    return f"{PREFIX}{purpose}:{blake2b(key.encode(), digest_size=20).hexdigest()}"


try:
    import orjson
except ImportError:  # it is optional

    def _compact(value: Any) -> bytes:
        return json.dumps(value, separators=(",", ":")).encode()

    _dumps: Any = _compact
    _loads: Any = json.loads
else:
    _dumps, _loads = orjson.dumps, orjson.loads
