"""Batch: many GETs in one round trip, answered as they finish.

The form is that of OData's JSON batch and of Microsoft Graph: {"requests": [{"id", "method", "url", "headers"}]}, sent
by POST or QUERY (RFC 10008). Each part gets the answer of its single GET, 304 included, with the caller's identity.
The answers come as NDJSON, each line as soon as its part is done, so that a slow part delays no other part. A client
that does not accept NDJSON gets one JSON object.

    app.wsgi_app = Batch(app.wsgi_app, at="/batch", prefix="/api/")     # in any WSGI application
"""

import asyncio
import json
import logging
import re
from base64 import b64encode
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing, suppress
from contextvars import copy_context
from functools import cached_property
from io import BytesIO
from itertools import chain
from queue import Empty, SimpleQueue
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_to_bytes

from werkzeug.http import parse_options_header
from werkzeug.wsgi import ClosingIterator, get_input_stream

from .compression import compress_stream, negotiated, streamed
from .doors.wsgi import BUSY, PARTS, ROUTE, WSGI, Threads, client_left, head_of, send, status_line
from .negotiation import media_type_for
from .serialization import json_bytes
from .timing import TIMING, Timing, as_current
from .wire import (
    FAILED,
    IDENTITY,
    JSON,
    NDJSON,
    NOSNIFF,
    RETRY_SOON,
    Answer,
    Fault,
    Head,
    Headers,
    NotNow,
    Problem,
)

if TYPE_CHECKING:
    from .respond import Responder

log = logging.getLogger(__name__)
MOST_PARTS = 20
MOST_BYTES = 64 * 1024
LONGEST_ID = 64
SIDE_BY_SIDE = 4  # parts of one batch that run at once
LOOK_EVERY = 0.1  # seconds between two checks that the client is still connected
LONGEST = 5.0  # seconds for all of a batch
QUICKLY_COMPRESSED = 32 * 1024  # bytes, in about a millisecond
TOGETHER = 2.0  # milliseconds in which finished lines are gathered into one write
TOO_LATE = Problem(503, "The batch took too long before this part was done. Ask for it again.", headers=[RETRY_SOON])

# A key of the WSGI environment.
CHARGE = "roundtrip.charge"  # the rate limiter's function that charges for more than one request

PART_HEADERS = {"accept": "accept", "if-none-match": "if_none_match", "if-modified-since": "if_modified_since"}
# The headers of an answer that its line repeats: those that a cache needs, and Retry-After.
_OF_CACHES = (
    *("Content-Type", "ETag", "Last-Modified", "Cache-Control", "Cache-Status", "Cache-Groups"),
    *("Age", "Vary", "Link", "Retry-After"),
)
_TOLD = {name: name.lower() for name in _OF_CACHES}


class Part(NamedTuple):
    """One request of a batch, by the id of its answer."""

    id: str
    head: Head


ALLOW = ("Allow", "POST, QUERY, OPTIONS")
OPTIONS = Answer.of_options(ALLOW)
Line = tuple[str, bytes]  # the id of a part, and its line with the newline
Respond = Callable[[Head, Timing, bool], Answer]  # with true it may raise NotNow


