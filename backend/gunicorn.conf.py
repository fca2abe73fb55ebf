"""How gunicorn serves the application: one process of threads, connections kept alive, on PORT."""

import os
import socket
import struct
import sys
from concurrent.futures import ThreadPoolExecutor

from gunicorn import util
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from roundtrip.errors import PROBLEM_JSON, Problem

HOST = os.environ.get("HOST", "127.0.0.1")
PORT = os.environ.get("PORT", "8000")

wsgi_app = "wsgi:app"
bind = f"{HOST}:{PORT}"
loglevel = "warning"
worker_class = "gthread"
workers = 1  # the default response cache is in this process; more processes need a shared one
threads = int(os.environ.get("THREADS", "4"))
keepalive = 30  # seconds
timeout = 60
graceful_timeout = 10
limit_request_line = 8190
control_socket_disable = True

# No proxy is trusted unless it is named: its headers could change what a request seems to be.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "")
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}


def write_problem(connection: socket.socket, status: int, reason: str, message: str) -> None:
    """Tell an error that gunicorn finds before the application (a request line that is too long, say)."""
    body = Problem(status, message.strip() or f"{reason}.").body
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: {PROBLEM_JSON}\r\n"
        f"Cache-Control: no-store\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(connection, head.encode("latin-1") + body)


util.write_error = write_problem  # gunicorn's own is HTML and has no setting


def when_ready(server: Arbiter) -> None:
    """Give up on a client that stalls for 10 seconds in the middle of a request or an answer: it holds a thread.

    gunicorn has no setting for it. Connections inherit these from the socket that accepts them (socket(7)).
    """
    ten_seconds = struct.pack("ll", 10, 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, ten_seconds)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, ten_seconds)


def on_starting(server: Arbiter) -> None:
    """Say at once that the port is taken; gunicorn itself would try for five seconds."""
    with socket.socket(socket.AF_INET6 if ":" in HOST else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except (OSError, OverflowError, ValueError) as error:
            sys.exit(f"Cannot listen on {bind}: {error}. Choose another port: PORT=8001 make run")


def post_worker_init(worker: Worker) -> None:
    """Say where, once the application is there to answer."""
    print(f"\n  Roundtrip answers at http://{bind}/  (Ctrl-C ends it)\n", flush=True)


_linger = util.close_graceful
_lingering = ThreadPoolExecutor(4, "linger")


def close_aside(connection: socket.socket) -> None:
    """Close a connection without making the others wait for it.

    gunicorn waits up to 2 seconds, in the thread that accepts everybody's requests, for the client to close its side.
    """
    _lingering.submit(_linger, connection, timeout=0.5)


util.close_graceful = close_aside  # there is no setting for this either
