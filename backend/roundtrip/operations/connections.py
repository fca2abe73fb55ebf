"""How gunicorn's threaded worker treats connections, where it has no setting for it.

Four threads answer everybody. A thread is given to a connection that has sent something, never to a silent one
(browsers open connections ahead), and to no request for longer than LONGEST_REQUEST. At the limit of open files new
connections wait in the system's queue.
"""

import errno
import resource
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from gunicorn import util
from gunicorn.workers.gthread import TConn, ThreadWorker

LONGEST_REQUEST = 20.0  # seconds from a request's first byte to its last; ours have at most 64 KiB
LONGEST_SILENCE = 10  # seconds; so long the kernel keeps a connection to itself that has sent nothing
MOST_CONNECTIONS = 10_000  # of one process
OTHER_FILES = 200  # that a process has open beside its connections: the database's, the logs, Python's own
LONGEST_GOODBYE = 0.5  # seconds for a client to close its side after us; gunicorn's own are 2
_PAUSE = 0.05  # seconds until the next try, where no file could be opened
_goodbyes = ThreadPoolExecutor(4, "goodbye")


def raise_file_limit() -> int:
    """Have as many files open as the system lets us, not as few as a shell does; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # such as an "infinite" one that the kernel does not mean
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_CONNECTIONS + OTHER_FILES if soft == resource.RLIM_INFINITY else soft


def connections_within(files: int, threads: int) -> int:
    """Return how many connections a process may have at once when it may have so many files open."""
    return max(threads + 1, min(MOST_CONNECTIONS, files - OTHER_FILES))


def defer_accept(listener: socket.socket) -> None:
    """Be told of a new connection when it has sent something; where the system knows how to (Linux)."""
    if hasattr(socket, "TCP_DEFER_ACCEPT") and listener.family != socket.AF_UNIX:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, LONGEST_SILENCE)


class Connection(TConn):  # type: ignore[misc]  # gunicorn ships no types
    """A connection whose request must have arrived in time."""

    ends = 0.0  # when, by the monotonic clock

    def __init__(self, worker: "Worker", client: socket.socket, address: object, server: object) -> None:
        super().__init__(worker.cfg, client, address, server)
        self._worker = worker

    def init(self) -> None:
        """Begin to read: each piece, of a head or a body, is received through here."""
        is_new = not self.initialized
        super().init()
        if is_new:
            self._receive = self.parser.unreader.chunk
            self.parser.unreader.chunk = self._chunk

    def wait_for_data(self, timeout: float) -> bool:
        """Look whether it has sent something; a silent one waits beside the threads, in the poller."""
        return bool(super().wait_for_data(0))

    def close(self, graceful: bool = False) -> None:
        """Close it; where that takes a goodbye, not in the thread that accepts everybody's requests.

        Until then it has a file open, and counts.
        """
        if not graceful:
            super().close()
            return
        self._worker.nr_conns += 1
        self.sock.setblocking(True)
        goodbye = _goodbyes.submit(util.close_graceful, self.sock, timeout=LONGEST_GOODBYE)
        goodbye.add_done_callback(lambda _: self._worker.method_queue.defer(self._worker.count_one_less))

    def _chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next piece; none, as if the client had closed its side, when its time is over or it stalls."""
        if time.monotonic() > self.ends:
            return b""
        try:
            return bytes(self._receive(size_hint))
        except BlockingIOError:  # the socket's own limit: see when_ready() in gunicorn.conf.py
            return b""


class Worker(ThreadWorker):  # type: ignore[misc]  # the same
    """Gunicorn's threaded worker, with these connections."""

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection; where no file can be opened, leave it in the queue."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                time.sleep(_PAUSE)
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
        """Answer one request, whose time begins now."""
        conn.ends = time.monotonic() + LONGEST_REQUEST
        return super().handle(conn)
