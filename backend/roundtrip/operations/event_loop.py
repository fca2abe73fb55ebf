"""How gunicorn's `asgi` worker treats connections, where it has no setting for it (ROUNDTRIP_SERVER=asgi).

An event loop holds all connections; no thread waits for one. Yet each is memory and an open file. So the limits are
those of the threaded worker (connections.py): on silence, on the time of a request, on a client that does not read,
on connections and on open files.

In gunicorn 27 the worker itself has none of these: it never closes a connection that has sent nothing, or no whole
request; waits for ever for a client that does not read; counts connections, and accepts them past worker_connections;
and resets a connection on which the client still sends when it is told an error. When it is told to stop, idle
connections hold it until graceful_timeout.
"""

import asyncio
import errno
import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from gunicorn.asgi import parser, protocol
from gunicorn.http.errors import UnsupportedTransferCoding
from gunicorn.workers.gasgi import ASGIWorker
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER

from ..extensions import rt
from . import connections

LONGEST_STALL = 10.0  # seconds in which a client that is sent an answer must read some of it
MOST_AT_ONCE = 16  # connections that are accepted before the loop goes on
protocol._CACHED_SERVER_HEADER = b"Server: roundtrip\r\n"  # what software answers is nobody's business; no setting


class Connection(protocol.ASGIProtocol):  # type: ignore[misc]  # gunicorn ships no types
    """A connection that must say something, whose request must arrive in time, and whose answer must be read."""

    def __init__(self, worker: "Worker") -> None:
        super().__init__(worker)
        self._late: asyncio.TimerHandle | None = None  # ends a request that has begun to arrive
        self._stalled: asyncio.TimerHandle | None = None  # looks whether the client reads
        self._says_goodbye = False

    def connection_made(self, transport: Any) -> None:
        """Wait for the first request as long as for the next."""
        super().connection_made(transport)
        self.worker.open.add(self)
        self._arm_keepalive_timer()

    def data_received(self, data: bytes) -> None:
        """Read a piece; begin the time of a request, or end it."""
        if self._says_goodbye:
            return
        super().data_received(data)
        received = self._body_receiver
        if received is not None and received._complete:
            self._cancel(late=True)
        elif self._late is None and not self._closed:
            self._late = self.worker.loop.call_later(connections.LONGEST_REQUEST, self._keepalive_timeout)

    def eof_received(self) -> None:
        """Refuse a body that ends before its end. (A client that closes its side has left, as at the other door.)"""
        if self._current_request is not None and self._body_receiver and not self._body_receiver._complete:
            self._send_error_response(400, "The body is shorter than it was said to be.")
            self._closed = True

    def connection_lost(self, error: Exception | None) -> None:
        """Let another one in."""
        super().connection_lost(error)
        self._cancel(late=True, stalled=True)
        self.worker.open.discard(self)
        self.worker.accept_again()

    def pause_writing(self) -> None:
        """Look after a while whether the client reads."""
        super().pause_writing()
        self._look_whether_it_reads()

    def end_if_idle(self) -> None:
        """Close it where no request is under way."""
        if self._awaiting_request and not self._closed:
            self._keepalive_timeout()

    def _look_whether_it_reads(self, before: int | None = None) -> None:
        self._cancel(stalled=True)
        unread = self.transport.get_write_buffer_size()
        if before is not None and unread >= before:
            self.transport.abort()
        elif unread:
            self._stalled = self.worker.loop.call_later(LONGEST_STALL, self._look_whether_it_reads, unread)

    def _cancel(self, late: bool = False, stalled: bool = False) -> None:
        if late and self._late is not None:
            self._late.cancel()
            self._late = None
        if stalled and self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _close_transport(self) -> None:
        """Send what is left, and let the client close first: to close on one that still sends is to reset it."""
        if self._closed or not self.transport:
            return
        self._closed = self._says_goodbye = True
        self._cancel(late=True)
        if self.transport.is_closing():
            return
        with suppress(OSError):  # it has gone
            self.transport.write_eof()
        self._resume_reading()
        self._look_whether_it_reads()
        self.worker.loop.call_later(connections.LONGEST_GOODBYE, self.transport.close)

    def _will_close(self, request: Any, response_requires_close: bool) -> bool:
        """Tell whether the connection ends with this request; so it does where others may soon wait for a place."""
        if self.worker.stopping or self.worker.nr_conns > self.worker.worker_connections - self.cfg.threads:
            return True
        options = _values(request.headers_bytes, b"connection") if request._connection is not None else []
        return connections.closes(options) or bool(super()._will_close(request, response_requires_close))

    def _on_headers_complete(self) -> Any:
        """Look at the head; a later HTTP/1.x is answered as HTTP/1.1 (RFC 9110, section 2.5)."""
        head = self._callback_parser
        head.http_version = min(head.http_version, (1, 1))
        hosts, codings = _values(head.headers, b"host"), _values(head.headers, b"transfer-encoding")
        try:
            connections.refuse_what_two_could_read_differently(head.http_version, hosts, codings)
        except UnsupportedTransferCoding as error:  # the asgi worker has one of its own
            raise parser.UnsupportedTransferCoding(str(error)) from None
        return super()._on_headers_complete()

    def _send_error_response(self, status: int, message: str, extra_headers: Any = ()) -> None:
        """Tell an error that the server finds as a problem."""
        self._safe_write(connections.problem_on_the_wire(status, message, extra_headers))


