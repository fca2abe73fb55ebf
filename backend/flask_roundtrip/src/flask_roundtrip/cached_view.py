"""cached(): a response cache for any Flask view, with what flask-caching's own cached() lacks.

Single flight, stale-while-revalidate, 304 Not Modified that survives compression; the method, the host and the named
headers are part of the key; only a 200 is kept.

    @app.get("/report")
    @cached(fresh=60, stale=600)
    def report(): ...

The entries stand in flask-caching's backend where the application has one, otherwise in memory (20 MiB). A view so
decorated must depend on nothing but host, path, query and the headers named in `vary`. An answer that sets a cookie,
reads the session, is streamed, or has a Cache-Control of its own with private, no-cache or no-store is not kept; a
request with Authorization passes by, unless `identity` tells whose answer it is.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Flask, Response, current_app, request, session
from werkzeug.datastructures import Headers

from .compression import negotiated
from .conditional import answer, etag_of
from .doors.flask import sent
from .doors.wsgi import TIMING, head_of
from .response_cache import Entry, MemoryStore, ResponseCache
from .tags import cache_groups
from .timing import Timing
from .wire import IDENTITY, Freshness

BYTES = 20 * 1024 * 1024
_background = ThreadPoolExecutor(2, "renew")
_NOT_KEPT = ("connection", "content-length", "date", "server-timing", "transfer-encoding")
_OURS = ("etag", "last-modified", "cache-control", "vary", "cache-groups", "content-type")


def cached(
    fresh: int = 60,
    stale: int = 0,
    *,
    vary: Sequence[str] = ("Accept",),
    tags: tuple[str, ...] = (),
    identity: Callable[[], str | None] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator for a view. `fresh` and `stale` are in seconds (RFC 9111, RFC 5861).

    `vary` names request headers that the answer depends on, `tags` names for invalidate(); `identity` tells the user
    of the request, and makes the answer private.
    """
    freshness = Freshness(fresh, stale)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def answered(**arguments: Any) -> Any:
            user = identity() if identity else None
            if request.method not in ("GET", "HEAD") or ("Authorization" in request.headers and user is None):
                return view(**arguments)
            app = current_app._get_current_object()  # type: ignore[attr-defined]
            cache = cache_of(app)
            timing = request.environ.setdefault(TIMING, Timing())
            coding = negotiated(request.headers.get("Accept-Encoding", ""))
            key = _key(vary, user)

            def build() -> Entry:
                response = app.make_response(view(**arguments))
                return _entry(response, freshness, vary, tags, user is not None, coding)

            try:
                with cache.look_up(key, tags, timing) as found:
                    if found.entry is None:
                        found.store(build())
            except NotKept as unkept:
                return unkept.response if unkept.mine() else view(**arguments)
            entry = found.result()
            if found.how == "stale":
                environ = {**request.environ, "wsgi.input": BytesIO()}
                cache.renew(key, tags, lambda: _in_context(app, environ, build), _background)
            if entry.body_in(coding) is None:
                entry = entry.compressed(coding)
                found.store(entry)
            return sent(answer(entry, coding, cache.ttl(entry), found.how, head_of(request.environ)), timing)

        return answered

    return decorate


def invalidate(*tags: str) -> None:
    """Make every cached view with one of these tags old."""
    cache_of(current_app._get_current_object()).invalidate(*tags)  # type: ignore[attr-defined]


def cache_of(app: Flask) -> ResponseCache:
    """Return the application's response cache, made at the first use."""
    if "roundtrip-cache" not in app.extensions:
        backends = list(app.extensions.get("cache", {}).values())
        app.extensions["roundtrip-cache"] = ResponseCache(backends[0] if backends else MemoryStore(BYTES))
    cache: ResponseCache = app.extensions["roundtrip-cache"]
    return cache


class NotKept(Exception):
    """The view answered with a response that no other request may have."""

    def __init__(self, response: Response) -> None:
        super().__init__("not kept")
        self.response = response
        self._taken = False

    def mine(self) -> bool:
        """Return true once: for the request that made the response. The others ask the view themselves."""
        taken, self._taken = self._taken, True
        return not taken


def _key(vary: Sequence[str], user: str | None) -> str:
    given = parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True)
    pairs = urlencode(sorted(given, key=lambda pair: pair[0]))  # the order of a repeated parameter's values counts
    named = [f"{name}:{request.headers.get(name, '')}" for name in vary]
    whose = "" if user is None else f"{len(user)}:{user}"
    return f"view {request.host} {request.path}?{pairs} {named} {whose}"


def _entry(
    response: Response, freshness: Freshness, vary: Sequence[str], tags: tuple[str, ...], private: bool, coding: str
) -> Entry:
    own = response.cache_control
    if (
        response.status_code != 200
        or response.is_streamed
        or "Set-Cookie" in response.headers
        or "Content-Encoding" in response.headers
        or own.no_store
        or own.no_cache
        or (own.private and not private)
        or session.accessed
    ):
        raise NotKept(response)
    body = response.get_data()
    etag = response.headers.get("ETag") or etag_of(body)
    etag = etag if etag.startswith("W/") else f"W/{etag}"  # the same for every content coding
    modified = response.headers.get("Last-Modified")
    shared = [
        ("ETag", etag),
        ("Cache-Control", freshness.header(private)),
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


def _vary(vary: Sequence[str], private: bool, headers: Headers) -> str:
    given = [name.strip() for value in headers.getlist("Vary") for name in value.split(",")]
    of_users = ("Authorization", "Cookie") if private else ()
    return ", ".join(dict.fromkeys((*given, *vary, "Accept-Encoding", *of_users)))


def _in_context(app: Flask, environ: dict[str, Any], build: Callable[[], Entry]) -> Entry:
    with app.request_context(environ):
        return build()
