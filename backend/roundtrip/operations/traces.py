"""Traces: the spans of a Timing leave as OpenTelemetry's, after the last byte, in a thread of the SDK.

Imported only where OTEL_EXPORTER_OTLP_ENDPOINT names a receiver (trace_settings.py). Sources: W3C Trace Context
(https://www.w3.org/TR/trace-context/); OpenTelemetry's semantic conventions for HTTP and for database clients.

OpenTelemetry's own instrumentation of Flask ends its span before a streamed body is sent, and Flask does not see what
the door answers. Here a request's span ends when its last byte has been given to the system. The parts of a batch are
its children and end when their lines are made; statements are children of parts. A statement is told with its
placeholders, never with its values, and a request without its query.
"""

import atexit
import logging
import re
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from time import perf_counter_ns, time_ns
from typing import Any

from flask_roundtrip.doors.layers import Layer
from flask_roundtrip.doors.wsgi import PARTS
from flask_roundtrip.timing import TIMING, Span, Timing
from flask_roundtrip.wire import Headers
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from .border import EXEMPLAR, METHODS, PROBES, TRACE, Exchange, span_id, trace_id

log = logging.getLogger(__name__)
LONGEST_GOODBYE = 2.0  # seconds to send what is left when the process ends
SERVICE = "roundtrip"  # its name, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES has another
_ROOT = "roundtrip.span"  # in an environment: the span of its request
_propagator = TraceContextTextMapPropagator()
_TARGET = re.compile(r"\bFROM\s+([\w.]+)", re.IGNORECASE)


class Traces(Layer):
    """Makes a trace of each request that the sampler takes."""

    def __init__(self, database: str, provider: TracerProvider | None = None) -> None:
        self._tracer = (provider or exporting_provider()).get_tracer("roundtrip")
        self._database = {"db.system.name": database}

    def enter(self, environ: dict[str, Any]) -> None:
        """Begin the span of a request."""
        if environ["PATH_INFO"] in PROBES:
            return
        root = environ[_ROOT] = self._tracer.start_span("HTTP", _caller(environ), SpanKind.SERVER)
        environ[TRACE] = f"{root.get_span_context().trace_id:032x}"
        trace_id.set(environ[TRACE])
        span_id.set(f"{root.get_span_context().span_id:016x}")
        if root.is_recording():
            environ[TIMING] = RecordedTiming()
            environ[EXEMPLAR] = {"trace_id": environ[TRACE]}

    def headers(self, environ: dict[str, Any]) -> Headers:
        """Tell the trace in Server-Timing."""
        if _ROOT not in environ:
            return []
        context = environ[_ROOT].get_span_context()
        parent = f"00-{environ[TRACE]}-{context.span_id:016x}-{context.trace_flags:02x}"
        return [("Server-Timing", f'traceparent;desc="{parent}"')]

    def leave(self, environ: dict[str, Any], status: int) -> None:
        """Let what is logged from now on be of no trace."""
        trace_id.set("")
        span_id.set("")

    def end(self, environ: dict[str, Any], status: int) -> None:
        """Make the spans."""
        timing = environ.get(TIMING)
        if _ROOT in environ and isinstance(timing, RecordedTiming):
            self._tell(environ[_ROOT], environ, timing, status)

    def _tell(self, root: trace.Span, environ: dict[str, Any], timing: "RecordedTiming", status: int) -> None:
        """Make the spans of a request and of all within it."""
        route = Exchange(environ, timing.rid, status, 0, None, timing, None).route
        method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in METHODS else "_OTHER"
        root.update_name(f"{method if method != '_OTHER' else 'HTTP'} {route}")
        root.set_attributes(
            {
                "http.request.method": method,
                "url.scheme": environ["wsgi.url_scheme"],
                "url.path": environ["PATH_INFO"].encode("latin-1", "replace").decode("utf-8", "replace"),
                "network.protocol.version": environ.get("SERVER_PROTOCOL", "").removeprefix("HTTP/"),
                "roundtrip.rid": timing.rid,
            }
        )
        _tell_result(root, timing, status, route)
        self._tell_spans(root, timing, timing.offset)
        for part_status, ms, part in tuple(environ.get(PARTS, ())):
            span = self._child(root, f"GET {part.route or '(none)'}", SpanKind.INTERNAL, part.began + timing.offset)
            span.set_attribute("http.request.method", "GET")
            _tell_result(span, part, part_status, part.route)
            self._tell_spans(span, part, timing.offset)
            span.end(part.began + timing.offset + int(ms * 1e6))
        root.end(perf_counter_ns() + timing.offset)

    def _tell_spans(self, parent: trace.Span, timing: "RecordedTiming", offset: int) -> None:
        recorded = tuple(timing.recorded)
        for name in timing.spans.keys() - {span.name for span in recorded}:  # of a hit: from its beginning
            span = self._child(parent, name, SpanKind.INTERNAL, timing.began + offset)
            span.end(timing.began + offset + int(timing.spans[name] * 1e6))
        for ran in recorded:
            kind, name = SpanKind.INTERNAL, ran.name
            if ran.sql is not None:
                kind, name = SpanKind.CLIENT, _summary(str(ran.sql))
            span = self._child(parent, name, kind, ran.began + offset)
            if ran.sql is not None:
                span.set_attributes({**self._database, "db.query.text": str(ran.sql), "db.query.summary": name})
            if ran.rows is not None:
                span.set_attribute("db.response.returned_rows", ran.rows)
            if ran.failure is not None:
                span.set_attribute("error.type", ran.failure)
                span.set_status(Status(StatusCode.ERROR))
            span.end(ran.ended + offset)

    def _child(self, parent: trace.Span, name: str, kind: SpanKind, began: int) -> trace.Span:
        return self._tracer.start_span(name, trace.set_span_in_context(parent), kind, start_time=began)


