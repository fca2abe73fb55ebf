"""cached(): a response cache for any Flask view, with what flask-caching's own cached() lacks.

Single flight, stale-while-revalidate, 304 Not Modified that survives compression; the method, the host and the named
headers are part of the key; only a 200 is kept.

    @app.get("/report")
    @cached(fresh=60, stale=600)
    def report(): ...

The entries are kept in flask-caching's backend where the application has one, otherwise in memory (20 MiB). A cached
view must depend on nothing but host, path, query and the headers named in `vary`. An answer is not kept if it sets a
cookie, reads the session, is streamed, or has its own Cache-Control with private, no-cache or no-store: its
Cache-Status names the reason. With `identity` the answers of each user are kept apart; then a view may read the
session, and a request may have Authorization.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial, wraps
from io import BytesIO
from threading import get_ident
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Flask, Response, current_app, request
from flask.globals import request_ctx
from werkzeug.datastructures import Headers

from .compression import negotiated
from .conditional import answer, etag_of
from .doors.flask import sent
from .doors.wsgi import head_of
from .response_cache import Entry, MemoryStore, ResponseCache
from .tags import cache_groups
from .timing import TIMING, Timing
from .wire import IDENTITY, Freshness

BYTES = 20 * 1024 * 1024
_background = ThreadPoolExecutor(2, "renew")
_NOT_KEPT = ("connection", "content-length", "date", "server-timing", "transfer-encoding")
_OURS = ("etag", "last-modified", "cache-control", "vary", "cache-groups", "content-type")
# The headers of conditional and range requests, as keys of a WSGI environment.
_CONDITIONS = {
    *("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"),
    *("HTTP_IF_RANGE", "HTTP_RANGE"),
}


def cached(
    fresh: int = 60,
    stale: int = 0,
    *,
    vary: Sequence[str] = ("Accept",),
    tags: tuple[str, ...] = (),
    identity: Callable[[], str | None] | None = None,
    max_age: int | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator for a view. `fresh` and `stale` are in seconds (RFC 9111, RFC 5861).

    `vary` holds the names of request headers that the answer depends on, `tags` holds names for invalidate().
    `identity` returns the user of the request, and the answer is private; where it returns None the answer is for
    everybody. A browser may use the answer for `max_age` seconds without asking: by default as long as the server may;
    set 0 where browsers must see the effect of invalidate() at once.
    """
    freshness = Freshness(fresh, stale)
    told = freshness if max_age is None else Freshness(max_age)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def answered(**arguments: Any) -> Any:
            app = current_app._get_current_object()  # type: ignore[attr-defined]
            make = partial(app.ensure_sync(view), **arguments)
            user = identity() if identity else None
            if request.method not in ("GET", "HEAD") or ("Authorization" in request.headers and user is None):
                return make()
            cache = cache_of(app)
            timing = request.environ.setdefault(TIMING, Timing())
            coding = negotiated(request.headers.get("Accept-Encoding", ""))
            key = _key(vary, user)

            def build() -> Entry:
                with _plain_get():
                    response = app.make_response(make())
                    return _entry(response, freshness, told, vary, tags, user is not None, coding)

            try:
                with cache.look_up(key, tags, timing) as found:
                    if found.entry is None:
                        found.store(build())
            except NotKept as unkept:
                return unkept.again(make)
            entry = found.result()
            if found.how == "stale":
                environ = {**request.environ, "wsgi.input": BytesIO()}
                cache.renew(key, tags, lambda: _in_context(app, environ, build), _background)
            if entry.body_in(coding) is None:
                entry = entry.compressed(coding)
                found.store(entry)
            return sent(answer(entry, coding, cache.ttl(entry), found.told, head_of(request.environ)), timing)

        return answered

    return decorate


def invalidate(*tags: str) -> None:
    """Make every cached view with one of these tags old."""
    cache_of(current_app._get_current_object()).invalidate(*tags)  # type: ignore[attr-defined]


def cache_of(app: Flask) -> ResponseCache:
    """Return the application's response cache, made at the first use."""
    cache: ResponseCache | None = app.extensions.get("roundtrip-cache")
    if cache is None:  # several first requests can run at once: all get the cache that is set first
        backends = list(app.extensions.get("cache", {}).values())
        store = backends[0] if backends else MemoryStore(app.config.get("ROUNDTRIP_CACHE_BYTES", BYTES))
        cache = app.extensions.setdefault("roundtrip-cache", ResponseCache(store))
    return cache


