"""Roundtrip, the Flask extension: a decorator that makes a fast GET of a view function.

    rt = Roundtrip(db=db, cache=cache)              # flask-sqlalchemy and flask-caching; each is optional
    @api.get("/flights")
    @rt.answers(FlightSchema(many=True), arguments=FlightArguments, fields="id,carrier", fresh=Freshness(300, 86_400))
    def flights(ask): return rt.page(Flight, ask, filters=FILTERS, sorts=SORTS)
    rt.init_app(app)                                # after db and cache; before or after the blueprints

Cached hits, and misses too, are answered before Flask is entered: hooks such as before_request do not run for them. A
warning at the first request names the hooks. `through_flask=True` sends every request of a route through Flask.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from flask import Flask, Response, current_app, request
from marshmallow import Schema

from . import pagination, query_plan
from .arguments import Arguments
from .batch import Batch
from .database import Database
from .doors.asgi import THREADS, AsgiDoor
from .doors.flask import sent
from .doors.layers import Layer, Layered
from .doors.wsgi import Door, Identify, Threads, head_of
from .fields import kind_of, leaves_of, select
from .pagination import Cursors
from .query_plan import Answered
from .respond import Responder, Route
from .response_cache import MemoryStore, ResponseCache
from .tags import purge
from .timing import TIMING, Timing
from .wire import Freshness, Problem

log = logging.getLogger(__name__)
MIB = 1024 * 1024
NOT_KEPT = Freshness(0)
NEVER_CHANGED: tuple[str, str | None] = ("", None)
Changed = Callable[[], tuple[str, str | None]]  # the version of all data, and its Last-Modified


class Roundtrip:
    """The extension. Settings in app.config:

    ROUNDTRIP_PREFIX ("/")      the paths of its routes begin with it
    ROUNDTRIP_BATCH ("")        the path of batches, such as /api/batch; empty: none
    ROUNDTRIP_THREADS (0)       the server's threads in one process, shared among clients; 0: no client is limited
    ROUNDTRIP_CACHE_BYTES       the size of the response cache without flask-caching (20 MiB)
    ROUNDTRIP_EDGES ([])        URLs of caches in front that take PURGE when tags are invalidated
    ROUNDTRIP_SKIPS (())        hooks that need not run for cached answers: no warning names them
    SECRET_KEY                  signs the cursors of pages
    """

    def __init__(self, app: Flask | None = None, *, db: Any = None, cache: Any = None) -> None:
        self._db = db
        self._cache = cache
        if app is not None:
            self.init_app(app)

    def init_app(
        self,
        app: Flask,
        *,
        database: Database | None = None,
        changed: Changed = lambda: NEVER_CHANGED,
        identify: Identify | None = None,
        layers: Sequence[Layer] = (),
    ) -> None:
        """Put the door, and the batch, in front of the application.

        `database` replaces the Database made from flask-sqlalchemy's engine. `changed` returns the version of all data
        and its Last-Modified. `identify` returns the user of a request's WSGI environment, for private routes.
        Each request goes through the `layers`, the first of them first, before anything else.
        """
        app.config.setdefault("ROUNDTRIP_PREFIX", "/")
        app.config.setdefault("ROUNDTRIP_BATCH", "")
        app.config.setdefault("ROUNDTRIP_THREADS", 0)
        app.config.setdefault("ROUNDTRIP_CACHE_BYTES", 20 * MIB)
        app.config.setdefault("ROUNDTRIP_EDGES", [])
        app.config.setdefault("ROUNDTRIP_SKIPS", ())
        if database is None and self._db is not None:
            with app.app_context():
                database = Database(self._db.engine)
        store = (
            app.extensions["cache"][self._cache] if self._cache else MemoryStore(app.config["ROUNDTRIP_CACHE_BYTES"])
        )
        cache = app.extensions["roundtrip-cache"] = ResponseCache(store)  # cached() uses the same cache
        state = app.extensions["roundtrip"] = State(app, database, cache, changed, identify, layers)
        prefix, batch = app.config["ROUNDTRIP_PREFIX"], app.config["ROUNDTRIP_BATCH"]
        if batch:  # replacing wsgi_app is Flask's own way to add a middleware
            state.batch = Batch(app.wsgi_app, batch, prefix, state.get_responder, state.threads, identify)
            app.wsgi_app = state.batch  # type: ignore[method-assign]
        app.wsgi_app = Door(app.wsgi_app, prefix, state.get_responder, state.threads, identify)  # type: ignore[method-assign]
        if layers:
            app.wsgi_app = Layered(app.wsgi_app, layers)  # type: ignore[method-assign]

    @staticmethod
    def asgi(app: Flask) -> AsgiDoor:
        """Return the application for an ASGI server. What is put around `app.wsgi_app` later, hits do not meet."""
        state = state_of(app)
        return AsgiDoor(
            app.wsgi_app,
            app.config["ROUNDTRIP_PREFIX"],
            state.get_responder,
            state.batch,
            state.threads,
            app.config["ROUNDTRIP_THREADS"] or THREADS,
            state.identify,
            state.layers,
            app.config["MAX_CONTENT_LENGTH"],
        )

    def answers(
        self,
        schema: Schema | type[Schema],
        *,
        arguments: type[Arguments] = Arguments,
        fields: str = "",
        fresh: Freshness = NOT_KEPT,
        tags: tuple[str, ...] = (),
        private: bool = False,
        through_flask: bool = False,
    ) -> Callable[[Callable[..., Answered]], Callable[..., Response]]:
        """Return a decorator that turns a function of an Ask into a Flask view.

        `schema` may be an instance with `only` or `exclude`. `fields` is the default selection (empty: all fields that
        `only` names, or all but the nested ones), `fresh` the lifetime of the answer, `tags` are names for
        invalidate(). A `private` answer is kept for each user apart, in this process alone. Raises ValueError for a
        default selection that the schema does not have.
        """
        kind = kind_of(schema)
        leaves = leaves_of(kind)
        own = leaves if isinstance(schema, Schema) and schema.only is not None else [n for n in leaves if "." not in n]
        try:
            fields = fields or ",".join(own)
            select(kind, fields)
        except Problem as problem:
            raise ValueError(f"{kind.__name__}: {problem.detail}") from None

        def decorate(function: Callable[..., Answered]) -> Callable[..., Response]:
            route = Route(function, kind, arguments, fresh, fields, tags, private, through_flask)

            def view(**path_arguments: object) -> Response:
                state = state_of(current_app)
                timing = request.environ.setdefault(TIMING, Timing())
                head = head_of(request.environ, state.identify)
                here = state.routes[request.endpoint or ""]
                answer = state.responder.answer_route(here, path_arguments, head, timing)
                return sent(answer, timing)

            view.__name__, view.__doc__ = function.__name__, function.__doc__
            view.roundtrip = (view, route)  # type: ignore[attr-defined]
            return view

        return decorate

    page = staticmethod(pagination.page)
    one = staticmethod(query_plan.one)

    def invalidate(self, *tags: str) -> None:
        """Make every answer with one of these tags old: here, in other processes, and in the caches in front."""
        state = state_of(current_app)
        state.responder.invalidate(*tags)
        purge(state.app.config["ROUNDTRIP_EDGES"], tags)


class State:
    """The extension's state for one application."""

    def __init__(
        self,
        app: Flask,
        database: Database | None,
        cache: ResponseCache,
        changed: Changed,
        identify: Identify | None,
        layers: Sequence[Layer] = (),
    ) -> None:
        self.app = app
        self.database = database
        self.cache = cache
        self.identify = identify
        self.layers = layers
        self.batch: Batch | None = None
        self.threads = Threads(app.config["ROUNDTRIP_THREADS"])
        self._changed = changed

    @cached_property
    def routes(self) -> Mapping[str, Route]:
        """The extension's routes by Flask's endpoint, in the order in which they were registered."""
        found: dict[str, Route] = {}
        for rule in self.app.url_map.iter_rules():
            function = self.app.view_functions.get(rule.endpoint)
            view, route = getattr(function, "roundtrip", (None, None))
            if route is not None:  # another decorator around the view, such as login_required, runs in Flask only
                through_flask = route.through_flask or function is not view
                found[rule.endpoint] = route._replace(rule=rule.rule, through_flask=through_flask)
        return found

    def get_responder(self) -> Responder:
        """Return the responder. Middleware, which is made before the routes, calls this at its first request."""
        return self.responder

    @cached_property
    def responder(self) -> Responder:
        """The responder, made at the first request, when all routes are registered."""
        _warn_of_hooks(self.app, self.routes)
        secret = self.app.config.get("SECRET_KEY") or ""
        if not secret:
            raise RuntimeError("Set SECRET_KEY: it signs the cursors of pages.")
        return Responder(self.app, self.routes, self.database, self.cache, Cursors(str(secret)), self._changed)


def state_of(app: Flask) -> State:
    """Return the extension's state for an application."""
    state: State = app.extensions["roundtrip"]
    return state


def _warn_of_hooks(app: Flask, routes: Mapping[str, Route]) -> None:
    """Log the names of the hooks that do not run for the extension's routes."""
    passed_by = [endpoint.split(".")[:-1] for endpoint, route in routes.items() if not route.through_flask]
    if not passed_by:
        return
    blueprints = {None, *(".".join(names[:end]) for names in passed_by for end in range(1, len(names) + 1))}
    named = {
        f"{hook.__module__}.{getattr(hook, '__qualname__', type(hook).__qualname__)}"
        for hooks in (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
        for blueprint, functions in hooks.items()
        if blueprint in blueprints
        for hook in functions
        if hook not in app.config["ROUNDTRIP_SKIPS"]
    }
    if named:
        log.warning("These hooks do not run for cached answers (see through_flask): %s", ", ".join(sorted(named)))
