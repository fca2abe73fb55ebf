"""One GET, from arguments to bytes: respond() calls the techniques in the order that a request meets them."""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from marshmallow import Schema
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from .arguments import Arguments, as_dates, canonical, parse
from .door import Door, answer_with, entry_key, problem_answer
from .errors import RETRY_SOON, Problem
from .http import Answer, Head
from .reading import Answered, Reader
from .techniques.compression import IDENTITY, SMALLEST, compress, negotiated
from .techniques.conditional import etag_of
from .techniques.fields import Selection, select
from .techniques.negotiation import media_type_for
from .techniques.pagination import Cursors
from .techniques.query_plan import Database
from .techniques.response_cache import Entry, ResponseCache
from .techniques.serialization import encode
from .techniques.timing import Timing

log = logging.getLogger(__name__)
API = "/api/v1"


class Question(Protocol):
    """What a route asks of the database."""

    def read(self, reader: Reader, arguments: Mapping[str, Any], selection: Selection, listed: str) -> Answered:
        """Run one statement and return its plain values."""


@dataclass(frozen=True)
class Freshness:
    """For how long an answer may be used, in seconds, told in Cache-Control (RFC 9111, RFC 5861)."""

    max_age: int
    stale_while_revalidate: int

    @property
    def header(self) -> str:
        """The value of Cache-Control."""
        return f"public, max-age={self.max_age}, stale-while-revalidate={self.stale_while_revalidate}"


@dataclass(frozen=True)
class Route:
    """One GET of the API: everything that is particular to it."""

    path: str  # as Flask writes it, below /api/v1
    summary: str
    schema: type[Schema]
    arguments: type[Arguments]
    question: Question
    freshness: Freshness
    default_fields: str = ""  # empty where the arguments bring their own

    @property
    def name(self) -> str:
        """What Flask calls the endpoint."""
        return self.path.strip("/").replace("/<", "_by_").replace("int:", "").replace(">", "")