class Batch:
    """WSGI middleware that answers batches at one path; `prefix` begins the paths that may be parts.

    The application behind the middleware answers the parts. The routes of a responder are answered directly.
    """

    longest = MOST_BYTES  # of a body

    def __init__(
        self,
        application: WSGI,
        at: str,
        prefix: str,
        responder: "Callable[[], Responder] | None" = None,
        threads: Threads | None = None,
        identify: Callable[[dict[str, Any]], str | None] | None = None,
    ) -> None:
        self._application = application
        self.at = at
        self._prefix = prefix
        self._get_responder = responder
        self._threads = threads or Threads(0)
        self._identify = identify
        self._pool = ThreadPoolExecutor(8 * SIDE_BY_SIDE, "part")

    @cached_property
    def _responder(self) -> "Responder | None":
        """The responder, made at the first request, when all routes are registered."""
        return self._get_responder() if self._get_responder else None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a batch; pass on everything else."""
        if environ["PATH_INFO"] != self.at:
            return self._application(environ, start_response)
        timing = environ.get(TIMING) or Timing()
        try:
            if options := self.check(environ):
                return send(options, start_response, timing)
            asked = self.asked(environ, _body(environ))
        except Problem as problem:
            return send(problem.answer(), start_response, timing)
        try:
            groups = lines(asked.parts, asked.respond, self._pool, client_left(environ), timing.part)
            if asked.media_type == NDJSON:
                pieces = (_joined(group) for group in groups if group)
            else:
                pieces = (in_order(chain.from_iterable(groups), asked.parts) for _ in "1")
            coded = compress_stream(pieces, asked.coding)
            start_response(status_line(200), [*asked.headers, ("Server-Timing", timing.header())])
        except BaseException:
            asked.leave()
            raise
        return ClosingIterator(_and_then(coded, asked.leave), asked.leave)

    def check(self, environ: dict[str, Any]) -> Answer | None:
        """Refuse what is no batch, before its body is read: raise Problem. Return the answer to OPTIONS."""
        environ[ROUTE] = self.at
        if environ["REQUEST_METHOD"] == "OPTIONS":
            return OPTIONS
        if environ["REQUEST_METHOD"] not in ("POST", "QUERY"):
            raise Problem(405, "Send a batch by POST or QUERY.", headers=[ALLOW])
        if environ.get("QUERY_STRING"):
            raise Problem(400, "This path has no parameters.")
        media_type, options = parse_options_header(environ.get("CONTENT_TYPE"))
        if media_type != JSON or options.get("charset", "utf-8").lower() != "utf-8":
            raise Problem(415, f"Send a batch as {JSON}, in UTF-8.")
        if environ.get("HTTP_CONTENT_ENCODING"):
            raise Problem(415, "Send a batch without a content coding.", headers=[("Accept-Encoding", "identity")])
        return None

    def asked(self, environ: dict[str, Any], body: bytes) -> "Asked":
        """Read and accept a batch that has passed check(). Raises Problem."""
        # The URLs of parts begin with the application's mount, as the URLs of all requests do.
        mount = environ.get("SCRIPT_NAME", "").encode("latin-1").decode("utf-8", "replace")
        parts = parse(body, mount + self._prefix, mount + self.at)
        try:
            caller = head_of(environ, self._identify)
        except Exception as error:
            log.exception("The caller of a batch could not be identified")
            raise Problem(500, FAILED.detail) from error
        media_type = media_type_for(caller.accept, (JSON, NDJSON))
        if CHARGE in environ:
            environ[CHARGE](len(parts) - 1)  # the rate limiter has charged for one already
        if not self._threads.enter(caller.client, batch=True):
            raise BUSY
        leave = _once(lambda: self._threads.leave(caller.client, batch=True))
        whose = {"identity": caller.identity, "client": caller.client}
        parts = [
            Part(id_, head._replace(path=head.path.removeprefix(mount) if mount else head.path, **whose))
            for id_, head in parts
        ]
        coding = negotiated(caller.accept_encoding)
        headers = [("Content-Type", media_type), ("Cache-Control", "no-store"), ("Vary", "Accept, Accept-Encoding")]
        headers.append(NOSNIFF)
        if coding != IDENTITY:
            headers.append(("Content-Encoding", coding))
        return Asked(parts, self._responding(environ), media_type, coding, headers, leave)

    def _responding(self, environ: dict[str, Any]) -> "Respond":
        done = environ[PARTS] = []
        context = copy_context()  # such as the request's id; the parts run when the request has left it

        def respond(head: Head, timing: Timing, only_short: bool) -> Answer:
            try:
                answer = context.copy().run(self._respond, head, environ, timing, only_short)
            except NotNow:
                raise
            except Exception:  # an error of the application, or of the cache's store, breaks no other part
                log.exception("GET %s, a part of a batch, failed (rid %s)", head.path, timing.rid)
                answer = FAILED.answer()
            done.append((answer.status, timing.elapsed, timing))
            return answer

        return respond

    def _respond(self, head: Head, environ: dict[str, Any], timing: Timing, only_short: bool) -> Answer:
        if self._responder is not None:
            answer = self._responder.answer_part(head, timing, only_short)
            if answer is not None:
                return answer
        if only_short:
            raise NotNow
        return through(self._application, head, environ, timing)

    async def pieces(self, asked: "Asked", is_local: bool, timing: Timing) -> AsyncGenerator[bytes]:
        """Answer a batch in an event loop; with `is_local` hits and short answers are made in the loop.

        Whoever no longer reads the pieces closes the generator: then what has not begun is cancelled.
        """
        add, end = streamed(asked.coding)
        loop = asyncio.get_running_loop()
        told: list[Line] = []
        async with aclosing(lines_in_loop(asked, self._pool, is_local, timing.part)) as groups:
            async for group in groups:
                if asked.media_type != NDJSON:
                    told += group
                elif group:
                    piece = _joined(group)
                    here = len(piece) <= QUICKLY_COMPRESSED
                    yield add(piece) if here else await loop.run_in_executor(self._pool, add, piece)
        if asked.media_type != NDJSON:
            yield await loop.run_in_executor(self._pool, lambda: add(in_order(told, asked.parts)))
        yield end()


class Asked(NamedTuple):
    """A batch that was accepted: what its answer is made of. `leave` ends its share of the threads."""

    parts: Sequence[Part]
    respond: "Respond"
    media_type: str
    coding: str
    headers: Headers
    leave: Callable[[], None]


def _body(environ: dict[str, Any]) -> bytes:
    try:
        return get_input_stream(environ).read(MOST_BYTES + 1)
    except Exception as error:  # each server has its own error for a body that is cut short or badly chunked
        raise Problem(400, f"The body could not be read: {type(error).__name__}.") from error


def _joined(group: list[Line]) -> bytes:
    return b"".join(line for _, line in group)


def _once(call: Callable[[], None]) -> Callable[[], None]:
    calls = iter([call])
    return lambda: next(calls, lambda: None)()


def _and_then(pieces: Iterable[bytes], end: Callable[[], None]) -> Iterator[bytes]:
    yield from pieces
    end()


def parse(body: bytes, prefix: str, at: str) -> Sequence[Part]:
    """Return the parts of a batch. Raises Problem (400, 413) that says which part is wrong and how."""
    if len(body) > MOST_BYTES:
        raise Problem(413, f"The batch is longer than {MOST_BYTES} bytes.")
    requests = _requests(body)
    if not 1 <= len(requests) <= MOST_PARTS:
        raise _fault("requests", f"expected 1 to {MOST_PARTS} of them, got {len(requests)}")
    parts = tuple(_part(number, request, prefix, at) for number, request in enumerate(requests))
    seen: set[str] = set()
    for number, part in enumerate(parts):
        if part.id in seen:
            raise _fault(f"requests[{number}].id", f"{part.id!r} is there twice")
        seen.add(part.id)
    return parts


def lines(
    parts: Sequence[Part],
    respond: Respond,
    pool: ThreadPoolExecutor,
    client_left: Callable[[], bool],
    timed: Callable[[], Timing] = Timing,
) -> Iterator[list[Line]]:
    """Yield the lines of the parts as they are done.

    Hits and short answers are made here, one after the other; the others run in the pool, SIDE_BY_SIDE at once. When
    the client leaves (`client_left`, or this generator is closed), parts that have not begun are cancelled. After
    LONGEST they are cancelled too, and every unfinished part gets a 503; parts that run go on and fill the cache.
    """
    began = perf_counter_ns()
    done: SimpleQueue[Line] = SimpleQueue()
    left = {part.id: part for part in parts}
    waiting: deque[Part] = deque()
    running: list[Future[None]] = []

    def run(part: Part) -> None:
        done.put(_answered(part, respond, began, timed(), only_short=False))

    def start(part: Part) -> None:
        running.append(pool.submit(run, part))

    try:
        ready: list[Line] = []
        last = _since(began)
        for part in parts:
            try:
                ready.append(_answered(part, respond, began, timed(), only_short=True))
            except NotNow:
                if len(running) < SIDE_BY_SIDE:
                    start(part)
                else:
                    waiting.append(part)
                continue
            del left[part.id]
            if _since(began) - last > TOGETHER:
                yield ready
                ready, last = [], _since(began)
        yield ready
        while left and _since(began) < LONGEST * 1000:
            try:
                finished = done.get(timeout=LOOK_EVERY)
            except Empty:
                if client_left():
                    return
                continue
            if waiting:
                start(waiting.popleft())
            del left[finished[0]]
            yield [finished]
    finally:
        for future in running:
            future.cancel()
    if left:
        yield _too_late(left.values(), began)


async def lines_in_loop(
    asked: Asked, pool: ThreadPoolExecutor, is_local: bool, timed: Callable[[], Timing]
) -> AsyncGenerator[list[Line]]:
    """Do the same in an event loop: no thread waits for a part, and none for a client that reads slowly.

    Parts go on while their lines are read. The share of the threads ends with the last part.
    """
    began = perf_counter_ns()
    loop = asyncio.get_running_loop()
    done: asyncio.Queue[Line] = asyncio.Queue()
    left = {part.id: part for part in asked.parts}
    waiting: deque[Part] = deque()
    running: dict[str, Future[None]] = {}

    def run(part: Part) -> None:
        finished = _answered(part, asked.respond, began, timed(), only_short=False)
        with suppress(RuntimeError):  # the loop has been closed
            loop.call_soon_threadsafe(arrived, finished)

    def start(part: Part) -> None:
        running[part.id] = pool.submit(run, part)

    def arrived(finished: Line) -> None:
        done.put_nowait(finished)
        running.pop(finished[0], None)
        if waiting:
            start(waiting.popleft())
        elif not running:
            asked.leave()

    def queue(part: Part) -> None:
        if len(running) < SIDE_BY_SIDE:
            start(part)
        else:
            waiting.append(part)

    def at_once() -> tuple[list[Line], list[Part]]:
        ready, others = [], []
        for part in asked.parts:
            try:
                ready.append(_answered(part, asked.respond, began, timed(), only_short=True))
            except NotNow:
                others.append(part)
        return ready, others

    try:
        ready: list[Line] = []
        last = _since(began)
        if not is_local:  # a thread looks for hits: the loop may not wait for a store or a database elsewhere
            ready, others = await loop.run_in_executor(pool, at_once)
            for part_id, _ in ready:
                del left[part_id]
            for part in others:
                queue(part)
        for part in asked.parts if is_local else ():
            try:
                ready.append(_answered(part, asked.respond, began, timed(), only_short=True))
            except NotNow:
                queue(part)
                continue
            del left[part.id]
            if _since(began) - last > TOGETHER:
                yield ready
                await asyncio.sleep(0)  # others have their turn
                ready, last = [], _since(began)
        yield ready
        while left:
            if done.empty():
                try:
                    finished = await asyncio.wait_for(done.get(), LONGEST - _since(began) / 1000)
                except TimeoutError:
                    break
            else:
                finished = done.get_nowait()
            del left[finished[0]]
            yield [finished]
    finally:
        waiting.clear()
        for future in running.values():
            future.cancel()
        asked.leave()
    if left:
        yield _too_late(left.values(), began)


def in_order(lines: Iterable[Line], parts: Sequence[Part]) -> bytes:
    """Return all lines as one JSON object, in the order of the parts.

    Some lines are missing when the client has left, but then nobody reads the object.
    """
    by_id = dict(lines)
    return b'{"responses":[' + b",".join(by_id[part.id].rstrip() for part in parts if part.id in by_id) + b"]}"


def _too_late(parts: Iterable[Part], began: int) -> list[Line]:
    late = TOO_LATE.answer()
    return [(part.id, line(part.id, late, Timing(), _since(began))) for part in parts]


def line(part_id: str, answer: Answer, timing: Timing, start: float) -> bytes:
    """Return one line: the answer's ready bytes, spliced in without decoding them. `start` is in milliseconds."""
    headers = {_TOLD[name]: value for name, value in answer.headers if name in _TOLD}
    told = {"id": part_id, "status": answer.status, "headers": headers}
    told["timing"] = {"start": round(start, 3), **timing.as_dict()}
    return b"".join((json_bytes(told)[:-1], b',"body":', answer.body or b"null", b"}\n"))


