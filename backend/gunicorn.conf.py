"""How gunicorn serves the application: WORKERS processes (one) of THREADS threads (16), on ROUNDTRIP_PORT."""

import errno
import logging
import os
import shutil
import socket
import struct
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module  # the Lab
from pathlib import Path

from flask_roundtrip.wire import PROBLEM_JSON, Problem
from gunicorn import util
from gunicorn.arbiter import Arbiter
from gunicorn.http import wsgi
from gunicorn.workers.base import Worker

from roundtrip.config import HIGHEST_PORT, Settings, address
from roundtrip.operations import connections, memory
from roundtrip.operations.profile import refuse_what_is_wrong

memory.give_back_large_blocks()
settings = Settings.from_environment()
HOST, PORT = address()

wsgi_app = "wsgi:app"
bind = f"[{HOST}]:{PORT}" if ":" in HOST else f"{HOST}:{PORT}"
loglevel = "warning"
worker_class = connections.Worker
worker_connections = connections.connections_within(connections.raise_file_limit(), settings.threads)
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
        connections.defer_accept(listener.sock)
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
    try:
        try_to_listen(PORT)
    except OSError as error:
        sys.exit(f"Cannot listen on {bind}: {error.strerror}. {advice(error)}")


def try_to_listen(port: int) -> None:
    """Raise OSError where it cannot be done."""
    kind, _, _, _, where = socket.getaddrinfo(HOST, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    with socket.socket(kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(where)


def advice(error: OSError) -> str:
    """Say what to do about it: another port, which is free with all that are counted from it, or another address."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return "ROUNDTRIP_HOST names an address of this machine: 127.0.0.1, ::1, 0.0.0.0 or :: (all)."
    free = next((port for port in range(max(PORT, 1024), HIGHEST_PORT) if all(map(is_free, ports_from(port)))), None)
    return f"Choose another port: ROUNDTRIP_PORT={free} make run" if free else "No port is free."


def ports_from(port: int) -> Iterator[int]:
    """Yield all that will be opened, counted from the server's port."""
    yield port
    yield from (port + kind.offset for kind in import_module("lab.companion").KINDS)  # the Lab


def is_free(port: int) -> bool:
    """Tell whether a port can be listened on."""
    try:
        try_to_listen(port)
    except (OSError, OverflowError):
        return False
    return port <= HIGHEST_PORT


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
