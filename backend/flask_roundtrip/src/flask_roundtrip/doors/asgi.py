"""The ASGI door (ASGI 3.0): answers the extension's GETs and batches in an event loop, everything else by WSGI.

    asgi = rt.asgi(app)     # for gunicorn's asgi worker, uvicorn, granian, hypercorn

The loop itself answers a hit, and an answer that was lately short (respond.py). Any other GET of the extension runs in
a worker thread, without Flask. All other requests go to the WSGI application in other threads. No thread waits for a
client: a thread is taken after the body has arrived, and it is released between two pieces of an answer.

The adapter for WSGI is written here, because asgiref's WsgiToAsgi does not close the application's iterable and runs
all requests of a loop in one thread, and a2wsgi holds a thread while a body arrives.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager, suppress
from contextvars import Context, copy_context
from functools import cached_property, lru_cache, partial
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import IO, TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote_to_bytes
from wsgiref.util import FileWrapper

from werkzeug.exceptions import HTTPException

from ..timing import TIMING, Timing
from ..wire import Answer, Head, Headers, NotNow, Problem
from .layers import ENTERED, Layer, Visit
from .wsgi import CLIENT, WSGI, Identify, Threads, built, failed, head_of

if TYPE_CHECKING:
    from ..batch import Batch
    from ..respond import Responder, Route

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

THREADS = 16  # if the server's number of threads is not known
IN_MEMORY = 256 * 1024  # bytes of a body; a longer one is in a temporary file
MOST_READ = 16  # times the longest body: this much is read before the refusal
PIECE = 64 * 1024  # bytes of a file that are read at once


_CLIENT_LEFT = 499  # nginx's status for a client that left; no client sees it
T = TypeVar("T")


class ClientLeftError(Exception):
    """The client has closed its connection."""


class AsgiDoor:
    """The extension's GETs and batches, in front of a WSGI application, as an ASGI application."""

    def __init__(
        self,
        application: WSGI,
        prefix: str,
        responder: "Callable[[], Responder]",
        batch: "Batch | None" = None,
        threads: Threads | None = None,
        workers: int = THREADS,
        identify: Identify | None = None,
        layers: Sequence[Layer] = (),
        longest_body: int | None = None,
    ) -> None:
        self._application = application
        self._prefix = prefix
        self._get_responder = responder
        self._batch = batch
        self._threads = threads or Threads(0)
        self._workers = ThreadPoolExecutor(workers, "answer")
        self._flask = ThreadPoolExecutor(workers, "flask")
        self._identify = identify
        self._layers = layers
        self._longest_body = sys.maxsize if longest_body is None else longest_body

    @cached_property
    def _responder(self) -> "Responder":
        """The responder, made at the first request, when all routes are registered."""
        return self._get_responder()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a WebSocket is refused."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            await self._answer(environ_of(scope), receive, send)

    async def _answer(self, environ: dict[str, Any], receive: Receive, send: Send) -> None:
        visit = Visit(self._layers, environ)
        try:
            answer = visit.refused
            if answer is None and self._is_ours(environ):
                timing = environ.get(TIMING) or Timing()
                try:
                    answer = await self._own(environ, timing)
                except Exception:
                    answer = failed(environ, timing)
                if answer is not None and environ["REQUEST_METHOD"] == "HEAD":
                    answer = answer._replace(body=b"")  # of an error too
            if answer is not None:
                await _tell(answer, environ.get(TIMING), visit, send)
            elif self._batch is not None and environ["PATH_INFO"] == self._batch.at:
                await self._answer_batch(self._batch, environ, visit, receive, send)
            else:
                environ[ENTERED] = True
                await self._pass_on(environ, visit, receive, send)
        except ClientLeftError:
            visit.leave(_CLIENT_LEFT)
        finally:
            visit.leave(500)  # where none has been told: an error, or the end of the server
            visit.end()

    def _is_ours(self, environ: dict[str, Any]) -> bool:
        path: str = environ["PATH_INFO"]
        return environ["REQUEST_METHOD"] in ("GET", "HEAD") and path.startswith(self._prefix)

    async def _own(self, environ: dict[str, Any], timing: Timing) -> Answer | None:
        """Answer a GET of the extension; return None for a request of Flask."""
        outer = environ.get(TIMING)
        environ[TIMING] = timing
        responder = self._responder
        head = head_of(environ, self._identify)
        answer = responder.hit(head, timing) if responder.is_local else None
        if answer is not None:
            return answer
        try:
            found = responder.find(head)
        except HTTPException:
            found = None
        if found is None or found[0].through_flask:
            if outer is None:
                del environ[TIMING]
            return None
        if responder.is_local:
            with suppress(NotNow):
                answer = responder.answer_route(*found, head, timing, only_short=True)
        if answer is None:
            answer = await _in_thread(self._workers, copy_context(), self._built, responder, found, head, timing)
        return answer

    def _built(
        self, responder: "Responder", found: "tuple[Route, Mapping[str, Any]]", head: Head, timing: Timing
    ) -> Answer:
        answer = None if responder.is_local else responder.hit(head, timing)
        return answer or built(responder, self._threads, found, head, timing)

    async def _answer_batch(
        self, batch: "Batch", environ: dict[str, Any], visit: Visit, receive: Receive, send: Send
    ) -> None:
        timing = environ.get(TIMING) or Timing()
        try:
            if options := batch.check(environ):
                await _tell(options, timing, visit, send)
                return
            asked = batch.asked(environ, await _read(receive, batch.longest))
        except Problem as problem:
            await _tell(problem.answer(), timing, visit, send)
            return
        try:
            await send(_start(200, [*asked.headers, ("Server-Timing", timing.header()), *visit.headers()]))
            pieces = batch.pieces(asked, self._responder.is_local, timing)
            async with _while_there(receive), aclosing(pieces):
                async for piece in pieces:
                    await send(_piece(piece, more=True))
            visit.leave(200)
            await send(_piece(b""))
        finally:
            asked.leave()

    async def _pass_on(self, environ: dict[str, Any], visit: Visit, receive: Receive, send: Send) -> None:
        """Let the WSGI application answer."""
        body = environ["wsgi.input"] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # the call closes it
        call, context = Call(self._application, environ), copy_context()
        try:
            length = await _read_into(body, receive, self._longest_body)
            if "CONTENT_LENGTH" in environ:
                environ["CONTENT_LENGTH"] = str(length)
            piece = await _in_thread(self._flask, context, call.begin)
            visit.leave(call.status)
            await send(_start(call.status, [*call.headers, *visit.headers()]))
            async with _while_there(receive):
                while piece:
                    await send(_piece(piece, more=True))
                    piece = await _in_thread(self._flask, context, call.next)
            await send(_piece(b""))
        except Problem as problem:
            await _tell(problem.answer(), None, visit, send)
        finally:
            if not call.closed:
                self._flask.submit(context.copy().run, call.close)


