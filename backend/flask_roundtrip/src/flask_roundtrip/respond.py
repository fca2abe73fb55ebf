"""One GET, from its head to its bytes: respond() calls the techniques in the order of the README.

respond() needs no request context, only the head; so the door of any server interface can call it (doors/).
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from threading import Lock
from typing import Any, NamedTuple

from flask import Flask
from marshmallow import Schema
from werkzeug.exceptions import HTTPException

from .arguments import Arguments, as_dates, canonical, parse
from .compression import negotiated
from .conditional import answer, etag_of, headers_of
from .database import Database, is_slow
from .fields import Selection, select
from .negotiation import media_type_for
from .pagination import Cursors
from .query_plan import Answered, Ask
from .response_cache import Entry, MemoryStore, ResponseCache
from .serialization import encode
from .timing import Timing
from .wire import FAILED, IDENTITY, RETRY_SOON, Answer, Freshness, Head, NotNow, Problem

log = logging.getLogger(__name__)
MOST_SPELLINGS = 4_000  # about a kilobyte each
LONGEST_SPELLING = 1024  # bytes of a query: a longer query goes through respond() each time
VERSION_AGE = 0.1  # seconds
# Milliseconds of the processor, and in all: an answer that is built in less is built where it is asked. A busy machine
# makes every answer wait; one that waits longer than this waits for something else, such as another server.
SHORT, SHORT_IN_ALL = 5.0, 20.0
PRIVATE_BYTES = 4 * 1024 * 1024  # of private answers in this process, which is the only place for them


class Route(NamedTuple):
    """One GET of the application, with its own settings."""

    view: Callable[..., Answered]  # answers an Ask
    schema: type[Schema]
    arguments: type[Arguments]
    freshness: Freshness
    fields: str = ""  # the default selection; empty where the arguments have a default of their own
    tags: tuple[str, ...] = ()
    private: bool = False
    through_flask: bool = False  # Flask answers every request, a cached hit too
    rule: str = ""  # as Flask writes it
    path: str = ""  # the rule below the blueprint's prefix


class Responder:
    """Answers the GETs of one application."""

    def __init__(
        self,
        app: Flask,
        routes: Mapping[str, Route],
        database: Database | None,
        cache: ResponseCache,
        cursors: Cursors,
        changed: Callable[[], tuple[str, str | None]],
    ) -> None:
        self._app = app
        self._routes = routes
        self._urls = app.url_map.bind("")  # no answer depends on the host
        self._database = database
        self._cache = cache
        self._private = ResponseCache(MemoryStore(PRIVATE_BYTES), beside=cache)
        self._cursors = cursors
        self._changed = changed
        self._version: tuple[str, str | None] = ("", None)
        self._version_until = 0.0
        self._background = ThreadPoolExecutor(1, "renew")
        # Milliseconds that each question took, of the processor and in all.
        self._lately: OrderedDict[tuple[Any, ...], tuple[float, float]] = OrderedDict()
        self._spellings: OrderedDict[tuple[str, str, str], tuple[Route, str, str, tuple[str, ...]]] = OrderedDict()
        self._lock = Lock()

    @property
    def is_local(self) -> bool:
        """True if hits and short answers need no network: an event loop can make them itself."""
        return self._cache.is_local and (self._database is None or self._database.is_local)

    def hit(self, head: Head, timing: Timing) -> Answer | None:
        """Answer from a fresh entry, or return None. No schema, statement, encoder or compressor runs.

        A question has many spellings (order of parameters, defaults written out) and one canonical key. respond() finds
        the key and remembers it for each spelling that it has answered: for at most MOST_SPELLINGS, and for no route
        that is answered through Flask.
        """
        known = self._spellings.get((head.path, head.query, head.accept))
        if known is None or head.method not in ("GET", "HEAD"):
            return None
        route, version, key, tags = known
        if version != self.version()[0]:
            return None
        if route.private:
            return self._hit(self._private, route, _private(head, key), tags, head, timing) if head.identity else None
        return self._hit(self._cache, route, key, tags, head, timing)

    def answer_part(self, head: Head, timing: Timing, only_short: bool) -> Answer | None:
        """Answer a part of a batch; return None for a route of Flask. With `only_short` it may raise NotNow."""
        found_hit = self.hit(head, timing)
        if found_hit is not None:
            return found_hit
        try:
            found = self.find(head)
        except HTTPException as error:
            return Problem.of_http(error).answer()
        if found is None or found[0].through_flask:
            return None
        return self.answer_route(*found, head, timing, only_short)

    def find(self, head: Head) -> tuple[Route, Mapping[str, Any]] | None:
        """Return the route of a path, and the arguments in the path. Raises werkzeug's HTTPException."""
        endpoint, path_arguments = self._urls.match(head.path, method=head.method)
        route = self._routes.get(endpoint)
        return None if route is None else (route, path_arguments)

    def answer_route(
        self, route: Route, path_arguments: Mapping[str, Any], head: Head, timing: Timing, only_short: bool = False
    ) -> Answer:
        """Answer a GET of a route; an error is an answer too."""
        timing.route = route.rule
        try:
            return self.respond(route, path_arguments, head, timing, only_short)
        except Problem as problem:
            return problem.answer()
        except HTTPException as error:  # abort() in a view
            return Problem.of_http(error).answer()
        except NotNow:
            raise
        except Exception as error:
            return self._failed(error, head, timing).answer()

    def respond(
        self, route: Route, path_arguments: Mapping[str, Any], head: Head, timing: Timing, only_short: bool = False
    ) -> Answer:
        """Answer one GET of a route."""
        arguments = parse(route.arguments, head.query, path_arguments)
        selection = select(route.schema, arguments.pop("fields_", route.fields))
        media_type = media_type_for(head.accept)
        coding = negotiated(head.accept_encoding)
        cache, key, tags = self._keyed(route, arguments, selection, media_type, head)
        if only_short and not self._is_short(route, arguments, selection) and cache.get(key, tags) is None:
            raise NotNow
        with cache.look_up(key, tags, timing, waits=not only_short) as found:
            if found.entry is None:
                found.store(self.build(route, arguments, selection, media_type, coding, head, timing))
        entry, timing.cache = found.result(), found.how
        if found.how == "stale":
            again = partial(self.build, route, arguments, selection, media_type, coding, head)
            cache.renew(key, tags, again, self._background)
        if entry.body_in(coding) is None:
            with timing.span("compress"):
                entry = entry.compressed(coding)
            found.store(entry)
        return answer(entry, coding, cache.ttl(entry), found.told, head)

    def build(
        self,
        route: Route,
        arguments: dict[str, Any],
        selection: Selection,
        media_type: str,
        coding: str,
        head: Head,
        timing: Timing | None = None,
    ) -> Entry:
        """Make an entry without any cache: query plan, statement, serialization, compression. Raises any error."""
        timing = timing or Timing()
        began = time.thread_time(), time.perf_counter()
        _, last_modified = self.version()
        listed = f"{route.rule}?{canonical({k: v for k, v in arguments.items() if k not in _WITHIN_A_LIST})}"
        ask = Ask(arguments, selection, route.schema, listed, self._database, self._cursors, timing, head.client)  # type: ignore[arg-type]
        with self._app.app_context():
            answered = route.view(ask)
        with timing.span("serialize"):
            body = encode(answered.value, media_type)
        tags = tags_of(route, selection)
        link = _next_link(arguments, selection, answered.next)
        etag = etag_of(body)
        entry = Entry(
            etag=etag,
            last_modified=last_modified,
            headers=headers_of(etag, last_modified, route.freshness, tags, route.private),
            content_headers=(("Content-Type", media_type), *link),
            tags=tags,
            versions=(),
            fresh_for=route.freshness.max_age,
            stale_for=route.freshness.stale,
            stored_at=time.time(),
            bodies={IDENTITY: body},
        )
        if entry.body_in(coding) is None:
            with timing.span("compress"):
                entry = entry.compressed(coding)
        took = (time.thread_time() - began[0]) * 1000, (time.perf_counter() - began[1]) * 1000
        self._note(route, arguments, selection, *took)
        return entry

    def build_anew(self, head: Head) -> Entry:
        """Make the answer to a GET without any cache. Raises any error."""
        found = self.find(head)
        assert found is not None, head  # noqa: S101 - a mistake of the caller
        route, path_arguments = found
        arguments = parse(route.arguments, head.query, path_arguments)
        selection = select(route.schema, arguments.pop("fields_", route.fields))
        return self.build(route, arguments, selection, media_type_for(head.accept), IDENTITY, head)

    def version(self) -> tuple[str, str | None]:
        """Return the version of all data and its Last-Modified, up to VERSION_AGE old."""
        if time.monotonic() >= self._version_until:
            self._version = self._changed()
            self._version_until = time.monotonic() + VERSION_AGE
        return self._version

    def invalidate(self, *tags: str) -> None:
        """Make every answer with one of these tags old."""
        self._cache.invalidate(*tags)

    def _hit(
        self, cache: ResponseCache, route: Route, key: str, tags: tuple[str, ...], head: Head, timing: Timing
    ) -> Answer | None:
        entry = cache.get(key, tags)
        if entry is None:
            return None
        coding = negotiated(head.accept_encoding)
        ttl = cache.ttl(entry)
        if ttl <= 0 or entry.body_in(coding) is None:
            return None
        timing.spans["cache"] = timing.elapsed
        timing.cache = "hit"
        timing.route = route.rule
        return answer(entry, coding, ttl, "hit", head)

    def _keyed(
        self, route: Route, arguments: dict[str, Any], selection: Selection, media_type: str, head: Head
    ) -> tuple[ResponseCache, str, tuple[str, ...]]:
        """Return the cache, the canonical key and the tags of a question; remember them for this spelling of it."""
        version = self.version()[0]
        tags = tags_of(route, selection)
        key = f"{version} {route.rule}?{canonical({**arguments, 'fields': selection.text})} {media_type}"
        if len(head.query) <= LONGEST_SPELLING and not route.through_flask:
            with self._lock:
                self._spellings[head.path, head.query, head.accept] = (route, version, key, tags)
                if len(self._spellings) > MOST_SPELLINGS:
                    self._spellings.popitem(last=False)
        if not route.private:
            return self._cache, key, tags
        if not head.identity:
            raise Problem(401, "This answer is for one user: sign in first.")
        return self._private, _private(head, key), tags

    def _is_short(self, route: Route, arguments: dict[str, Any], selection: Selection) -> bool:
        """Tell whether such a question was lately answered in a moment, in this process alone."""
        if self._database is not None and not (self._database.is_local and self._database.turns.has_plenty):
            return False
        cpu, in_all = self._lately.get((route.rule, *arguments, selection.text), (SHORT, SHORT_IN_ALL))
        return cpu < SHORT and in_all < SHORT_IN_ALL

    def _note(self, route: Route, arguments: dict[str, Any], selection: Selection, cpu: float, in_all: float) -> None:
        shape = (route.rule, *arguments, selection.text)
        before = self._lately.get(shape, (0.0, 0.0))
        self._lately[shape] = max(cpu, 0.5 * before[0]), max(in_all, 0.5 * before[1])
        if len(self._lately) > MOST_SPELLINGS:
            self._lately.popitem(last=False)

    def _failed(self, error: Exception, head: Head, timing: Timing) -> Problem:
        if self._database is not None and isinstance(error, self._database.away):
            log.warning("The database does not answer: %s (rid %s)", str(error).partition("\n")[0], timing.rid)
            said = "This question takes too long now." if is_slow(error) else "The database does not answer now."
            return Problem(503, said, headers=[RETRY_SOON])
        log.error("%s %s?%s failed (rid %s)", head.method, head.path, head.query, timing.rid, exc_info=error)
        return FAILED


@lru_cache(maxsize=1024)
def tags_of(route: Route, selection: Selection) -> tuple[str, ...]:
    """Return the tags of an answer: the route's own, and those of the nested resources that were selected.

    A nested resource has the tag that its schema names: `class Meta: tag = "airlines"`.
    """
    described = route.schema()
    inner = [getattr(described.fields[name], "schema", None) for name in selection.nested]
    nested = {schema.Meta.tag for schema in inner if schema is not None and hasattr(schema.Meta, "tag")}
    return (*route.tags, *sorted(nested - set(route.tags)))


_WITHIN_A_LIST = ("limit", "after")


def _private(head: Head, key: str) -> str:
    return f"{len(head.identity)}:{head.identity} {key}"


def _next_link(arguments: Mapping[str, Any], selection: Selection, cursor: str | None) -> tuple[tuple[str, str], ...]:
    """Return the Link to the next page (RFC 8288): the same path, wherever the application is mounted."""
    if cursor is None:
        return ()
    written = {name: value for name, value in arguments.items() if name not in ("from", "before")}
    query = canonical({**written, **as_dates(arguments), "after": cursor, "fields": selection.text})
    return (("Link", f'<?{query}>; rel="next"'),)
