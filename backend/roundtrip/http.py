"""A request's head and the answer to it, as plain values that any server's interface can make and send."""

from typing import Any, NamedTuple

from .techniques.timing import Timing

# Where in a WSGI environment the application and what stands in front of it leave each other word.
ROUTE = "roundtrip.route"  # the rule that Flask's router found
TIMING = "roundtrip.timing"  # of the answer
PARTS = "roundtrip.parts"  # of a batch: the status, milliseconds and timing of each part that is done
CHARGE = "roundtrip.charge"  # the rate limiter's function that charges for more than one request


class Head(NamedTuple):
    """What of a GET's head decides its answer. Nothing else of the request is looked at: not Host, not X-*."""

    method: str
    path: str
    query: str = ""
    accept: str = ""
    accept_encoding: str = ""
    if_none_match: str = ""
    if_modified_since: str = ""

    @classmethod
    def of(cls, environ: dict[str, Any]) -> "Head":
        """Read the head from a WSGI environment (PEP 3333)."""
        get = environ.get
        path = environ["PATH_INFO"]
        return cls(
            environ["REQUEST_METHOD"],
            path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace"),
            get("QUERY_STRING", ""),
            get("HTTP_ACCEPT", ""),
            get("HTTP_ACCEPT_ENCODING", ""),
            get("HTTP_IF_NONE_MATCH", ""),
            get("HTTP_IF_MODIFIED_SINCE", ""),
        )


class Answer(NamedTuple):
    """A status, headers and ready bytes; and the time it took, which is told and never stored."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    timing: Timing

    def exchange_headers(self) -> list[tuple[str, str]]:
        """Return the headers of an exchange of its own; a part of a batch tells its timing otherwise."""
        return [*self.headers, ("Server-Timing", self.timing.header())]
