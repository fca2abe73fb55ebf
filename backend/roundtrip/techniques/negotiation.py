"""One representation or another, as the client's Accept asks: JSON, or MessagePack for those who want it.

Source: RFC 9110, section 12.5.1.
"""

from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from ..errors import Problem
from .serialization import JSON, MSGPACK

OFFERED = (JSON, MSGPACK)  # the first where the client does not care


@lru_cache(maxsize=256)
def media_type_for(accept: str, offered: tuple[str, ...] = OFFERED) -> str:
    """Return the offered media type that the client likes best. Raises Problem (406) when it takes none."""
    liked = [(kind.partition(";")[0].rstrip(), quality) for kind, quality in parse_accept_header(accept)]
    if not liked:
        return offered[0]
    best = MIMEAccept(liked).best_match(offered)  # without parameters: charset=utf-8, say, which JSON has anyway
    if best is None:
        raise Problem(406, f"This is offered as {' and '.join(offered)}; the request accepts neither.")
    return best