class NotKept(Exception):
    """The view's response is for one request only."""

    def __init__(self, response: Response, reason: str) -> None:
        super().__init__(reason)
        response.headers["Cache-Status"] = f"roundtrip; fwd=bypass; detail={reason}"
        self._response = response
        self._thread = get_ident()

    def again(self, make: Callable[[], Any]) -> Any:
        """Return the response to the request that made it; every request that waited for it calls the view itself.

        A conditional request calls the view too: the view may have a 304 or a partial answer of its own.
        """
        if self._thread != get_ident():
            return make()
        if _CONDITIONS.isdisjoint(request.environ):
            return self._response
        self._response.close()
        return make()


def _key(vary: Sequence[str], user: str | None) -> str:
    given = parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True)
    pairs = urlencode(sorted(given, key=lambda pair: pair[0]))  # the order of a repeated parameter's values counts
    named = [f"{name}:{request.headers.get(name, '')}" for name in vary]
    whose = "" if user is None else f"{len(user)}:{user}"
    return f"view {request.root_url} {request.path}?{pairs} {named} {whose}"


@contextmanager
def _plain_get() -> Iterator[None]:
    """Make the request an unconditional GET for the view: its answer is kept for all clients."""
    environ, method = request.environ, request.method
    taken = {name: environ.pop(name) for name in _CONDITIONS & environ.keys()}
    request.method = environ["REQUEST_METHOD"] = "GET"
    try:
        yield
    finally:
        request.method = environ["REQUEST_METHOD"] = method
        environ.update(taken)


def _entry(
    response: Response,
    freshness: Freshness,
    told: Freshness,
    vary: Sequence[str],
    tags: tuple[str, ...],
    private: bool,
    coding: str,
) -> Entry:
    reason = _why_not_kept(response, private)
    if reason:
        raise NotKept(response, reason)
    body = response.get_data()
    etag = response.headers.get("ETag") or etag_of(body)
    etag = etag if etag.startswith("W/") else f"W/{etag}"  # the same for every content coding
    modified = response.headers.get("Last-Modified")
    shared = [
        ("ETag", etag),
        ("Cache-Control", told.header(private)),
        ("Vary", _vary(vary, private, response.headers)),
    ]
    if modified:
        shared.append(("Last-Modified", modified))
    if tags:
        shared.append(("Cache-Groups", cache_groups(tags)))
    others = [(name, value) for name, value in response.headers if name.lower() not in (*_NOT_KEPT, *_OURS)]
    kind = response.headers.get("Content-Type", "application/octet-stream")
    return Entry(
        etag=etag,
        last_modified=modified,
        headers=tuple(shared),
        content_headers=(("Content-Type", kind), *others),
        tags=tags,
        versions=(),
        fresh_for=freshness.max_age,
        stale_for=freshness.stale,
        stored_at=time.time(),
        bodies={IDENTITY: body},
    ).compressed(coding)


def _why_not_kept(response: Response, private: bool) -> str:
    """Return a token for Cache-Status; empty for an answer that other requests may have."""
    own = response.cache_control
    # In Flask 3.1.3 and later, to read `flask.session` is to access it.
    context = vars(request_ctx._get_current_object())  # type: ignore[attr-defined]
    session = context.get("_session", context.get("session"))
    reasons = {
        "status": response.status_code != 200,
        "streamed": response.is_streamed,
        "set-cookie": "Set-Cookie" in response.headers or session.modified,
        "content-encoding": "Content-Encoding" in response.headers,
        "cache-control": own.no_store or own.no_cache or (own.private and not private),
        "session": session.accessed and not private,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _vary(vary: Sequence[str], private: bool, headers: Headers) -> str:
    given = [name.strip() for value in headers.getlist("Vary") for name in value.split(",")]
    of_users = ("Authorization", "Cookie") if private else ()
    return ", ".join(dict.fromkeys((*given, *vary, "Accept-Encoding", *of_users)))


def _in_context(app: Flask, environ: dict[str, Any], build: Callable[[], Entry]) -> Entry:
    with app.request_context(environ):
        refused = app.preprocess_request()  # the view may need values that a before_request function prepares
        if refused is not None:
            raise NotKept(app.make_response(refused), "before-request")
        return build()