class Call:
    """One call of a WSGI application, a step at a time: each step may run in another thread."""

    def __init__(self, application: WSGI, environ: dict[str, Any]) -> None:
        self._application = application
        self._environ = environ
        self._pieces: Iterable[bytes] = ()
        self._left: Iterator[bytes] = iter(())
        self._written: list[bytes] = []
        self._step = Lock()  # a step goes on when its request is cancelled, and close() waits for it
        self._started = False
        self.closed = False
        self.status = 500
        self.headers: Headers = []

    def begin(self) -> bytes:
        """Call the application; return the first piece, as next() does. Then status and headers are there."""
        with self._step:
            self._pieces = self._application(self._environ, self._start_response)
            self._left = iter(self._pieces)
        piece = self.next()
        if not self._started:
            raise RuntimeError("The WSGI application has not called start_response().")
        return piece

    def next(self) -> bytes:
        """Return the next piece; an empty one after the last, when the iterable has been closed."""
        with self._step:
            for piece in self._left:
                self._written.append(piece)
                if piece:
                    break
            made, self._written = b"".join(self._written), []
        if not made:
            self.close()
        return made

    def close(self) -> None:
        """Close the iterable (PEP 3333) and the body, once."""
        with self._step:
            if not self.closed:
                self.closed = True
                self._environ["wsgi.input"].close()
                if hasattr(self._pieces, "close"):
                    self._pieces.close()

    def _start_response(self, line: str, headers: Headers, error: Any = None) -> Callable[[bytes], None]:
        if self._started and error is None:
            raise RuntimeError("start_response() was called a second time.")
        self._started = True
        self.status, self.headers = int(line[:3]), headers
        return self._written.append


