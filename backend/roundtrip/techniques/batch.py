"""Many requests in one round trip, answered as they finish.

The form is that of OData's JSON batch and of Microsoft Graph: {"requests": [{"id", "method", "url", "headers"}]}.
Each part is answered as its single GET would be, 304 included. The answers come as NDJSON, each line as soon as its
part is done, so that a slow part delays no other; or as one JSON object for a client that does not accept NDJSON.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import perf_counter_ns
from typing import Any

import orjson

from ..errors import Fault, Problem
from ..http import Answer, Head
from .serialization import JSON

NDJSON = "application/x-ndjson"
MOST_PARTS = 20
MOST_BYTES = 64 * 1024
LONGEST_ID = 64
PART_HEADERS = {"accept": "accept", "if-none-match": "if_none_match", "if-modified-since": "if_modified_since"}
LOOK_EVERY = 0.1  # seconds between two looks whether the client is still there
LONGEST = 5.0  # seconds for all of a batch; the balancer waits 8 for one that is no stream, its queue included

_URL = re.compile(r"/api/v1((?:/[A-Za-z0-9_]+){1,2})(?:\?([!-~]*))?\Z")
# What a line tells of a part's headers: those that a cache needs and when to ask again, not those of the exchange.
_OF_CACHES = ("Content-Type", "ETag", "Last-Modified", "Cache-Control", "Cache-Status", "Age", "Vary", "Link")
_TOLD = {name: name.lower() for name in (*_OF_CACHES, "Retry-After")}


Line = tuple[str, bytes]  # the id of a part, and its line with the newline


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a batch, by the id under which its answer is told."""

    id: str
    head: Head


def parse(body: bytes) -> tuple[Part, ...]:
    """Return the parts of a batch. Raises Problem (400, 413) that says which part is wrong and how."""
    if len(body) > MOST_BYTES:
        raise Problem(413, f"The batch is longer than {MOST_BYTES} bytes.")
    requests = _requests(body)
    if not 1 <= len(requests) <= MOST_PARTS:
        raise _fault("requests", f"expected 1 to {MOST_PARTS} of them, got {len(requests)}")
    parts = tuple(_part(number, request) for number, request in enumerate(requests))
    seen: set[str] = set()
    for number, part in enumerate(parts):
        if part.id in seen:
            raise _fault(f"requests[{number}].id", f"{part.id!r} is there twice")
        seen.add(part.id)
    return parts


def in_order(lines: Iterable[Line], parts: Sequence[Part]) -> bytes:
    """Return all lines as one JSON object, in the order of the parts.

    Some are missing when the client has left, which then reads none.
    """
    by_id = dict(lines)
    return b'{"responses":[' + b",".join(by_id[part.id].rstrip() for part in parts if part.id in by_id) + b"]}"


def lines(
    parts: Sequence[Part],
    hit: Callable[[Head], Answer | None],
    answer: Callable[[Head], Answer],
    executor: Executor,
    client_left: Callable[[], bool],
    too_late: Callable[[Head], Answer],
) -> Iterator[list[Line]]:
    """Yield the lines of the parts as they are done: first all hits (perhaps none), then the others as they finish.

    The others run side by side. When the client leaves (`client_left`, or this generator is closed), what has not
    begun is cancelled. So it is after LONGEST, and all that is not done then is told `too_late`: what goes on behind
    it comes into the cache, for whoever asks again.
    """
    began = perf_counter_ns()
    done: SimpleQueue[Line] = SimpleQueue()

    def run(part: Part) -> None:
        start = _since(began)
        done.put((part.id, line(part.id, answer(part.head), start)))

    hits: list[Line] = []
    begun: list[Future[None]] = []
    left: dict[str, Part] = {}
    for part in parts:
        found = hit(part.head)
        if found is None:
            left[part.id] = part
            begun.append(executor.submit(run, part))
        else:
            hits.append((part.id, line(part.id, found, _since(began) - found.timing.elapsed)))
    try:
        yield hits
        while left and _since(began) < LONGEST * 1000:
            try:
                finished = done.get(timeout=LOOK_EVERY)
            except Empty:
                if client_left():
                    return
            else:
                del left[finished[0]]
                yield [finished]
    finally:
        for future in begun:
            future.cancel()
    if left:
        yield [(part.id, line(part.id, too_late(part.head), _since(began))) for part in left.values()]


