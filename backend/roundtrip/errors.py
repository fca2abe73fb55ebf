"""One shape for every error: application/problem+json (RFC 9457)."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from werkzeug.exceptions import HTTPException

PROBLEM_JSON = "application/problem+json"
RETRY_SOON = ("Retry-After", "1")  # of a 503 that will have passed in a moment


@dataclass(frozen=True)
class Fault:
    """What is wrong with one parameter, and what would have been right where that is a list."""

    parameter: str
    detail: str
    allowed: tuple[str, ...] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as an item of the problem's `errors`."""
        named = {"parameter": self.parameter, "detail": self.detail}
        return named if self.allowed is None else {**named, "allowed": list(self.allowed)}


class Problem(Exception):
    """An error that the client is told of, in words that help to mend it."""

    def __init__(
        self,
        status: int,
        detail: str,
        faults: Iterable[Fault] = (),
        headers: Iterable[tuple[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = tuple(headers)

    @classmethod
    def of_parameters(cls, faults: Iterable[Fault]) -> "Problem":
        """Say 400, and of each parameter what is wrong with it."""
        faults = tuple(faults)
        return cls(400, " ".join(f"{fault.parameter}: {fault.detail}" for fault in faults), faults)

    @classmethod
    def of_http(cls, error: HTTPException) -> "Problem":
        """Put an error of the router or the server into the one shape, keeping headers such as Allow."""
        kept = [(name, value) for name, value in error.get_headers() if name.lower() in _KEPT_HEADERS]
        said = error.description
        if said == type(error).description:  # the router's own words are for people at a browser
            said = _OWN_WORDS.get(error.code or 500, said)
        return cls(error.code or 500, said or "", headers=kept)

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
        return orjson.dumps(said)


_OWN_WORDS = {
    404: "There is nothing at this address. The API's own description is at /api/v1/openapi.json.",
    405: "This address does not take that method; Allow names those it takes.",
}
_KEPT_HEADERS = {"allow", "retry-after", "location"}