def through(application: WSGI, head: Head, caller: dict[str, Any], timing: Timing) -> Answer:
    """Answer a part by the WSGI application, with the caller's identity (cookies, Authorization) and address."""
    inherited = {name: value for name, value in caller.items() if name in _INHERITED or name.startswith("wsgi.")}
    conditions = {"HTTP_IF_NONE_MATCH": head.if_none_match, "HTTP_IF_MODIFIED_SINCE": head.if_modified_since}
    environ = {
        **inherited,
        **{name: value for name, value in conditions.items() if value},
        "REQUEST_METHOD": "GET",
        "PATH_INFO": head.path.encode().decode("latin-1"),
        "QUERY_STRING": head.query,
        "HTTP_ACCEPT": head.accept or JSON,
        "wsgi.input": BytesIO(),
        TIMING: timing,
    }
    status, headers = 0, []
    written: list[bytes] = []

    def start_response(line: str, given: list[tuple[str, str]], *error: Any) -> Callable[[bytes], None]:
        nonlocal status, headers
        status, headers = int(line[:3]), given
        return written.append

    with as_current(timing):
        pieces = application(environ, start_response)
        try:
            written.extend(pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close:
                close()
    if not status:
        raise RuntimeError("The application did not call start_response().")
    named = [(_CANONICAL.get(name.lower(), name), value) for name, value in headers]
    return Answer(status, named, _as_json(named, b"".join(written)))


_INHERITED = {
    *("SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "REMOTE_ADDR", "REMOTE_PORT"),
    *("HTTP_HOST", "HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_ACCEPT_LANGUAGE", "HTTP_FORWARDED"),
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PREFIX"),
}
_CANONICAL = {name.lower(): name for name in _OF_CACHES}


def _answered(part: Part, respond: Respond, began: int, timing: Timing, only_short: bool) -> Line:
    start = _since(began)
    answer = respond(part.head, timing, only_short)
    return part.id, line(part.id, answer, timing, start)


def _as_json(headers: list[tuple[str, str]], body: bytes) -> bytes:
    """Return a body as JSON on one line: JSON as it is, text as a string, all else as base64 (as Microsoft Graph).

    A body that only claims to be JSON becomes a string: as it is, it would break the lines of other parts.
    """
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    media_type, options = parse_options_header(kind)
    if not body:
        return b""
    is_json = media_type == JSON or media_type.endswith("+json")
    if is_json:
        with suppress(ValueError, RecursionError):
            json.loads(body.decode(), parse_constant=_no_constant)
            return body.strip().replace(b"\n", b" ").replace(b"\r", b" ")
    if is_json or media_type.startswith("text/"):
        return json.dumps(body.decode(options.get("charset", "utf-8"), "replace")).encode()
    return json.dumps(b64encode(body).decode()).encode()


def _requests(body: bytes) -> list[Any]:
    try:
        given = json.loads(body.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
        json.dumps(given, ensure_ascii=False).encode()  # a lone surrogate is no text
    except (ValueError, RecursionError) as error:
        said = error.args[0] if isinstance(error, _DuplicateKeyError) else "expected JSON (RFC 8259) in UTF-8"
        raise Problem(400, f"The batch cannot be read: {said}.") from None
    if not isinstance(given, dict) or given.keys() != {"requests"} or not isinstance(given["requests"], list):
        raise Problem(400, 'Expected {"requests": [...]} and nothing else.')
    return given["requests"]


class _DuplicateKeyError(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a repeated key: two JSON readers could take different values."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _DuplicateKeyError("a key occurs twice in one object")
    return made


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _part(number: int, request: Any, prefix: str, at: str) -> Part:
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
    match = _URL.fullmatch(url) if isinstance(url, str) else None
    path = unquote_to_bytes(match[1]).decode("utf-8", "replace") if match else ""
    if match is None or not path.startswith(prefix) or "//" in path or not {".", ".."}.isdisjoint(path.split("/")):
        raise _fault(
            f"{where}.url", f"expected a URL of this API without a host, such as {prefix.rstrip('/')}/items?limit=5"
        )
    if path == at:
        raise _fault(f"{where}.url", "a batch cannot hold a batch")
    given = _headers(f"{where}.headers", request.get("headers", {}))
    return Part(part_id, Head("GET", path, match[2] or "", **given))


_URL = re.compile(r"(/[!-\"$->@-~]*)(?:\?([!-\"$-~]*))?")  # a path, and a query; no fragment


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
    return Problem.of_parameters(Fault(where, detail, allowed))