def line(part_id: str, answer: Answer, start: float) -> bytes:
    """Return one line: the answer's ready bytes, spliced in without decoding them."""
    told = {
        "id": part_id,
        "status": answer.status,
        "headers": {_TOLD[name]: value for name, value in answer.headers if name in _TOLD},
        "timing": {"start": round(start, 3), **answer.timing.as_dict()},
    }
    return b"".join((orjson.dumps(told)[:-1], b',"body":', answer.body or b"null", b"}\n"))


def _requests(body: bytes) -> list[Any]:
    try:
        # Twice on purpose: orjson refuses NaN, lone surrogates and what is not UTF-8; json can tell of a key that
        # is there twice, where two readers could differ over what was asked.
        orjson.loads(body)
        given = json.loads(body, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        said = error.args[0] if isinstance(error, _DuplicateKeyError) else "expected JSON (RFC 8259) in UTF-8"
        raise Problem(400, f"The batch cannot be read: {said}.") from None
    if not isinstance(given, dict) or given.keys() != {"requests"} or not isinstance(given["requests"], list):
        raise Problem(400, 'Expected {"requests": [...]} and nothing else.')
    return given["requests"]


class _DuplicateKeyError(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _DuplicateKeyError("a key is there twice in one object")
    return made


def _part(number: int, request: Any) -> Part:
    where = f"requests[{number}]"
    if not isinstance(request, dict):
        raise _fault(where, "expected an object")
    unknown = request.keys() - {"id", "method", "url", "headers"}
    if unknown:
        raise _fault(where, f"there is no {min(unknown)[:40]!r} in a request")
    part_id, url = request.get("id"), request.get("url")
    if not isinstance(part_id, str) or not 1 <= len(part_id) <= LONGEST_ID:
        raise _fault(f"{where}.id", f"expected a string of 1 to {LONGEST_ID} characters")
    if request.get("method", "GET") != "GET":
        raise _fault(f"{where}.method", "only GET can be part of a batch", ("GET",))
    match = _URL.match(url) if isinstance(url, str) else None
    if match is None:
        raise _fault(f"{where}.url", "expected a URL of this API without a host, such as /api/v1/airlines?limit=5")
    if match[1] == "/batch":
        raise _fault(f"{where}.url", "a batch cannot hold a batch")
    given = _headers(f"{where}.headers", request.get("headers", {}))
    return Part(part_id, Head("GET", f"/api/v1{match[1]}", match[2] or "", **given))


def _headers(where: str, headers: Any) -> dict[str, str]:
    if not isinstance(headers, dict):
        raise _fault(where, "expected an object")
    given: dict[str, str] = {}
    for name, value in headers.items():
        known = PART_HEADERS.get(name.lower())
        if known is None or known in given:
            raise _fault(where, f"{name[:40]!r} is not for a part, or is there twice", tuple(PART_HEADERS))
        if not isinstance(value, str) or not value.isprintable() or not value.isascii():
            raise _fault(f"{where}.{name}", "expected a string of printable ASCII characters")
        given[known] = value
    if given.get("accept", JSON) not in (JSON, "*/*"):
        raise _fault(f"{where}.accept", "a part of a batch is JSON", (JSON,))
    return given


def _since(began: int) -> float:
    return (perf_counter_ns() - began) / 1e6


def _fault(where: str, detail: str, allowed: tuple[str, ...] | None = None) -> Problem:
    return Problem.of_parameters([Fault(where, detail, allowed)])
