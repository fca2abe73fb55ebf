"""The layers and hooks between a request and its view in the running application, each with its cost."""

import copy
import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import median
from threading import Lock
from time import monotonic, perf_counter_ns
from typing import Any

from flask import Flask
from flask.ctx import RequestContext
from werkzeug.test import EnvironBuilder

from roundtrip.config import BACKEND

CALLS = 200  # of each layer and hook
KEPT_FOR = 10.0  # seconds
PATH = "/api/v1/openapi.json"  # a plain view of Flask: every layer passes the request on
HOOKS = ("before_request", "after_request", "teardown_request")

_lock = Lock()


def recent(app: Flask) -> list[dict[str, Any]]:
    """Return an audit that is at most ten seconds old."""
    with _lock:
        kept = app.extensions.get("lab.audit")
        if kept is None or monotonic() - kept[0] > KEPT_FOR:
            kept = app.extensions["lab.audit"] = (monotonic(), audit(app))
    found: list[dict[str, Any]] = kept[1]
    return found


def audit(app: Flask) -> list[dict[str, Any]]:
    """List name, kind, microseconds and place of each: WSGI layers from outside in, URL matching, hooks.

    A hook runs alone, in a request context. A layer runs alone around an application that does nothing; the time of
    this application is subtracted. The microseconds are the median of 200 calls.
    """
    return [*_layers(app), _matching(app), *_hooks(app)]


def _layers(app: Flask) -> Iterator[dict[str, Any]]:
    environ = EnvironBuilder(PATH).get_environ()
    nothing = _cost(lambda: _called(_inner, environ))
    layer: Any = app.wsgi_app
    while (name := _name_of_inner(layer)) is not None:
        alone = copy.copy(layer)  # the application keeps its own
        setattr(alone, name, _inner)
        cost = _cost(partial(_called, alone, environ)) - nothing
        yield _entry(type(layer).__name__, "WSGI layer", max(0.0, cost), type(layer))
        layer = getattr(layer, name)


def _matching(app: Flask) -> dict[str, Any]:
    adapter = app.url_map.bind("")
    cost = _cost(lambda: adapter.match(PATH, method="GET", return_rule=True))
    return _entry(f"URL matching, {sum(1 for _ in app.url_map.iter_rules())} rules", "routing", cost, _MATCHING)


def _hooks(app: Flask) -> Iterator[dict[str, Any]]:
    with app.test_request_context(PATH):
        for kind in HOOKS:
            for scope, hooks in getattr(app, f"{kind}_funcs").items():
                for hook in hooks:
                    yield _hook(app, hook, kind, scope)
        for hook in app.teardown_appcontext_funcs:
            yield _hook(app, hook, "teardown_appcontext", None)


def _hook(app: Flask, hook: Callable[..., Any], kind: str, scope: str | None) -> dict[str, Any]:
    given: dict[str, tuple[Any, ...]] = {"before_request": (), "after_request": (app.response_class(),)}
    called = partial(app.ensure_sync(hook), *given.get(kind, (None,)))
    name = getattr(inspect.unwrap(hook), "__qualname__", type(hook).__name__)
    return _entry(f"{scope}: {name}" if scope else name, kind, _cost(called), hook)


def _entry(name: str, kind: str, microseconds: float, code: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, "microseconds": round(microseconds, 2), "where": _where(code)}


def _cost(call: Callable[[], object]) -> float:
    """Return the median of CALLS calls, in microseconds. A hook that raises an error has a cost too."""
    spent = []
    for _ in range(CALLS):
        began = perf_counter_ns()
        with suppress(Exception):
            call()
        spent.append(perf_counter_ns() - began)
    return median(spent) / 1000


def _called(application: Any, environ: dict[str, Any]) -> None:
    answered = application(dict(environ), _start_response)
    try:
        b"".join(answered)
    finally:
        if hasattr(answered, "close"):
            answered.close()


def _inner(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "0")])
    return [b""]


def _start_response(status: str, headers: list[tuple[str, str]], error: object = None) -> Callable[[bytes], object]:
    return len  # stands for write(), which nobody calls


def _name_of_inner(layer: Any) -> str | None:
    """Return the attribute in which a WSGI layer keeps the application behind it; None for Flask's own method."""
    if inspect.isroutine(layer):
        return None
    names = ("_application", "application", "_app", "app", "wsgi_app", "_wsgi_app")
    return next((name for name in names if callable(getattr(layer, name, None))), None)


def _where(code: Any) -> str:
    """Return file:line, relative to the repository or to the folder of installed packages."""
    while isinstance(code, partial):
        code = code.func
    code = inspect.unwrap(code)
    try:
        path, line = Path(inspect.getsourcefile(code) or "?"), inspect.getsourcelines(code)[1]
    except (TypeError, OSError):  # written in C
        return "?"
    if "site-packages" in path.parts:
        path = Path(*path.parts[path.parts.index("site-packages") + 1 :])
    elif path.is_relative_to(BACKEND.parent):
        path = path.relative_to(BACKEND.parent)
    return f"{path}:{line}"


_MATCHING = RequestContext.match_request