def _values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    return [value.decode("latin-1") for given, value in headers if given == name]


class Loop(asyncio.SelectorEventLoop):
    """An event loop that accepts no more connections than the worker may have."""

    worker: "Worker"

    async def create_server(self, *_: Any, sock: Any = None, **__: Any) -> "Listening":  # type: ignore[override]
        """Listen on the worker's socket."""
        return Listening(self.worker, sock)


class Listening:
    """Accepts connections, where there is room for one."""

    def __init__(self, worker: "Worker", listener: socket.socket) -> None:
        self._worker = worker
        self._listener = listener
        self._is_open = True
        listener.setblocking(False)
        self.resume()

    def resume(self) -> None:
        """Accept again."""
        if self._is_open:
            self._worker.loop.add_reader(self._listener, self._accept)

    def close(self) -> None:
        """Accept no more."""
        if not self._is_open:
            return
        self._is_open = False
        self._worker.loop.remove_reader(self._listener)
        self._listener.close()

    async def wait_closed(self) -> None:
        """Return: it is closed at once."""

    def _accept(self) -> None:
        loop = self._worker.loop
        for _ in range(MOST_AT_ONCE):
            if self._worker.nr_conns + self._worker.opening >= self._worker.worker_connections:
                loop.remove_reader(self._listener)  # until one ends
                self._worker.full = True
                return
            try:
                client, _address = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in (errno.EMFILE, errno.ENFILE):
                    raise
                loop.remove_reader(self._listener)
                loop.call_later(connections.PAUSE, self.resume)
                return
            self._worker.open_connection(client)


class Worker(ASGIWorker):  # type: ignore[misc]  # the same
    """Gunicorn's asgi worker, with these connections; it serves a Flask application by its ASGI door."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.open: set[Connection] = set()
        self.opening = 0
        self.full = False
        self.stopping = False
        self._opening_tasks: set[asyncio.Task[Any]] = set()

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Say nothing of threads: the door has them."""

    def load_wsgi(self) -> None:
        """Load the application."""
        self.wsgi = self.app.wsgi()
        self.asgi = rt.asgi(self.wsgi)

    def open_connection(self, client: socket.socket) -> None:
        """Serve a new connection."""
        client.setblocking(False)
        if client.family != socket.AF_UNIX:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.opening += 1
        task = self.loop.create_task(self.loop.connect_accepted_socket(lambda: Connection(self), client))
        self._opening_tasks.add(task)
        task.add_done_callback(self._opened)

    def accept_again(self) -> None:
        """Accept, where there is room again."""
        if self.full and self.alive:
            self.full = False
            for server in self.servers:
                server.resume()

    def _opened(self, task: "asyncio.Task[Any]") -> None:
        self.opening -= 1
        self._opening_tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:  # it has gone again
            self.accept_again()

    def _setup_event_loop(self) -> None:
        self.loop = Loop()
        self.loop.worker = self
        asyncio.set_event_loop(self.loop)

    def handle_exit_signal(self) -> None:
        """Accept no more, and say `Connection: close` in each answer; stop a moment later.

        A worker that is no longer `alive` closes connections that were told they live, and a request may be on its way.
        """
        if self.stopping:
            return
        self.stopping = True
        for server in self.servers:
            server.close()
        self.loop.call_later(STOP_KEEPALIVE_LINGER, super().handle_exit_signal)

    async def _shutdown(self) -> None:
        for connection in list(self.open):
            connection.end_if_idle()
        await super()._shutdown()
