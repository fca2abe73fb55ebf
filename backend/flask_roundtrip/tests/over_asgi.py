"""An ASGI application as a WSGI one, for test clients that speak WSGI: each request runs in one event loop.

A request arrives in pieces, an answer is read as it comes, and a client that closes the answer has left.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any
from urllib.parse import quote

from werkzeug.wsgi import ClosingIterator, get_input_stream


class OverAsgi:
    """Answers WSGI requests by an ASGI application."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self._application = application
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="event loop", daemon=True)
        self._thread.start()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        exchange = Exchange(get_input_stream(environ).read())
        run = self._application(scope_of(environ), exchange.receive, exchange.send)
        exchange.task = asyncio.run_coroutine_threadsafe(run, self._loop)
        exchange.task.add_done_callback(lambda _: exchange.sent.put(None))
        start = exchange.next()
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
        assert all(name == name.lower() for name, _ in headers)
        start_response(f"{start['status']} X", [(_as_written(name), value) for name, value in headers])
        return ClosingIterator(self._pieces(exchange), lambda: self._leave(exchange))

    def _pieces(self, exchange: "Exchange") -> Iterator[bytes]:
        more = True
        while more:
            message = exchange.next()
            more = message.get("more_body", False)
            if message["body"]:
                yield message["body"]
        assert exchange.sent.get(timeout=60) is None  # nothing after the end
        exchange.task.result()

    def _leave(self, exchange: "Exchange") -> None:
        self._loop.call_soon_threadsafe(exchange.left.set)
        exchange.task.exception(60)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()


async def _cancel_all() -> None:
    """End the requests whose answers nobody has read to the end, as a server does that is told to stop."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class Exchange:
    """The messages that one request receives and sends."""

    def __init__(self, body: bytes) -> None:
        half = len(body) // 2
        self._body = [body[:half], body[half:]]
        self.task: Future[None] = Future()
        self.sent: SimpleQueue[dict[str, Any] | None] = SimpleQueue()  # None when the application has returned
        self.left = asyncio.Event()

    def next(self) -> dict[str, Any]:
        """Return the next message that is sent; raise the application's error."""
        message = self.sent.get(timeout=60)
        if message is None:
            self.task.result()
            raise AssertionError("The application has returned in the middle of its answer.")
        return message

    async def receive(self) -> dict[str, Any]:
        if self._body:
            piece = self._body.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self._body)}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.put(message)


def scope_of(environ: dict[str, Any]) -> dict[str, Any]:
    """Return the scope that a server would make of the request."""
    path = environ["PATH_INFO"].encode("latin-1")
    named = [(name[5:], value) for name, value in environ.items() if name.startswith("HTTP_")]
    named += [(name, environ[name]) for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(name)]
    mount = environ.get("SCRIPT_NAME", "").encode("latin-1")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": environ["REQUEST_METHOD"],
        "scheme": environ["wsgi.url_scheme"],
        "path": (mount + path).decode("utf-8", "replace"),
        "raw_path": quote(mount + path).encode(),
        "query_string": environ.get("QUERY_STRING", "").encode("latin-1"),
        "root_path": mount.decode(),
        "headers": [(name.lower().replace("_", "-").encode(), value.encode("latin-1")) for name, value in named],
        "server": (environ["SERVER_NAME"], int(environ["SERVER_PORT"])),
        "client": (environ.get("REMOTE_ADDR", ""), 1),
    }


def _as_written(name: str) -> str:
    """Return the name as headers are mostly written: tests compare what both doors answer."""
    return _WRITTEN.get(name, "-".join(word.capitalize() for word in name.split("-")))


_WRITTEN = {"etag": "ETag", "ratelimit": "RateLimit", "ratelimit-policy": "RateLimit-Policy"}