class Pipeline:
    """Answers the API's GETs. It needs no request context: only the head, so any server can call it."""

    def __init__(
        self,
        routes: Mapping[str, Route],
        urls: Map,
        database: Database,
        cache: ResponseCache,
        cursors: Cursors,
        last_modified: Callable[[], str | None],
        batch_threads: int = 4,
    ) -> None:
        self._routes = routes
        self._urls = urls.bind("")  # no answer depends on the host
        self._database = database
        self._cache = cache
        self._cursors = cursors
        self.last_modified = last_modified
        self._background = ThreadPoolExecutor(1, "renew")
        self.parts = ThreadPoolExecutor(batch_threads, "part")  # the parts of batches run here
        self.door = Door(cache)

    def answer(self, head: Head) -> Answer:
        """Answer any GET of the API; an error is an answer too."""
        timing = Timing()
        try:
            endpoint, path_arguments = self._urls.match(head.path, method=head.method)
        except HTTPException as error:
            return problem_answer(Problem.of_http(error), timing)
        if endpoint not in self._routes:
            return problem_answer(Problem(404, "This path answers no GET of data."), timing)
        return self.answer_route(self._routes[endpoint], path_arguments, head, timing)

    def answer_route(self, route: Route, path_arguments: Mapping[str, Any], head: Head, timing: Timing) -> Answer:
        """Answer a GET of a route; an error is an answer too."""
        timing.route = route.path
        try:
            return self.respond(route, path_arguments, head, timing)
        except Problem as problem:
            return problem_answer(problem, timing)
        except self._database.away as error:
            log.warning("The database does not answer: %s (rid %s)", str(error).partition("\n")[0], timing.rid)
            return problem_answer(Problem(503, "The database does not answer now.", headers=[RETRY_SOON]), timing)
        except Exception:
            log.exception("%s %s?%s failed (rid %s)", head.method, head.path, head.query, timing.rid)
            return problem_answer(Problem(500, "The server failed; it has noted why."), timing)

    def respond(self, route: Route, path_arguments: Mapping[str, Any], head: Head, timing: Timing) -> Answer:
        """Answer one GET of a route: fields, response cache (on a miss: query plan, serialization), compression,
        conditional, timing.
        """
        arguments = parse(route.arguments, head.query, path_arguments)
        selection = select(route.schema, arguments.pop("fields_", route.default_fields))
        media_type = media_type_for(head.accept)
        # A shared cache outlives the data: what was made of the data loaded before is not found under this key.
        key = f"{self.last_modified()} {route.path}?{canonical({**arguments, 'fields': selection.text})}"

        def build(timing: Timing) -> Entry:
            return self._build(route, arguments, selection, media_type, head.path, timing)

        entry, how = self._represent(key, media_type, negotiated(head.accept_encoding), build, timing)
        timing.cache = how
        self.door.learn(head, key)
        return answer_with(entry, how, self._cache.ttl(entry), head, timing)

    def build_anew(self, head: Head) -> Entry:
        """Make the answer to a GET of data past all caches. Raises whatever goes wrong."""
        endpoint, path_arguments = self._urls.match(head.path, method=head.method)
        route = self._routes[endpoint]
        arguments = parse(route.arguments, head.query, path_arguments)
        selection = select(route.schema, arguments.pop("fields_", route.default_fields))
        return self._build(route, arguments, selection, media_type_for(head.accept), head.path, Timing())

    def _represent(
        self, key: str, media_type: str, coding: str, build: Callable[[Timing], Entry], timing: Timing
    ) -> tuple[Entry, str]:
        """Return the entry in a content coding, from the cache or built; a stale one is renewed behind it."""
        plain_key = entry_key(key, media_type, IDENTITY)

        def make(timing: Timing) -> Entry:
            if coding == IDENTITY:  # its key is held already
                return build(timing)
            before = timing.elapsed
            plain, how = self._cache.fresh_or_build(plain_key, lambda: build(timing))
            if how == "collapsed":
                timing.spans["cache"] = timing.spans.get("cache", 0.0) + timing.elapsed - before
            return _in_coding(plain, coding, timing)

        coded_key = entry_key(key, media_type, coding)
        with timing.span("cache"):
            entry = self._cache.get(coded_key)
        if entry is None:
            before = timing.elapsed
            entry, how = self._cache.build_once(coded_key, lambda: make(timing))
            if how == "collapsed":
                timing.spans["cache"] += timing.elapsed - before
            elif not timing.statements:  # the plain entry was there, and only its coding was made
                how = "hit"
            return entry, how
        if self._cache.ttl(entry) > 0:
            return entry, "hit"
        self._cache.renew(coded_key, lambda: make(Timing()), self._background)
        return entry, "stale"

    def _build(
        self,
        route: Route,
        arguments: Mapping[str, Any],
        selection: Selection,
        media_type: str,
        path: str,
        timing: Timing,
    ) -> Entry:
        the_list = {name: arguments[name] for name in arguments if name not in _WITHIN_A_LIST}
        reader = Reader(self._database, self._cursors, timing)
        answered = route.question.read(reader, arguments, selection, f"{route.path}?{canonical(the_list)}")
        with timing.span("serialize"):
            body = encode(answered.value, media_type)
        return Entry(
            body=body,
            content_type=media_type,
            coding=IDENTITY,
            etag=etag_of(body),
            last_modified=self.last_modified(),
            cache_control=route.freshness.header,
            link=_next_link(path, arguments, selection, answered.next),
            fresh_for=route.freshness.max_age,
            stale_for=route.freshness.stale_while_revalidate,
            tags=(route.schema.__name__.removesuffix("Schema").lower(),),
            stored_at=time.time(),
        )


_WITHIN_A_LIST = ("limit", "after")


def _in_coding(plain: Entry, coding: str, timing: Timing) -> Entry:
    if coding == IDENTITY or len(plain.body) < SMALLEST:
        return plain
    with timing.span("compress"):
        return plain.in_coding(coding, compress(plain.body, coding))


def _next_link(path: str, arguments: Mapping[str, Any], selection: Selection, cursor: str | None) -> str | None:
    """Return the Link to the next page (RFC 8288), as a reference relative to the server's root."""
    if cursor is None:
        return None
    written = {name: value for name, value in arguments.items() if name not in ("from", "before")}
    query = canonical({**written, **as_dates(arguments), "after": cursor, "fields": selection.text})
    return f'<{path}?{query}>; rel="next"'
