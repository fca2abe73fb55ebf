"""The border: where a request comes in and its answer goes out, and where both are told to the witnesses.

A witness counts (metrics.py) or notes (logs.py). It is called when the answer is ready, a batch's when its last part
has been sent; so a slow client's time is not in it.
"""

import re
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from time import perf_counter
from typing import Any, NamedTuple

from flask import request
from flask_roundtrip.doors.layers import Layer
from flask_roundtrip.doors.wsgi import PARTS, ROUTE
from flask_roundtrip.timing import TIMING, Timing, new_rid, request_id

# Long enough to tell requests apart, and nothing in it that a log or a header could take for something else.
_RID = re.compile(r"[0-9A-Za-z_-]{8,64}")
_REQUEST_START = re.compile(r"t=(\d{10}\.\d{3})")
PROBES = frozenset(("/healthz", "/readyz", "/metrics"))  # are asked by whoever runs this, by any host name
METHODS = frozenset({"GET", "HEAD", "POST", "QUERY", "OPTIONS", "PUT", "PATCH", "DELETE"})
_ENTERED = "roundtrip.border"  # in an environment: the request's name, its wait, and when it came
LONGEST_QUEUE = 60.0  # seconds: what says more is another clock

TRACE = "roundtrip.trace"  # the key of a WSGI environment: the id of the trace that the request belongs to
trace_id: ContextVar[str] = ContextVar("trace_id", default="")  # the same, for what is logged meanwhile
span_id: ContextVar[str] = ContextVar("span_id", default="")  # of the request in its trace


class Exchange(NamedTuple):
    """One request and what became of it."""

    environ: dict[str, Any]
    rid: str
    status: int
    seconds: float  # in the application
    queued: float | None  # seconds from the edge to here, where the edge says when it was
    timing: Timing | None  # of an answer of the API
    parts: Sequence[tuple[int, float, Timing]] | None  # of a batch: status, milliseconds and timing of each

    @property
    def route(self) -> str:
        """The rule that matched: few names, however many addresses."""
        if self.timing is not None and self.timing.route:
            return self.timing.route
        # What did not come as far as Flask is a file, or was refused in front of it.
        route: str = self.environ.get(ROUTE) or ("(file)" if self.status < 400 else "(refused)")
        return route


Witness = Callable[[Exchange], None]


class Border(Layer):
    """Names each request, and tells the witnesses what became of it.

    What a client says of itself counts for nothing: X-Request-ID and X-Request-Start are read where `trusted` says
    that a proxy of ours has written them.
    """

    def __init__(self, witnesses: Sequence[Witness], trusted: bool) -> None:
        self._witnesses = witnesses
        self._trusted = trusted

    def enter(self, environ: dict[str, Any]) -> None:
        """Name the request."""
        if environ.get("PATH_INFO") in PROBES:
            return
        began = perf_counter()
        rid, queued = self._told_by_the_edge(environ) if self._trusted else (new_rid(), None)
        environ[_ENTERED] = (rid, queued, began)
        request_id.set(rid)

    def leave(self, environ: dict[str, Any], status: int) -> None:
        """Tell the witnesses."""
        if _ENTERED not in environ:
            return
        rid, queued, began = environ[_ENTERED]
        seconds = perf_counter() - began
        exchange = Exchange(environ, rid, status, seconds, queued, environ.get(TIMING), environ.get(PARTS))
        for witness in self._witnesses:
            witness(exchange)
        request_id.set("")

    def _told_by_the_edge(self, environ: dict[str, Any]) -> tuple[str, float | None]:
        rid = environ.get("HTTP_X_REQUEST_ID", "")
        start = _REQUEST_START.fullmatch(environ.get("HTTP_X_REQUEST_START", ""))
        queued = time.time() - float(start[1]) if start else None
        if queued is not None:
            queued = max(0.0, queued) if queued < LONGEST_QUEUE else None
        return rid if _RID.fullmatch(rid) else new_rid(), queued


def note_route() -> None:
    """Leave word which rule matched: Flask forgets its request before the answer is out."""
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else "(none)"
