"""Functions that several test files use; helpers.py of the package's tests has more."""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.extension import NEVER_CHANGED, State, state_of
from flask_roundtrip.read_replica import ReplicatedDatabase
from flask_roundtrip.respond import Responder, Route
from flask_roundtrip.response_cache import MemoryStore, ResponseCache
from helpers import ARRIVING, ONE_APP, SOON, WHOLE, in_time, noted
from over_asgi import OverAsgi

from roundtrip import api
from roundtrip.data.version import DataVersion
from roundtrip.extensions import API, cache, db, rt

__all__ = [
    "ARRIVING",
    "NO_SUBJECTS",
    "ONE_APP",
    "ROUTES",
    "SOON",
    "SPELLINGS",
    "SUBJECTS",
    "WHOLE",
    "Asking",
    "asked_at",
    "end",
    "forget",
    "in_time",
    "noted",
    "responder_of",
]

# Addresses of an airline, an airport, a route and a flight number, and some that can be of none.
SUBJECTS = ("/airlines/UA", "/airports/LGA", "/airports/SJU", "/routes/JFK-LAX", "/numbers/UA1545")
NO_SUBJECTS = (
    *("/airlines/ua", "/airlines/UAL", "/airlines/", "/airports/jfk", "/routes/LAX-JFK", "/routes/JFKLAX"),
    *("/numbers/UA", "/numbers/UA0", "/numbers/UA01545", "/numbers/UA15450", "/planes/N14228"),
)
# How a page's address may be spelled, and what it is. The application and the edge's nginx agree about it.
SPELLINGS = (
    ("/airlines/UA/", "/airlines/UA"),
    ("//routes/JFK-LAX", "/routes/JFK-LAX"),
    ("//delays", "/delays"),
    ("/delays/", "/delays"),
    ("/delays//?origin=JFK&dest=LAX", "/delays?origin=JFK&dest=LAX"),
    ("//", "/"),
    ("/index.html", "/"),
    ("/index.html?carrier=UA", "/?carrier=UA"),
    ("/flights/007", "/flights/7"),
    ("/flights/1/", "/flights/1"),
    ("//flights//1", "/flights/1"),
    ("/docs/", "/docs"),
)

Asking = Callable[..., FlaskClient]  # gives a client of an application with the settings that it is given


@contextmanager
def asked_at(door: str, app: Flask) -> Iterator[None]:
    """Have the application's test clients ask at the door of this name."""
    if door == "wsgi":
        yield
        return
    with closing(OverAsgi(rt.asgi(app))) as application:
        app.wsgi_app = application  # type: ignore[method-assign]  # test clients call it
        yield


def forget(app: Flask) -> None:
    """Empty the application's response cache."""
    app.extensions["cache"][cache].clear()


def end(app: Flask) -> None:
    """Let the application's threads end, and close its connections: no thread makes one afterwards."""
    state = state_of(app)
    changed = state._changed
    if isinstance(changed, DataVersion):
        changed._look_at = math.inf
    if isinstance(state.database, ReplicatedDatabase):
        state.database._look_at = math.inf
        state.database._breaker._probe = lambda: True
        if state.database._breaker._thread.is_alive():
            state.database._breaker._thread.join(SOON)
    for thread in threading.enumerate():
        if thread.name == "data version":
            thread.join(SOON)
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def responder_of(app: Flask) -> Responder:
    """Return the responder of the application's GETs."""
    return state_of(app).responder


def _routes() -> tuple[Route, ...]:
    """Return the routes of the API, each with its path below the API's."""
    app = Flask("routes")
    app.config["ROUNDTRIP_THREADS"] = 0
    api.register(app)
    routes = State(app, None, ResponseCache(MemoryStore(0)), lambda: NEVER_CHANGED, None).routes
    return tuple(route._replace(path=route.rule.removeprefix(API)) for route in routes.values())


ROUTES = _routes()
