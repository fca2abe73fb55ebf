"""Middleware: a view with ten hooks and two WSGI layers around it, against the view alone."""

import json
import logging
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from flask_roundtrip.fields import selection
from flask_roundtrip.serialization import encode
from flask_roundtrip.wire import JSON, Answer
from werkzeug.datastructures import Headers
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import EnvironBuilder, run_wsgi_app

from roundtrip.resources.flights.schema import FlightSchema

from .. import take_away
from ..experiment import Experiment, Side
from ..files import package
from ..flights import page_of_flights
from ..questions import day
from ..run import Run
from ..workbench import Workbench

RUN = "lab.run"  # the key of the run in the WSGI environment
ROWS = 20
SELECTION = selection(("arr_delay", "carrier", "dest", "flight", "id", "sched_dep"))
LANGUAGES = ("en", "de", "fr", "es")
MAINTENANCE = Path(__file__).with_name("maintenance.html")  # does not exist, as on a site in order
log_lines: deque[str] = deque(maxlen=1_000)
slow_requests: deque[str] = deque(maxlen=100)


def bare_application() -> Flask:
    """Return an application with one view, and nothing around it."""
    app = Flask(__name__, static_folder=None)
    app.secret_key = "signs nothing but this experiment's cookie"  # noqa: S105 - it guards nothing
    app.add_url_rule("/flights", view_func=list_flights, methods=["GET"])
    return app


def laden_application() -> Flask:
    """Return the same application with the hooks and layers that an application collects in a few years."""
    app = bare_application()
    for before in (number_request, start_clock, close_for_maintenance, choose_language, find_user, read_flags):
        app.before_request(before)
    for after in (write_access_log, tell_time, tell_request_number, secure):
        app.after_request(after)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]  # Flask's way
    app.wsgi_app = SlowRequests(app.wsgi_app)  # type: ignore[method-assign]  # Flask's way
    return app


def list_flights() -> Response:
    """The view: a few flights of a day."""
    run: Run = request.environ[RUN]
    found = page_of_flights(run.ask(FlightSchema, SELECTION, {**day(run.number), "limit": ROWS}))
    with run.timing.span("serialize"):
        return Response(encode(found, JSON), content_type=JSON)


def number_request() -> None:
    """Give the request a number, for the logs."""
    g.request_id = request.headers.get("X-Request-ID") or str(uuid.uuid4())


def start_clock() -> None:
    """Note when the request began."""
    g.began = time.perf_counter()


def close_for_maintenance() -> str | None:
    """Answer with the maintenance page, if there is one."""
    return MAINTENANCE.read_text() if MAINTENANCE.exists() else None


def choose_language() -> None:
    """Choose the language that the client prefers."""
    g.language = request.accept_languages.best_match(LANGUAGES, "en")


def find_user() -> None:
    """Read the user from the signed cookie."""
    g.user = session.get("user")


def read_flags() -> None:
    """Read the features that the client has switched on."""
    g.flags = json.loads(request.cookies.get("flags", "{}"))


def write_access_log(response: Response) -> Response:
    """Write a log line. The server writes one too."""
    now = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S %z")
    size = response.calculate_content_length()
    log_lines.append(
        f'{request.remote_addr} - {g.user} [{now}] "{request.method} {request.full_path}" {response.status_code}'
        f' {size} "{request.referrer}" "{request.user_agent}" {g.request_id}'
    )
    current_app.logger.debug("answered %s", request.path)
    return response


def tell_time(response: Response) -> Response:
    """Add a header with the time of the request."""
    response.headers["X-Response-Time"] = f"{(time.perf_counter() - g.began) * 1000:.2f} ms"
    return response


def tell_request_number(response: Response) -> Response:
    """Send the request's number back."""
    response.headers["X-Request-ID"] = g.request_id
    return response


def secure(response: Response) -> Response:
    """Add the headers that a checklist asks for."""
    response.headers["Content-Security-Policy"] = "; ".join(
        f"{directive} {sources}" for directive, sources in {"default-src": "'self'", "img-src": "'self' data:"}.items()
    )
    response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    return response


