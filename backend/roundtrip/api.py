"""The API: the routes of every resource, and their OpenAPI document."""

import click
from flask import Flask, Response, current_app, request
from flask.cli import with_appcontext
from flask.globals import request_ctx
from flask_roundtrip.arguments import PlainDigits, UpperCode
from flask_roundtrip.doors.flask import told
from flask_roundtrip.extension import state_of
from flask_roundtrip.negotiation import media_type_for
from flask_roundtrip.wire import JSON, NOSNIFF
from werkzeug.exceptions import HTTPException

from flask_roundtrip import Problem, cached

from .extensions import api
from .openapi import document_json
from .resources.airlines import routes as airlines
from .resources.airports import routes as airports
from .resources.delays import routes as delays
from .resources.flights import routes as flights
from .resources.planes import routes as planes
from .resources.weather import routes as weather

RESOURCES = (flights, airlines, airports, planes, weather, delays)  # each adds its routes to the blueprint


@api.get("/openapi.json")
@cached(fresh=300, stale=3600)
def openapi() -> Response:
    """Answer with the OpenAPI document, which is made from the routes and their schemas."""
    if request.query_string:
        raise Problem(400, "This path has no parameters.")
    media_type_for(request.headers.get("Accept", ""), (JSON,))
    return Response(document_json(state_of(current_app).routes), content_type=JSON, headers=[NOSNIFF])


@click.command("openapi")
@with_appcontext
def openapi_command() -> None:
    """Print the OpenAPI document, from which the frontend's types are made."""
    click.echo(document_json(state_of(current_app).routes))


def register(app: Flask) -> None:
    """Add the API to an application."""
    app.url_map.converters.update(int=PlainDigits, code=UpperCode)
    app.register_blueprint(api)
    app.register_error_handler(HTTPException, told)
    app.register_error_handler(Problem, told)
    app.cli.add_command(openapi_command)
    app.make_default_options_response = options  # type: ignore[method-assign]  # Flask's own has neither header


def options() -> Response:
    """Answer OPTIONS with the methods of the address. No cache keeps it (RFC 9110, section 9.3.7)."""
    allowed = request_ctx.url_adapter.allowed_methods() if request_ctx.url_adapter else ()
    return Response(headers=[("Allow", ", ".join(sorted(allowed))), ("Cache-Control", "no-store"), NOSNIFF])
