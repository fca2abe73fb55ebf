"""The lower bound: constant bytes, as large as the list of flights, from bare WSGI and from a bare Flask view.

No WSGI application on this server can be quicker than `wsgi`: its cost is the cost of the server.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response

BODY = b'"' + b"x" * (int(os.environ.get("BENCH_BYTES", "7600")) - 2) + b'"'
HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer anything with the same bytes."""
    start_response("200 OK", HEADERS)
    return (BODY,)


flask = Flask(__name__, static_folder=None)


@flask.get("/api/v1/flights")
def constant() -> Response:
    """Answer with the same bytes, through Flask."""
    return Response(BODY, content_type="application/json")
