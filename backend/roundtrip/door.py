"""The door: answers a hit before Flask wakes.

A pure function of the request's head and the cache: no schema, no statement, no encoder and no compressor runs.
It stands in WSGI middleware today and can stand in an asynchronous server tomorrow. What it does not know, or
what is not fresh, goes on to the pipeline.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

from .errors import PROBLEM_JSON, Problem
from .http import TIMING, Answer, Head
from .operations.security_headers import of_any_answer
from .techniques.compression import IDENTITY, negotiated
from .techniques.conditional import not_modified
from .techniques.negotiation import media_type_for
from .techniques.response_cache import Entry, ResponseCache
from .techniques.timing import Timing

MOST_SPELLINGS = 4_000  # about a kilobyte each
LONGEST_SPELLING = 1024  # bytes of a query: longer ones, which no page of ours asks, go to the pipeline each time
VARY = ("Vary", "Accept, Accept-Encoding")
SECURE = of_any_answer()
WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Door:
    """Knows which cache key each spelling of a URL means, because the pipeline has answered that spelling once.

    A request can be spelled in many ways (order of parameters, defaults written out); the pipeline finds the one
    canonical key, and the door remembers it. At most 4,000 spellings are remembered, the oldest dropped first.
    """

    def __init__(self, cache: ResponseCache) -> None:
        self._cache = cache
        self._keys: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._lock = Lock()

    def answer(self, head: Head) -> Answer | None:
        """Answer from a fresh entry, or None."""
        key = self._keys.get((head.path, head.query))
        if key is None or head.method not in ("GET", "HEAD"):
            return None
        timing = Timing()
        try:
            media_type = media_type_for(head.accept)
        except Problem:
            return None
        entry = self._cache.get(entry_key(key, media_type, negotiated(head.accept_encoding)))
        if entry is None:
            return None
        timing.spans["cache"] = timing.elapsed
        ttl = self._cache.ttl(entry)
        if ttl <= 0:
            return None
        timing.cache = "hit"
        timing.route = key.partition("?")[0].rpartition(" ")[2]
        return answer_with(entry, "hit", ttl, head, timing)

    def learn(self, head: Head, key: str) -> None:
        """Remember that this spelling was answered from this key."""
        if len(head.query) > LONGEST_SPELLING:
            return
        with self._lock:
            self._keys[head.path, head.query] = key
            if len(self._keys) > MOST_SPELLINGS:
                self._keys.popitem(last=False)


class DoorMiddleware:
    """The door in front of a WSGI application."""

    def __init__(self, application: WSGI, door: Door) -> None:
        self._application = application
        self._door = door

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a hit; hand everything else on."""
        answer = self._door.answer(Head.of(environ))
        if answer is None:
            return self._application(environ, start_response)
        environ[TIMING] = answer.timing
        start_response(STATUS_LINES[answer.status], answer.exchange_headers())
        return (answer.body,)


STATUS_LINES = {200: "200 OK", 304: "304 Not Modified"}


def entry_key(key: str, media_type: str, coding: str) -> str:
    """Return the cache key of one representation: the canonical question, its media type and content coding."""
    return f"{key} {media_type} {coding}"


def answer_with(entry: Entry, how: str, ttl: int, head: Head, timing: Timing) -> Answer:
    """Make the answer to a head from an entry: 200, or 304 where the client has it."""
    headers = [
        ("ETag", entry.etag),
        ("Cache-Control", entry.cache_control),
        VARY,
        ("Cache-Status", _CACHE_STATUS[how].format(ttl=ttl)),
        ("Age", str(max(0, entry.fresh_for - ttl))),
        *SECURE,
    ]
    if entry.last_modified is not None:
        headers.append(("Last-Modified", entry.last_modified))
    if not_modified(head.if_none_match, head.if_modified_since, entry.etag, entry.last_modified):
        return Answer(304, headers, b"", timing)
    headers.append(("Content-Type", entry.content_type))
    headers.append(("Content-Length", str(len(entry.body))))
    if entry.coding != IDENTITY:
        headers.append(("Content-Encoding", entry.coding))
    if entry.link is not None:
        headers.append(("Link", entry.link))
    return Answer(200, headers, b"" if head.method == "HEAD" else entry.body, timing)


# Cache-Status (RFC 9211), by how the entry came.
_CACHE_STATUS = {
    "hit": "roundtrip; hit; ttl={ttl}",
    "stale": "roundtrip; hit; ttl={ttl}",
    "miss": "roundtrip; fwd=uri-miss; stored",
    "collapsed": "roundtrip; fwd=uri-miss; collapsed",
}


def problem_answer(problem: Problem, timing: Timing) -> Answer:
    """Make the answer that tells a problem (RFC 9457). No cache keeps it."""
    body = problem.body
    headers = [
        ("Content-Type", PROBLEM_JSON),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Cache-Status", "roundtrip; fwd=bypass"),
        VARY,
        *SECURE,
        *problem.headers,
    ]
    return Answer(problem.status, headers, body, timing)
