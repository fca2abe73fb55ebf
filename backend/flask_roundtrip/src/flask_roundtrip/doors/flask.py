"""An Answer as a Flask response."""

from typing import Any

from flask import Response
from werkzeug.datastructures import Headers

from ..timing import Timing
from ..wire import Answer, Problem


class Ready(Response):
    """A response whose headers are complete. (Werkzeug would take Last-Modified from a 304.)"""

    default_mimetype = None

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:
        """Return the headers unchanged."""
        return self.headers


def sent(answer: Answer, timing: Timing | None = None) -> Response:
    """Return the response, with the Server-Timing of its exchange."""
    return Ready([answer.body], answer.status, [*answer.headers, ("Server-Timing", (timing or Timing()).header())])


def told(error: Any) -> Response:
    """Return a Problem or an HTTPException as application/problem+json: an error handler for Flask."""
    return sent((error if isinstance(error, Problem) else Problem.of_http(error)).answer())
