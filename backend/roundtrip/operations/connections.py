"""Limits on connections for which gunicorn's threaded worker has no setting.

THREADS threads (16) answer all clients. A connection gets a thread when it has sent data, never while it is silent
(browsers open connections in advance), and a request must arrive within LONGEST_REQUEST. So 15 clients that send a byte
now and then delay nobody; 16 of them delay all others for that time, each time that they come. The edge (STACK.md)
reads slow requests itself. At the limit of open files new connections wait in the system's queue.
"""

import errno
import re
import resource
import socket
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from flask_roundtrip.wire import Problem
from gunicorn import util
from gunicorn.http import message
from gunicorn.http.errors import InvalidHeader, UnsupportedTransferCoding
from gunicorn.workers.gthread import TConn, ThreadWorker

LONGEST_REQUEST = 20.0  # seconds from a request's first byte to its last; ours have at most 64 KiB
LONGEST_SILENCE = 10  # seconds for which the kernel holds back a connection that has sent nothing
MOST_CONNECTIONS = 10_000  # of one process
OTHER_FILES = 200  # files of a process besides its connections: the database's, the logs, Python's own
LONGEST_GOODBYE = 0.5  # seconds for a client to close its side after us; gunicorn has 2
PAUSE = 0.05  # seconds until the next try after no file could be opened
_goodbyes = ThreadPoolExecutor(4, "goodbye")


def raise_file_limit() -> int:
    """Raise the process's limit of open files to the system's maximum, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # such as "infinite" where the kernel has a limit
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_CONNECTIONS + OTHER_FILES if soft == resource.RLIM_INFINITY else soft


def connections_within(files: int, threads: int) -> int:
    """Return the number of connections for a process that may have this many files open."""
    return max(threads + 1, min(MOST_CONNECTIONS, files - OTHER_FILES))


def defer_accept(listener: socket.socket) -> None:
    """Accept a connection only after it has sent data (TCP_DEFER_ACCEPT, on Linux)."""
    if hasattr(socket, "TCP_DEFER_ACCEPT") and listener.family != socket.AF_UNIX:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, LONGEST_SILENCE)


def problem_on_the_wire(status: int, message: str, headers: Iterable[tuple[str, str]] = ()) -> bytes:
    """Return the whole answer to a request that the server refuses, in front of the application."""
    phrase = HTTPStatus(status).phrase
    answer = Problem(status, message.strip() or f"{phrase}.", headers=headers).answer()
    told = [("Date", formatdate(usegmt=True)), *answer.headers, ("Connection", "close")]
    head = "".join(f"{name}: {value}\r\n" for name, value in told)
    return f"HTTP/1.1 {status} {phrase}\r\n{head}\r\n".encode("latin-1") + answer.body


def refuse_what_two_could_read_differently(version: tuple[int, int], hosts: list[str], codings: list[str]) -> None:
    """Raise gunicorn's error for a request without one valid Host, or in a transfer coding that we do not read.

    Source: RFC 9112, sections 3.2 and 6.1. gunicorn takes any Host, and hands a gzipped body on as it is.
    """
    if len(hosts) != 1 if version >= (1, 1) else len(hosts) > 1:
        raise InvalidHeader("HOST")
    if not all(map(_is_host, hosts)):
        raise InvalidHeader("HOST")
    named = [coding.strip(" \t").lower() for value in codings for coding in value.split(",")]
    if named and (named[-1] != "chunked" or named.count("chunked") > 1):  # two could find its end in two places
        raise InvalidHeader("TRANSFER-ENCODING")
    if named and named != ["chunked"]:
        raise UnsupportedTransferCoding(", ".join(codings))


_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)(?::[0-9]*)?")
_is_host = lru_cache(maxsize=256)(lambda host: _HOST.fullmatch(host) is not None)


def closes(options: Iterable[str]) -> bool:
    """Tell whether `close` is among the connection options (RFC 9110, section 7.6.1)."""
    return any(option.strip(" \t").lower() == "close" for value in options for option in value.split(","))


class Request(message.Request):  # type: ignore[misc]  # gunicorn ships no types
    """A request that is read as the RFCs have it, where gunicorn does not."""

    def set_body_reader(self) -> None:
        """Look at the head, which is there; a later HTTP/1.x is answered as HTTP/1.1 (RFC 9110, section 2.5)."""
        self.version: tuple[int, int] = min(self.version, (1, 1))
        hosts = [value for name, value in self.headers if name == "HOST"]
        codings = [value for name, value in self.headers if name == "TRANSFER-ENCODING"]
        refuse_what_two_could_read_differently(self.version, hosts, codings)
        super().set_body_reader()

    def should_close(self) -> bool:
        """Tell whether the connection ends with this request."""
        return closes(value for name, value in self.headers if name == "CONNECTION") or bool(super().should_close())


class Connection(TConn):  # type: ignore[misc]  # gunicorn ships no types
    """A connection whose request must arrive within LONGEST_REQUEST."""

    ends = 0.0  # the deadline, by the monotonic clock

    def __init__(self, worker: "Worker", client: socket.socket, address: object, server: object) -> None:
        super().__init__(worker.cfg, client, address, server)
        self._worker = worker

    def init(self) -> None:
        """Begin to read; every piece of a head or a body comes through _chunk()."""
        is_new = not self.initialized
        super().init()
        if is_new:
            self.parser.mesg_class = Request
            self._receive = self.parser.unreader.chunk
            self.parser.unreader.chunk = self._chunk

    def wait_for_data(self, timeout: float) -> bool:
        """Check whether the connection has sent data; a silent one waits in the poller, without a thread."""
        return bool(super().wait_for_data(0))

    def close(self, graceful: bool = False) -> None:
        """Close the connection; a close that waits for the client runs outside the thread that accepts connections.

        Until it is closed the connection has a file open, and counts.
        """
        if not graceful:
            super().close()
            return
        self._worker.nr_conns += 1
        self.sock.setblocking(True)
        goodbye = _goodbyes.submit(util.close_graceful, self.sock, timeout=LONGEST_GOODBYE)
        goodbye.add_done_callback(lambda _: self._worker.method_queue.defer(self._worker.count_one_less))

    def _chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next piece; after the deadline or a stall an empty one, as if the client had closed its side."""
        if time.monotonic() > self.ends:
            return b""
        try:
            return bytes(self._receive(size_hint))
        except BlockingIOError:  # the socket's own limit: see when_ready() in gunicorn.conf.py
            return b""


class Worker(ThreadWorker):  # type: ignore[misc]  # the same
    """Gunicorn's threaded worker, with these connections."""

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection; leave it in the queue if no file can be opened."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                time.sleep(PAUSE)
            elif error.errno not in (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        client.setblocking(True)
        self.enqueue_req(Connection(self, client, address, listener.getsockname()))

    def count_one_less(self) -> None:
        """Note that a connection has gone."""
        self.nr_conns -= 1

    def handle(self, conn: Connection) -> object:
        """Answer one request; its deadline counts from now."""
        conn.ends = time.monotonic() + LONGEST_REQUEST
        return super().handle(conn)
