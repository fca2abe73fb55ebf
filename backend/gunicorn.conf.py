"""How gunicorn serves the application: WORKERS processes (one) of THREADS threads (16), on PORT."""

import logging
import os
import shutil
import socket
import struct
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from flask_roundtrip.wire import PROBLEM_JSON, Problem
from gunicorn import util
from gunicorn.arbiter import Arbiter
from gunicorn.http import wsgi
from gunicorn.workers.base import Worker

from roundtrip.config import Settings
from roundtrip.operations.profile import refuse_what_is_wrong

settings = Settings.from_environment()
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = os.environ.get("PORT", "8000")

wsgi_app = "wsgi:app"
bind = f"{HOST}:{PORT}"
loglevel = "warning"
worker_class = "gthread"
workers = settings.workers
threads = settings.threads
keepalive = 30  # seconds
timeout = 20  # the worker is killed when it gives no sign of life for so long; see operations/__init__.py
graceful_timeout = 10  # to answer what has been asked, once it is told to stop: longer than any statement may take
limit_request_line = 8190  # bytes, and each header's
limit_request_field_size = 8190
limit_request_fields = 50
control_socket_disable = True

# No proxy is trusted unless it is named: its headers could change what a request seems to be.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "")
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}

COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # where prometheus_client has several processes count together
made_counts: list[str] = []


def write_problem(connection: socket.socket, status: int, reason: str, message: str) -> None:
    """Tell an error that gunicorn finds before the application (a request line that is too long, say)."""
    body = Problem(status, message.strip() or f"{reason}.").body
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: {PROBLEM_JSON}\r\n"
        f"Cache-Control: no-store\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(connection, head.encode("latin-1") + body)


util.write_error = write_problem  # gunicorn's own is HTML and has no setting
wsgi.SERVER = "roundtrip"  # what software answers, and its version, is nobody's business; no setting either


def when_ready(server: Arbiter) -> None:
    """Give up on a client that stalls for 10 seconds in the middle of a request or an answer: it holds a thread.

    gunicorn has no setting for it. Connections inherit these from the socket that accepts them (socket(7)).
    """
    ten_seconds = struct.pack("ll", 10, 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, ten_seconds)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, ten_seconds)


def on_starting(server: Arbiter) -> None:
    """Say at once what is wrong: a setting, or a port that is taken (gunicorn would try it for five seconds)."""
    refuse_what_is_wrong(replace(settings, workers=server.cfg.workers), os.environ)
    if settings.log_format == "json":
        from roundtrip.operations import logs

        logs.configure()  # by gunicorn's logconfig_dict it would make an access log of its own too, in 30 us a hit
    if settings.metrics == "on" and server.cfg.workers > 1 and COUNTS not in os.environ:
        os.environ[COUNTS] = tempfile.mkdtemp(prefix="roundtrip-metrics-", dir=place_for_counts())
        made_counts.append(os.environ[COUNTS])
    if COUNTS in os.environ:
        counts = Path(os.environ[COUNTS])
        counts.mkdir(parents=True, exist_ok=True)
        for earlier in counts.glob("*.db"):  # what earlier processes counted is not ours
            earlier.unlink()
    with socket.socket(socket.AF_INET6 if ":" in HOST else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except (OSError, OverflowError, ValueError) as error:
            sys.exit(f"Cannot listen on {bind}: {error}. Choose another port: PORT=8001 make run")


def place_for_counts() -> str | None:
    """Return memory's own file system where there is one: on a full disk, to count would be to be killed (SIGBUS)."""
    memory = "/dev/shm"  # noqa: S108  # mkdtemp() makes a folder of our own there
    return memory if os.access(memory, os.W_OK) else None


def post_worker_init(worker: Worker) -> None:
    """Have the application try whether it can answer, and say where it does."""
    from roundtrip.operations.health import refuse_a_broken_release  # the parent process does without the application

    refuse_a_broken_release(worker.wsgi)
    if settings.log_format == "json":
        logging.getLogger("roundtrip").info("answers at http://%s/ (process %d)", bind, worker.pid)
    else:
        print(f"\n  Roundtrip answers at http://{bind}/  (Ctrl-C ends it)\n", flush=True)


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Take what an ended process had in flight out of the metrics."""
    if COUNTS in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def on_exit(server: Arbiter) -> None:
    """Leave nothing behind."""
    for counts in made_counts:
        shutil.rmtree(counts, ignore_errors=True)


_linger = util.close_graceful
_lingering = ThreadPoolExecutor(4, "linger")


def close_aside(connection: socket.socket) -> None:
    """Close a connection without making the others wait for it.

    gunicorn waits up to 2 seconds, in the thread that accepts everybody's requests, for the client to close its side.
    """
    _lingering.submit(_linger, connection, timeout=0.5)


util.close_graceful = close_aside  # there is no setting for this either
