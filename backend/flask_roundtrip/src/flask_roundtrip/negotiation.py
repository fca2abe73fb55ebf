"""Content negotiation: JSON, or MessagePack for a client that prefers it.

Source: RFC 9110, section 12.5.1. An Accept header that cannot be parsed counts as absent: the default is sent.
"""

import re
from functools import lru_cache

from werkzeug.datastructures import MIMEAccept

from .wire import JSON, MSGPACK, Problem

OFFERED = (JSON, MSGPACK)  # the first is the default


@lru_cache(maxsize=256)
def media_type_for(accept: str, offered: tuple[str, ...] = OFFERED) -> str:
    """Return the offered media type that the client prefers. Raises Problem (406) when the client accepts none."""
    liked = _liked(accept)
    if not liked:
        return offered[0]
    best = MIMEAccept(liked).best_match(offered)
    if best is None:
        raise Problem(406, f"This is offered as {' and '.join(offered)}; the request accepts neither.")
    return best


# A media range and its quality; other parameters (charset=utf-8, say) make no difference to what is offered here.
# Java's HttpURLConnection sends `*; q=.2`: a lone `*` and a quality without its zero.
_RANGE = re.compile(r"\s*(\*|[\w!#$&^.+*-]+/[\w!#$&^.+*-]+)\s*(?:;|\Z)", re.ASCII)
_QUALITY = re.compile(r";\s*q\s*=\s*([0-9]*\.?[0-9]*)\s*(?:;|\Z)", re.ASCII | re.IGNORECASE)


def _liked(accept: str) -> list[tuple[str, float]]:
    liked = []
    for part in accept.split(","):
        found = _RANGE.match(part)
        if found is None:
            continue
        quality = _QUALITY.search(part)
        liked.append((found[1] if found[1] != "*" else "*/*", _number(quality[1]) if quality else 1.0))
    return liked


def _number(text: str) -> float:
    try:
        return min(float(text), 1.0)
    except ValueError:
        return 1.0
