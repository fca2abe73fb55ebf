"""Conditional requests: a client that has the answer already gets 304 Not Modified, in a few bytes.

Source: RFC 9110, sections 8.8 and 13. The entity tag is weak: it is the same for every content coding of one
representation. So a compressed single GET can revalidate an answer that came in a batch, and the reverse.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import blake2b

from .response_cache import Entry
from .tags import cache_groups
from .wire import IDENTITY, NOSNIFF, Answer, Freshness, Head, Problem


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


def fails(if_match: str, if_unmodified_since: str, last_modified: str | None) -> bool:
    """Tell whether a precondition fails (sections 13.1.1, 13.1.4). If-Match, where given, decides alone.

    It compares strongly, and every entity tag here is weak: so only `*` matches.
    """
    if if_match:
        return if_match.strip() != "*"
    until, modified = _instant(if_unmodified_since), _instant(last_modified or "")
    return until is not None and modified is not None and modified > until


def headers_of(
    etag: str, last_modified: str | None, freshness: Freshness, tags: Sequence[str], private: bool = False
) -> tuple[tuple[str, str], ...]:
    """Return the headers that a 200 and a 304 share. They stay the same for the entry's lifetime."""
    dated = () if last_modified is None else (("Last-Modified", last_modified),)
    return (("ETag", etag), *dated, *_headers_of_all(freshness, tuple(tags), private))


def answer(entry: Entry, coding: str, ttl: int, how: str, head: Head) -> Answer:
    """Return the answer to a head from an entry that has the coding: 200, 304 for an equal copy, or 412."""
    wanted = head.if_match, head.if_unmodified_since
    if any(wanted) and fails(*wanted, entry.last_modified):
        refusal = CHANGED.answer()
        return refusal._replace(body=b"") if head.method == "HEAD" else refusal
    headers = [
        *entry.headers,
        ("Cache-Status", _CACHE_STATUS[how].format(ttl=ttl)),
        ("Age", str(max(0, entry.fresh_for - ttl))),
    ]
    if (head.if_none_match or head.if_modified_since) and not_modified(
        head.if_none_match, head.if_modified_since, entry.etag, entry.last_modified
    ):
        return Answer(304, headers, b"")
    coding, body = entry.body_in(coding) or (IDENTITY, entry.bodies[IDENTITY])
    headers += entry.content_headers
    headers.append(("Content-Length", str(len(body))))
    if coding != IDENTITY:
        headers.append(("Content-Encoding", coding))
    return Answer(200, headers, b"" if head.method == "HEAD" else body)


CHANGED = Problem(412, "If-Match or If-Unmodified-Since names another version. Every ETag here is weak: none matches.")


@lru_cache(maxsize=1024)
def _headers_of_all(freshness: Freshness, tags: tuple[str, ...], private: bool) -> tuple[tuple[str, str], ...]:
    vary = "Accept, Accept-Encoding, Authorization, Cookie" if private else "Accept, Accept-Encoding"
    groups = (("Cache-Groups", cache_groups(tags)),) if tags else ()
    return (("Cache-Control", freshness.header(private)), ("Vary", vary), NOSNIFF, *groups)


def _names(if_none_match: str, etag: str) -> bool:
    """Compare weakly (section 8.8.3.2): W/"a" and "a" are the same."""
    opaque = etag.removeprefix("W/")
    given = (tag.strip() for tag in if_none_match.split(","))
    return any(tag == "*" or tag.removeprefix("W/") == opaque for tag in given)


def _instant(http_date: str) -> datetime | None:
    """Read an HTTP date; an unreadable date counts as absent (section 13.1.3)."""
    try:
        parsed = parsedate_to_datetime(http_date)
    except (ValueError, IndexError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


# Cache-Status (RFC 9211), by the result of the look-up in the response cache.
_CACHE_STATUS = {
    "hit": "roundtrip; hit; ttl={ttl}",
    "stale": "roundtrip; hit; ttl={ttl}",
    "miss": "roundtrip; fwd=uri-miss; stored",
    "unkept": "roundtrip; fwd=uri-miss",
    "collapsed": "roundtrip; fwd=uri-miss; collapsed",
}
