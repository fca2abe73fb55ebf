"""Where the time of one exchange went, told to the client in Server-Timing.

Source: https://www.w3.org/TR/server-timing/. A Timing belongs to one exchange and is never stored with an
answer: a browser that replays an old one from its cache is told by the `rid`, which it has seen before.
"""

from contextvars import ContextVar
from random import getrandbits
from time import perf_counter_ns

request_id: ContextVar[str] = ContextVar("request_id", default="")  # what the edge calls the request at hand


class Timing:
    """Named spans on a monotonic clock, in milliseconds, for one exchange."""

    __slots__ = ("_began", "cache", "rid", "route", "spans", "statements")

    def __init__(self) -> None:
        self._began = perf_counter_ns()
        self.rid = request_id.get() or new_rid()
        self.route = ""  # the path of the route that answers, below /api/v1
        self.spans: dict[str, float] = {}
        self.statements = 0
        self.cache = ""  # what the response cache did: hit, stale, miss, collapsed

    def span(self, name: str) -> "Span":
        """Measure a `with` block; blocks of one name add up."""
        return Span(self.spans, name)

    @property
    def elapsed(self) -> float:
        """Milliseconds since the exchange began."""
        return (perf_counter_ns() - self._began) / 1e6

    def header(self) -> str:
        """Return the value of Server-Timing. `app` is the whole time in the application, the others parts of it."""
        told = f'rid;desc="{self.rid}", app;dur={self.elapsed:.3f}'
        for name, spent in self.spans.items():
            told += f", {name};dur={spent:.3f}{self._described(name)}"
        return told

    def as_dict(self) -> dict[str, float]:
        """Return the same for a part of a batch."""
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
    """Return what tells exchanges apart. It is no secret; urandom would let go of the GIL."""
    return f"{getrandbits(64):016x}"


class Span:
    """One stretch of time, added to its name's sum when the block ends, however it ends."""

    __slots__ = ("_began", "_name", "_spans")

    def __init__(self, spans: dict[str, float], name: str) -> None:
        self._spans = spans
        self._name = name

    def __enter__(self) -> None:
        self._began = perf_counter_ns()

    def __exit__(self, *error: object) -> None:
        spent = (perf_counter_ns() - self._began) / 1e6
        self._spans[self._name] = self._spans.get(self._name, 0.0) + spent
