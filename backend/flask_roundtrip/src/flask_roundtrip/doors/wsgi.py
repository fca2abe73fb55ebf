"""The WSGI door (PEP 3333): answers the extension's GETs before Flask is entered, and passes on everything else.

Hooks of Flask (before_request, after_request) do not run for these answers. Flask always answers a route whose
`through_flask` is true.
"""

import logging
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException

from ..timing import TIMING, Timing
from ..wire import FAILED, RETRY_SOON, Answer, Head, Headers, Problem

if TYPE_CHECKING:
    from ..respond import Responder, Route

log = logging.getLogger(__name__)
WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Identify = Callable[[dict[str, Any]], str | None]  # from a request's environment to its user

# Keys of a WSGI environment, by which the door and the layers around it pass values. TIMING is another such key.
ROUTE = "roundtrip.route"  # the rule of the route that answers
PARTS = "roundtrip.parts"  # of each part of a batch that is done: status, milliseconds and Timing
CLIENT = "REMOTE_ADDR"
SEEN_LATELY = 10.0  # seconds after its last request for which a client keeps its share of the threads


class Door:
    """The extension's GETs in front of a WSGI application."""

    def __init__(
        self,
        application: WSGI,
        prefix: str,
        responder: "Callable[[], Responder]",
        threads: "Threads | None" = None,
        identify: Identify | None = None,
    ) -> None:
        self._application = application
        self._prefix = prefix
        self._get_responder = responder
        self._threads = threads or Threads(0)
        self._identify = identify

    @cached_property
    def _responder(self) -> "Responder":
        """The responder, made at the first request, when all routes are registered."""
        return self._get_responder()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a GET of the extension; pass on everything else."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not environ["PATH_INFO"].startswith(self._prefix):
            return self._application(environ, start_response)
        outer = environ.get(TIMING)
        timing = environ[TIMING] = outer or Timing()
        responder = self._responder
        try:
            answer = self._answer(responder, environ, timing)
        except Exception:
            answer = failed(environ, timing)
        if answer is None:
            if outer is None:
                del environ[TIMING]
            return self._application(environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD":
            answer = answer._replace(body=b"")  # of an error too
        return send(answer, start_response, timing)

    def _answer(self, responder: "Responder", environ: dict[str, Any], timing: Timing) -> Answer | None:
        """Return the answer, or None where the application has to give it."""
        head = head_of(environ, self._identify)
        answer = responder.hit(head, timing)
        if answer is not None:
            return answer
        try:
            found = responder.find(head)
        except HTTPException:
            return None
        if found is None or found[0].through_flask:
            return None
        return built(responder, self._threads, found, head, timing)


class Threads:
    """The server's threads that are busy with more than a hit, counted by client.

    While there are other clients, one client holds at most half of the threads, and a quarter with batches, which take
    long. All batches together hold at most three quarters, so that a hit always finds a thread; a client that is alone
    leaves one of these to the next client.
    `threads` is the number of threads in this process; 0: there is no limit.
    """

    def __init__(self, threads: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._quarter = max(1, threads // 4) if threads else sys.maxsize // 4
        self._clock = clock
        self._lock = threading.Lock()
        self._held: Counter[str] = Counter()
        self._batches: Counter[str] = Counter()
        self._latest = ("", 0.0)  # the client that came last, and when
        self._before = ("", 0.0)  # the other client that came last before it
        self.changed: Callable[[int], object] = lambda more: None  # gets 1 and -1 as threads become busy and free

    def enter(self, client: str, batch: bool = False) -> bool:
        """Count one more thread of the client. Return false if that exceeds its share."""
        with self._lock:
            now = self._clock()
            if client != self._latest[0]:
                self._before = self._latest
            self._latest = (client, now)
            has_others = self._before[0] != "" and now - self._before[1] < SEEN_LATELY
            if has_others and self._held[client] >= 2 * self._quarter:
                return False
            most = self._quarter if has_others else max(1, 3 * self._quarter - 1)
            if batch and (self._batches[client] >= most or self._batches.total() >= 3 * self._quarter):
                return False
            self._held[client] += 1
            self._batches[client] += batch
        self.changed(1)
        return True

    def leave(self, client: str, batch: bool = False) -> None:
        """Count one thread less of the client."""
        with self._lock:
            self._batches[client] -= batch
            self._held[client] -= 1
            if not self._held[client]:
                del self._held[client], self._batches[client]
        self.changed(-1)


def built(
    responder: "Responder", threads: Threads, found: "tuple[Route, Mapping[str, Any]]", head: Head, timing: Timing
) -> Answer:
    """Answer what is no hit in this thread, where it is the client's share of the threads."""
    if not threads.enter(head.client):
        return BUSY.answer()
    try:
        return responder.answer_route(*found, head, timing)
    finally:
        threads.leave(head.client)


BUSY = Problem(503, "The server is busy with your other requests. Try again in a moment.", headers=[RETRY_SOON])


def head_of(environ: dict[str, Any], identify: Identify | None = None) -> Head:
    """Read a request's head from its WSGI environment."""
    get = environ.get
    path = environ["PATH_INFO"]
    return Head(
        environ["REQUEST_METHOD"],
        path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace"),
        get("QUERY_STRING", ""),
        get("HTTP_ACCEPT", ""),
        get("HTTP_ACCEPT_ENCODING", ""),
        get("HTTP_IF_NONE_MATCH", ""),
        get("HTTP_IF_MODIFIED_SINCE", ""),
        (identify(environ) or "") if identify else "",
        get(CLIENT, ""),
        get("HTTP_IF_MATCH", ""),
        get("HTTP_IF_UNMODIFIED_SINCE", ""),
    )


def failed(environ: dict[str, Any], timing: Timing) -> Answer:
    """Log the error at hand and answer with 500: `identify` or the cache's store failed, before any route was asked."""
    log.exception("%s %s failed (rid %s)", environ["REQUEST_METHOD"], environ["PATH_INFO"], timing.rid)
    return FAILED.answer()


def status_line(status: int) -> str:
    """Return the status line's end, such as `200 OK`."""
    return f"{status} {_PHRASES.get(status, '')}"


def send(answer: Answer, start_response: Callable[..., Any], timing: Timing | None = None) -> Iterable[bytes]:
    """Send an answer to a single request."""
    told: Headers = [("Server-Timing", (timing or Timing()).header())]
    start_response(status_line(answer.status), [*answer.headers, *told])
    return (answer.body,)


_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def client_left(environ: dict[str, Any]) -> Callable[[], bool]:
    """Return a function that tells whether the client has closed its side of the connection.

    gunicorn gives the socket to the application; under another server the function always returns false.
    """
    connection: socket.socket | None = environ.get("gunicorn.socket")

    def left() -> bool:
        if connection is None:
            return False
        try:
            return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:  # the client is connected and sends nothing
            return False
        except OSError:
            return True

    return left