class SlowRequests:
    """A WSGI layer that notes requests of more than a second."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass the request on, and measure its time."""
        began = time.perf_counter()
        status_of: list[str] = []

        def note(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            status_of.append(status)
            return start_response(status, [*headers, ("X-Served-By", "slow-requests")], *error)

        answered = self._application(environ, note)
        if time.perf_counter() - began > 1:
            slow_requests.append(f"{environ['PATH_INFO']} {status_of}")
        return answered


def prepare(bench: Workbench) -> None:
    """Make both applications, and a request as a browser sends it."""
    laden = laden_application()
    signer = laden.session_interface.get_signing_serializer(laden)  # type: ignore[attr-defined]  # of the default one
    laden.logger.setLevel(logging.WARNING)
    headers = Headers(
        {
            "Accept": "application/json",
            "Accept-Language": "de-AT,de;q=0.9,en;q=0.7",
            "Cookie": f"session={signer.dumps({'user': 7})}; flags={json.dumps({'map': 1})}",
            "User-Agent": "Mozilla/5.0",
            "X-Forwarded-For": "192.0.2.7",
            "X-Forwarded-Proto": "https",
        }
    )
    environ = EnvironBuilder("/flights", headers=headers).get_environ()
    bench.app.extensions["lab.middleware"] = (bare_application(), laden, environ)


def laden(run: Run) -> Answer:
    """Call the application with all hooks and layers."""
    _, application, environ = run.bench.app.extensions["lab.middleware"]
    return _called(run, application, environ)


def bare(run: Run) -> Answer:
    """Call the application without hooks and layers."""
    application, _, environ = run.bench.app.extensions["lab.middleware"]
    return _called(run, application, environ)


def _called(run: Run, application: Flask, environ: dict[str, Any]) -> Answer:
    answered, status, _ = run_wsgi_app(application, {**environ, RUN: run})
    body = b"".join(answered)
    if status != "200 OK":
        raise AssertionError(f"expected 200 OK, got {status}")
    return run.bytes(body)


EXPERIMENT = Experiment(
    title="Hooks and layers around a view",
    chapter="Middleware",
    shows=(
        "The same view with ten small hooks and two WSGI layers around it, and without them. Each of them looks as "
        "if it cost nothing."
    ),
    technique=(package("doors/wsgi.py"), "backend/lab/audit.py"),
    sides=(
        Side(
            "laden",
            "Ten hooks, two layers",
            "Request number, clock, maintenance page, language, user, flags, log line, security headers and more.",
            (
                "browser -> server: flights",
                "server -> server: a WSGI layer ×2",
                "server -> server: before_request ×6",
                "server -> database: 20 flights",
                "server -> server: after_request ×4",
                "server -> browser: flights",
            ),
            laden,
        ),
        Side(
            "bare",
            "The view alone",
            "The same view in an application without hooks.",
            ("browser -> server: flights", "server -> database: 20 flights", "server -> browser: flights"),
            bare,
        ),
    ),
    explanation=(
        (
            "A hook runs for every request, even if the request does not need it. One hook costs twenty or thirty "
            "microseconds, so nobody counts it. But the costs add up, and a request pays them even if its answer is "
            "ready in a cache."
        ),
        (
            "The server, the proxy or the edge does some of this work anyway: the log line, the security headers, "
            "the client's address. Few views need some of the rest, such as the user and the flags. Such a view can "
            "read them itself."
        ),
        (
            "The product's door stands in front of all hooks: it answers before Flask is entered. GET /api/lab/audit "
            "lists the layers and hooks of this running application, with the cost of each."
        ),
    ),
    lesson=(
        "Count the code that runs for every request. Move it to the few requests that need it, or behind the cache."
    ),
    take_away=(take_away.DOOR, take_away.ASGI, take_away.SERVER_TIMING),
    does_not_pay=(
        "Where a view takes tens of milliseconds: a third of a millisecond around it does not make it slow. And "
        "never remove a check that keeps strangers out."
    ),
    prepare=prepare,
)
