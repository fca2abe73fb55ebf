"""A client that has the answer already is told so in a few bytes: 304 Not Modified.

Source: RFC 9110, sections 8.8 and 13. The entity tag is weak: the same for every content coding of one
representation, so that what a batch brought can be revalidated by a compressed single GET, and the reverse.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b


def etag_of(body: bytes) -> str:
    """Return the weak entity tag of an answer's bytes, before any content coding."""
    return f'W/"{blake2b(body, digest_size=12).hexdigest()}"'


def not_modified(if_none_match: str, if_modified_since: str, etag: str, last_modified: str | None) -> bool:
    """Tell whether the client's copy is still good. If-None-Match, where given, decides alone (section 13.2.2)."""
    if if_none_match:
        return if_none_match == etag or _names(if_none_match, etag)
    if if_modified_since and last_modified:
        since = _instant(if_modified_since)
        modified = _instant(last_modified)
        return since is not None and modified is not None and modified <= since
    return False


def _names(if_none_match: str, etag: str) -> bool:
    """Compare weakly (section 8.8.3.2): W/"a" and "a" are the same."""
    opaque = etag.removeprefix("W/")
    given = (tag.strip() for tag in if_none_match.split(","))
    return any(tag == "*" or tag.removeprefix("W/") == opaque for tag in given)


def _instant(http_date: str) -> datetime | None:
    """Read an HTTP date; an unreadable one is as if it were not there (section 13.1.3)."""
    try:
        parsed = parsedate_to_datetime(http_date)
    except (ValueError, IndexError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
