"""The API as a Flask blueprint: each route of each resource, the batch, and the OpenAPI document."""

import socket
from collections.abc import Callable
from functools import lru_cache, partial
from itertools import chain
from typing import Any

import click
from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from .door import SECURE, VARY, answer_with, problem_answer
from .errors import RETRY_SOON, Problem
from .http import CHARGE, PARTS, TIMING, Answer, Head
from .openapi import document_json
from .pipeline import API, Freshness, Pipeline, Route
from .resources.airlines.routes import ROUTES as AIRLINES
from .resources.airports.routes import ROUTES as AIRPORTS
from .resources.delays.routes import ROUTES as DELAYS
from .resources.flights.routes import ROUTES as FLIGHTS
from .resources.planes.routes import ROUTES as PLANES
from .resources.weather.routes import ROUTES as WEATHER
from .techniques import batch
from .techniques.batch import NDJSON
from .techniques.compression import IDENTITY, compress, compress_stream, negotiated
from .techniques.conditional import etag_of
from .techniques.negotiation import media_type_for
from .techniques.response_cache import Entry
from .techniques.serialization import JSON
from .techniques.timing import Timing, request_id

ROUTES: tuple[Route, ...] = (*FLIGHTS, *AIRLINES, *AIRPORTS, *PLANES, *WEATHER, *DELAYS)
TOO_LATE = "The batch took too long before this part of it was done. Ask for it again."


def blueprint() -> Blueprint:
    """Return the API's routes, below /api/v1."""
    api = Blueprint("api", __name__, url_prefix=API)
    for route in ROUTES:
        api.add_url_rule(route.path, route.name, partial(get, route), methods=["GET"])
    api.add_url_rule("/batch", "batch", batch_view, methods=["POST", "QUERY"])
    api.add_url_rule("/openapi.json", "openapi", openapi_view, methods=["GET"])
    return api


def get(route: Route, **path_arguments: object) -> Response:
    """Answer one GET."""
    timing = request.environ[TIMING] = Timing()
    return sent(pipeline_of(current_app).answer_route(route, path_arguments, Head.of(request.environ), timing))


def batch_view() -> Response:
    """Answer many GETs in one round trip, each as it is done (QUERY: RFC 10008)."""
    if request.query_string:
        raise Problem(400, "This path has no parameters.")
    if request.mimetype != JSON or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise Problem(415, f"A batch is sent as {JSON}, in UTF-8.")
    if request.content_encoding:
        raise Problem(415, "A batch is sent without a content coding.", headers=[("Accept-Encoding", "identity")])
    timing = Timing()
    parts = batch.parse(_body(batch.MOST_BYTES + 1))
    if CHARGE in request.environ:
        request.environ[CHARGE](len(parts) - 1)  # one is paid
    pipeline = pipeline_of(current_app)
    done = request.environ[PARTS] = []

    def counted(answer: Answer) -> Answer:
        done.append((answer.status, answer.timing.elapsed, answer.timing))
        return answer

    def hit(head: Head) -> Answer | None:
        answer = pipeline.door.answer(head)
        return answer if answer is None else counted(answer)

    def answer(head: Head) -> Answer:
        request_id.set(timing.rid)  # of the whole batch, in a thread that answers parts only
        return counted(pipeline.answer(head))

    def too_late(head: Head) -> Answer:
        return counted(problem_answer(Problem(503, TOO_LATE, headers=[RETRY_SOON]), Timing()))

    groups = batch.lines(parts, hit, answer, pipeline.parts, client_left(request.environ), too_late)
    media_type = media_type_for(request.headers.get("Accept", ""), (JSON, NDJSON))
    if media_type == NDJSON:
        pieces = (b"".join(line for _, line in group) for group in groups if group)
    else:
        pieces = (batch.in_order(chain.from_iterable(groups), parts) for _ in "1")
    coding = negotiated(request.headers.get("Accept-Encoding", ""))
    headers = [("Content-Type", media_type), ("Cache-Control", "no-store"), VARY, *SECURE]
    headers.append(("Server-Timing", timing.header()))
    if coding != IDENTITY:
        headers.append(("Content-Encoding", coding))
    return Ready(compress_stream(pieces, coding), 200, headers)


def _body(most: int) -> bytes:
    try:
        return request.stream.read(most)
    except Exception as error:  # each server has its own for a body that is cut short or badly chunked
        raise Problem(400, f"The body could not be read: {type(error).__name__}.") from error


def openapi_view() -> Response:
    """Answer the OpenAPI document, which is made of the routes and their schemas."""
    timing = Timing()
    head = Head.of(request.environ)
    if head.query:
        raise Problem(400, "This path has no parameters.")
    media_type_for(head.accept, (JSON,))
    entry = _document(negotiated(head.accept_encoding))
    return sent(answer_with(entry, "hit", entry.fresh_for, head, timing))


@click.command("openapi")
def openapi_command() -> None:
    """Print the OpenAPI document, from which the frontend's types are made."""
    click.echo(document_json(ROUTES))


@lru_cache
def _document(coding: str) -> Entry:
    freshness = Freshness(max_age=300, stale_while_revalidate=3600)
    body = document_json(ROUTES)
    entry = Entry(
        body=body,
        content_type=JSON,
        coding=IDENTITY,
        etag=etag_of(body),
        last_modified=None,
        cache_control=freshness.header,
        link=None,
        fresh_for=freshness.max_age,
        stale_for=freshness.stale_while_revalidate,
        tags=(),
        stored_at=0,
    )
    return entry if coding == IDENTITY else entry.in_coding(coding, compress(body, coding))


def client_left(environ: dict[str, Any]) -> Callable[[], bool]:
    """Return a function that tells whether the client has closed its side of the connection.

    gunicorn gives the socket to the application; under another server nobody is taken to have left.
    """
    connection: socket.socket | None = environ.get("gunicorn.socket")

    def left() -> bool:
        if connection is None:
            return False
        try:
            return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:  # it is there, and says nothing
            return False
        except OSError:
            return True

    return left


def pipeline_of(app: Flask) -> Pipeline:
    """Return the application's pipeline."""
    pipeline: Pipeline = app.extensions["roundtrip"]
    return pipeline


class Ready(Response):
    """A response whose headers are complete. (Werkzeug would take Last-Modified from a 304.)"""

    default_mimetype = None

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:
        """Return them as they are."""
        return self.headers


def sent(answer: Answer) -> Response:
    """Give an answer to Flask as it is."""
    return Ready([answer.body], answer.status, answer.exchange_headers())


def told(error: Problem | HTTPException) -> Response:
    """Answer an error, the router's and Flask's own too, as application/problem+json."""
    problem = error if isinstance(error, Problem) else Problem.of_http(error)
    return sent(problem_answer(problem, Timing()))
