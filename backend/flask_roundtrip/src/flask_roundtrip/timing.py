"""Server-Timing: the time of one exchange, in named spans.

Source: https://www.w3.org/TR/server-timing/. A Timing belongs to one exchange and is never stored with an answer.
A browser can replay an old Server-Timing from its cache. The page knows it by the `rid`, which it has seen before.

    app.wsgi_app = ServerTiming(app.wsgi_app)       # in any WSGI application
    with current_timing().span("db"): ...           # a span of your own
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import getrandbits
from time import perf_counter_ns
from typing import Any

TIMING = "roundtrip.timing"  # the key of a WSGI environment: the Timing of its exchange
request_id: ContextVar[str] = ContextVar("request_id", default="")  # from a proxy in front, or empty


class Timing:
    """Named spans on a monotonic clock, in milliseconds, for one exchange."""

    __slots__ = ("began", "cache", "rid", "route", "spans", "statements")

    def __init__(self) -> None:
        self.began = perf_counter_ns()
        self.rid = request_id.get() or new_rid()
        self.route = ""  # the rule of the route that answers
        self.spans: dict[str, float] = {}
        self.statements = 0
        self.cache = ""  # the result of the response cache: hit, stale, miss or collapsed

    def span(self, name: str) -> "Span":
        """Measure a `with` block; blocks of one name add up."""
        return Span(self.spans, name)

    def statement(self, sql: object) -> "Span":
        """Count an SQL statement, and measure it as `db`; the block sets the span's `rows` to how many came."""
        self.statements += 1
        return Span(self.spans, "db")

    def part(self) -> "Timing":
        """Return the Timing of a part of this exchange, which begins now."""
        return Timing()

    @property
    def elapsed(self) -> float:
        """Milliseconds since the exchange began."""
        return (perf_counter_ns() - self.began) / 1e6

    def header(self) -> str:
        """Return the value of Server-Timing. `app` is the whole time in the application; other spans are its parts."""
        told = f'rid;desc="{self.rid}", app;dur={self.elapsed:.3f}'
        for name, spent in self.spans.items():
            told += f", {name};dur={spent:.3f}{self._described(name)}"
        return told

    def as_dict(self) -> dict[str, float]:
        """Return the spans in milliseconds by name, for a part of a batch."""
        told = {"app": round(self.elapsed, 3)}
        for name, spent in self.spans.items():
            told[name] = round(spent, 3)
        if self.statements:
            told["statements"] = self.statements
        return told

    def _described(self, name: str) -> str:
        if name == "cache" and self.cache:
            return f';desc="{self.cache}"'
        if name == "db":
            return f';desc="{self.statements} statement{"" if self.statements == 1 else "s"}"'
        return ""


def new_rid() -> str:
    """Return a random id of 16 hexadecimal digits. It is no secret; urandom would release the interpreter lock."""
    return f"{getrandbits(64):016x}"


class Span:
    """One stretch of time. It is added to the sum of its name when the block ends, even by an error."""

    __slots__ = ("_spans", "began", "name", "rows")

    def __init__(self, spans: dict[str, float], name: str) -> None:
        self._spans = spans
        self.name = name
        self.rows: int | None = None  # of a statement

    def __enter__(self) -> "Span":
        self.began = perf_counter_ns()
        return self

    def __exit__(self, *error: object) -> None:
        spent = (perf_counter_ns() - self.began) / 1e6
        self._spans[self.name] = self._spans.get(self.name, 0.0) + spent


_current: ContextVar[Timing | None] = ContextVar("timing", default=None)


def current_timing() -> Timing:
    """Return the Timing of the current request; outside of a request, a new Timing that nobody reads."""
    return _current.get() or Timing()


@contextmanager
def as_current(timing: Timing) -> Iterator[None]:
    """Make a Timing the current one: current_timing() returns it in the block."""
    token = _current.set(timing)
    try:
        yield
    finally:
        _current.reset(token)


class ServerTiming:
    """WSGI middleware: each answer without a Server-Timing of its own gets one."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass the request on, and add the header when its answer begins."""
        timing = environ.setdefault(TIMING, Timing())

        def started(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            if not any(name.lower() == "server-timing" for name, _ in headers):
                headers = [*headers, ("Server-Timing", timing.header())]
            return start_response(status, headers, *error)

        with as_current(timing):
            return self._application(environ, started)