class RecordedTiming(Timing):
    """A Timing that also keeps when each span began and ended."""

    __slots__ = ("offset", "recorded")

    def __init__(self) -> None:
        super().__init__()
        self.recorded: list[RecordedSpan] = []
        self.offset = time_ns() - perf_counter_ns()  # from the monotonic clock to the time of day

    def span(self, name: str) -> "RecordedSpan":
        """Measure a `with` block."""
        return RecordedSpan(self, name)

    def statement(self, sql: object) -> "RecordedSpan":
        """Count and measure an SQL statement."""
        self.statements += 1
        return RecordedSpan(self, "db", sql)

    def part(self) -> "RecordedTiming":
        """Return the Timing of a part."""
        return RecordedTiming()


class RecordedSpan(Span):
    """A span, kept when it ends."""

    __slots__ = ("_timing", "ended", "failure", "sql")

    def __init__(self, timing: RecordedTiming, name: str, sql: object = None) -> None:
        super().__init__(timing.spans, name)
        self._timing = timing
        self.sql = sql
        self.failure: str | None = None

    def __exit__(self, *error: object) -> None:
        super().__exit__()
        self.ended = perf_counter_ns()
        self.failure = error[0].__qualname__ if isinstance(error[0], type) else None
        self._timing.recorded.append(self)


def exporting_provider() -> TracerProvider:
    """Return the SDK with OpenTelemetry's own settings, and an exporter that logs an outage once."""
    resource = Resource.create()
    if str(resource.attributes["service.name"]).startswith("unknown_service"):
        resource = resource.merge(Resource({"service.name": SERVICE}))
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(Exporter()))
    ending = threading.Event()

    def send_the_last() -> None:
        ending.wait()
        provider.shutdown()

    # At the end of the process no thread can be started, and the SDK would wait 30 seconds for a receiver that hangs.
    goodbye = threading.Thread(target=send_the_last, name="last traces", daemon=True)
    goodbye.start()

    def end() -> None:
        ending.set()
        goodbye.join(LONGEST_GOODBYE)

    atexit.register(end)
    return provider


class Exporter(SpanExporter):
    """OTLP over HTTP. The first failure is logged, and the first success after it; the SDK logs each try and drop."""

    def __init__(self) -> None:
        self._inner = OTLPSpanExporter()
        self._reason = _LastReason()
        self._fails = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them; those that cannot be sent are lost."""
        self._reason.text = ""
        result = self._inner.export(spans)
        failed = result is not SpanExportResult.SUCCESS
        if failed and not self._fails:
            log.warning("Traces cannot be sent, and are lost until they can be: %s", self._reason.text)
        elif self._fails and not failed:
            log.warning("Traces are sent again.")
        self._fails = failed
        return result

    def shutdown(self) -> None:
        """Give up what is under way."""
        self._inner.shutdown()  # type: ignore[no-untyped-call]  # it has no types


class _LastReason(logging.Handler):
    """Keeps the last line of the SDK's log, and lets none of it into ours."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""
        logger = logging.getLogger("opentelemetry")
        logger.addHandler(self)
        logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        self.text = record.getMessage()


def _caller(environ: Mapping[str, Any]) -> Context | None:
    """Return the context that the request names; none where its header is missing or not valid."""
    if "HTTP_TRACEPARENT" not in environ:
        return None
    carrier = {"traceparent": environ["HTTP_TRACEPARENT"], "tracestate": environ.get("HTTP_TRACESTATE", "")}
    return _propagator.extract(carrier)


def _tell_result(span: trace.Span, timing: Timing, status: int, route: str) -> None:
    span.set_attribute("http.response.status_code", status)
    if route.startswith("/"):
        span.set_attribute("http.route", route)
    if timing.cache:
        span.set_attribute("roundtrip.cache", timing.cache)
    if status >= 500:  # a 4xx is the client's error, not the server's
        span.set_attribute("error.type", str(status))
        span.set_status(Status(StatusCode.ERROR))


@lru_cache(maxsize=512)
def _summary(sql: str) -> str:
    """Return the operation and its table, such as `SELECT flights`: few names, however many statements."""
    target = _TARGET.search(sql)
    operation = sql.split(None, 1)[0].upper()
    return f"{operation} {target[1]}" if target else operation