def environ_of(scope: Scope) -> dict[str, Any]:
    """Return the WSGI environment (PEP 3333) of a request, without its body.

    A name with an underscore is left out: in an environment X_Forwarded_For and X-Forwarded-For are the same.
    """
    root = scope.get("root_path", "")
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root.encode().decode("latin-1"),
        "PATH_INFO": _path(scope, root),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        CLIENT: client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": _wrapped,
    }
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        key, text = _key(name), value.decode("latin-1")
        if key in environ:
            text = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}"
        environ[key] = text
    return environ


def _path(scope: Scope, root: str) -> str:
    path: str = scope["path"]
    if not path.isascii() and scope.get("raw_path"):  # it may be no UTF-8; then the text has lost its bytes
        path, root = unquote_to_bytes(scope["raw_path"]).decode("latin-1"), root.encode().decode("latin-1")
    elif not path.isascii():
        path, root = path.encode().decode("latin-1"), root.encode().decode("latin-1")
    if path.startswith(("http://", "https://")):  # the absolute form (RFC 9112, section 3.2.2)
        path = "/" + path.split("/", 3)[3] if path.count("/") > 2 else "/"
    return path.removeprefix(root)


@lru_cache(maxsize=256)
def _key(name: bytes) -> str:
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def _wrapped(file: Any, size: int = 0) -> FileWrapper:
    return FileWrapper(file, PIECE)


async def _live(receive: Receive, send: Send) -> None:
    """Answer the lifespan protocol, without any work at the start or the end."""
    for event in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{event}.complete"})


async def _tell(answer: Answer, timing: Timing | None, visit: Visit, send: Send) -> None:
    visit.leave(answer.status)
    told = [("Server-Timing", (timing or Timing()).header()), *visit.headers()]
    await send(_start(answer.status, [*answer.headers, *told]))
    await send(_piece(answer.body))


def _start(status: int, headers: Headers) -> Message:
    encoded = [(_encoded(name), value.encode("latin-1")) for name, value in headers]
    return {"type": "http.response.start", "status": status, "headers": encoded}


def _piece(body: bytes, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


@lru_cache(maxsize=256)
def _encoded(name: str) -> bytes:
    return name.lower().encode("latin-1")


async def _in_thread(threads: ThreadPoolExecutor, context: Context, call: Callable[..., T], *arguments: Any) -> T:
    """Run a function in a thread; it does not run if the request is cancelled before a thread is free."""
    return await asyncio.get_running_loop().run_in_executor(threads, partial(context.run, call, *arguments))


async def _received(receive: Receive) -> AsyncIterator[bytes]:
    """Yield the pieces of the body. Raises ClientLeftError."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        more = message.get("more_body", False)
        yield message.get("body", b"")


async def _read(receive: Receive, longest: int) -> bytes:
    """Return the body; of a longer body, one byte more than the limit.

    The rest is read too, within reason: a client that still sends when the connection is closed sees no answer.
    """
    kept, length = b"", 0
    async for piece in _received(receive):
        kept = (kept + piece)[: longest + 1]
        length += len(piece)
        if length > MOST_READ * longest:
            break
    return kept


async def _read_into(body: IO[bytes], receive: Receive, longest: int) -> int:
    """Write the body to a file, and return its length. Raises Problem (413)."""
    length = 0
    async for piece in _received(receive):
        length += len(piece)
        if length <= longest:
            body.write(piece)
        elif length > MOST_READ * longest:
            break
    if length > longest:
        raise Problem(413, f"The body is longer than {longest} bytes.")
    body.seek(0)
    return length


@asynccontextmanager
async def _while_there(receive: Receive) -> AsyncIterator[None]:
    """Raise ClientLeftError out of the block when the client leaves; its body has been read."""
    limit = asyncio.timeout(None)

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        limit.reschedule(0)

    try:
        async with limit:
            watcher = asyncio.create_task(watch())
            try:
                yield
            finally:
                watcher.cancel()
    except TimeoutError:
        if limit.expired():
            raise ClientLeftError from None
        raise
