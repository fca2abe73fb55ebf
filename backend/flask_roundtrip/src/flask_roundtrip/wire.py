"""A request's head, the answer to it and every error, as plain values. All other files import this one.

Errors are `application/problem+json` (RFC 9457).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NamedTuple

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

JSON = "application/json"
MSGPACK = "application/msgpack"
NDJSON = "application/x-ndjson"
PROBLEM_JSON = "application/problem+json"
IDENTITY = "identity"  # the content coding that changes nothing
RETRY_SOON = ("Retry-After", "1")  # seconds, for a 503 with a cause that lasts a moment
NOSNIFF = ("X-Content-Type-Options", "nosniff")

# A 401 has to name a way to sign in (RFC 9110, section 11.6.1). No browser asks for a password by this one.
CHALLENGE = ("WWW-Authenticate", "Cookie")

Headers = list[tuple[str, str]]


class Head(NamedTuple):
    """The part of a GET that decides its answer. Host and X-* headers are not part of it."""

    method: str
    path: str
    query: str = ""
    accept: str = ""
    accept_encoding: str = ""
    if_none_match: str = ""
    if_modified_since: str = ""
    identity: str = ""  # the user; decides the answers of private routes only
    client: str = ""  # the client's address: it decides no answer, only whose share of the server is used
    if_match: str = ""
    if_unmodified_since: str = ""


class Answer(NamedTuple):
    """A status, headers and ready bytes."""

    status: int
    headers: Headers
    body: bytes

    @classmethod
    def of_options(cls, allow: tuple[str, str]) -> "Answer":
        """Return the answer to OPTIONS, with the header Allow. No cache keeps it (RFC 9110, section 9.3.7)."""
        return cls(200, [allow, ("Cache-Control", "no-store"), ("Content-Length", "0"), NOSNIFF], b"")


class Freshness(NamedTuple):
    """How long an answer may be used, in seconds: the arguments of Cache-Control (RFC 9111, RFC 5861)."""

    max_age: int
    stale: int = 0  # stale-while-revalidate

    def header(self, private: bool = False) -> str:
        """Return the value of Cache-Control."""
        stored_by = "private" if private else "public"
        stale = f", stale-while-revalidate={self.stale}" if self.stale else ""
        return f"{stored_by}, max-age={self.max_age}{stale}"


@dataclass(frozen=True)
class Fault:
    """One wrong parameter: its name, the reason, and the allowed values where there is a list of them."""

    parameter: str
    detail: str
    allowed: tuple[str, ...] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as an item of the problem's `errors`."""
        named = {"parameter": self.parameter, "detail": self.detail}
        return named if self.allowed is None else {**named, "allowed": list(self.allowed)}


class Problem(HTTPException):
    """An error for the client that says how to correct the request. Flask answers with it when a view raises it."""

    def __init__(
        self, status: int, detail: str, faults: Iterable[Fault] = (), headers: Iterable[tuple[str, str]] = ()
    ) -> None:
        super().__init__(detail)
        self.code = self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = tuple(headers)

    @classmethod
    def of_parameters(cls, *faults: Fault) -> "Problem":
        """Return a 400 that names each wrong parameter."""
        return cls(400, " ".join(f"{fault.parameter}: {fault.detail}" for fault in faults), faults)

    @classmethod
    def of_http(cls, error: HTTPException) -> "Problem":
        """Return an error of the router or the server in the same form. Headers that it needs are kept."""
        kept = [(name, value) for name, value in error.get_headers() if name.lower() in _KEPT_HEADERS]
        said = error.description
        if said == type(error).description:  # werkzeug's own text is meant for an HTML page
            said = _OWN_WORDS.get(error.code or 500, said)
        return cls(error.code or 500, said or "", headers=kept)

    def __str__(self) -> str:
        return self.detail

    def get_response(self, *_: Any, **__: Any) -> Response:
        """Return the problem as werkzeug's response."""
        answer = self.answer()
        return Response(answer.body, answer.status, answer.headers)

    @property
    def body(self) -> bytes:
        """The problem as JSON."""
        said: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            said["errors"] = [fault.as_dict() for fault in self.faults]
        return json.dumps(said, separators=(",", ":")).encode()

    def answer(self) -> Answer:
        """Return the problem as an answer. No cache keeps it."""
        body = self.body
        headers = [
            ("Content-Type", PROBLEM_JSON),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Cache-Status", "roundtrip; fwd=bypass"),
            ("Vary", "Accept, Accept-Encoding"),
            NOSNIFF,
            *self.headers,
        ]
        if self.status == 401 and not any(name.lower() == "www-authenticate" for name, _ in self.headers):
            headers.append(CHALLENGE)
        return Answer(self.status, headers, body)


FAILED = Problem(500, "The server failed; the reason is in its log.")


class NotNow(Exception):
    """The answer would take longer than its caller can wait."""


_OWN_WORDS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method; Allow names the methods it takes.",
}
_KEPT_HEADERS = {"allow", "retry-after", "location", "www-authenticate"}
