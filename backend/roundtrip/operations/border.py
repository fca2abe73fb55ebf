"""The border: the outermost layer, which reports each request and its answer to the witnesses.

A witness counts requests (metrics.py) or logs them (logs.py). It is called when the answer is ready, for a batch when
the last part has been sent. So the time of a slow client is not counted.
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

# Long enough to distinguish requests, and without characters that are special in a log or a header.
_RID = re.compile(r"[0-9A-Za-z_-]{8,64}")
_REQUEST_START = re.compile(r"t=(\d{10}\.\d{3})")
PROBES = frozenset(("/healthz", "/readyz", "/metrics"))  # paths for the operator, under any host name
METHODS = frozenset({"GET", "HEAD", "POST", "QUERY", "OPTIONS", "PUT", "PATCH", "DELETE"})
_ENTERED = "roundtrip.border"  # in an environment: the request's name, its wait, and when it came
LONGEST_QUEUE = 60.0  # seconds: a larger value means that the clocks differ

TRACE = "roundtrip.trace"  # the key of a WSGI environment: the id of the trace that the request belongs to
EXEMPLAR = "roundtrip.exemplar"  # the same as a label, of a trace that is kept
trace_id: ContextVar[str] = ContextVar("trace_id", default="")  # the same, for what is logged meanwhile
span_id: ContextVar[str] = ContextVar("span_id", default="")  # of the request in its trace


class Exchange(NamedTuple):
    """One request and its result."""

    environ: dict[str, Any]
    rid: str
    status: int
    seconds: float  # in the application
    queued: float | None  # seconds from the edge to here, if the edge sent its time
    timing: Timing | None  # of an answer of the API
    parts: Sequence[tuple[int, float, Timing]] | None  # of a batch: status, milliseconds and timing of each

    @property
    def route(self) -> str:
        """The rule that matched: a small set of names for all addresses."""
        if self.timing is not None and self.timing.route:
            return self.timing.route
        # A request that did not reach Flask asked for a file, or was refused in front of Flask.
        route: str = self.environ.get(ROUTE) or ("(file)" if self.status < 400 else "(refused)")
        return route


Witness = Callable[[Exchange], None]


class Border(Layer):
    """Gives each request an id, and reports its result to the witnesses.

    X-Request-ID and X-Request-Start of a client are ignored. They are read only if `trusted` says that a proxy of ours
    has written them.
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
    """Store the rule that matched, because Flask drops its request before the answer is sent."""
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else "(none)"
