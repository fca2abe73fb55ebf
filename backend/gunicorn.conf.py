"""gunicorn's configuration: WORKERS processes (1) with THREADS threads each (16), on ROUNDTRIP_PORT.

With ROUNDTRIP_SERVER=asgi each process has an event loop, and THREADS threads for answers that take long.
"""

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
worker_class = f"roundtrip.operations.{'event_loop' if settings.server == 'asgi' else 'connections'}.Worker"
worker_connections = connections.connections_within(connections.raise_file_limit(), settings.threads)
workers = settings.workers
threads = settings.threads
keepalive = 30  # seconds
timeout = 20  # a worker without a sign of life for this long is killed; see operations/__init__.py
graceful_timeout = 10  # for requests under way after the signal to stop: longer than any statement may take
limit_request_line = 8190  # bytes, and each header's
limit_request_field_size = 8190
limit_request_fields = 50
permit_unconventional_http_version = settings.server == "asgi"  # the parser there refuses HTTP/1.2, which is 1.1 to us
http_parser = "python"  # the checks of connections.py are made for it
control_socket_disable = True

# No proxy is trusted unless it is named: its headers could change the scheme or the address of a request.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "")
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}

COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # where prometheus_client has several processes count together
made_counts: list[str] = []


def write_problem(connection: socket.socket, status: int, reason: str, message: str) -> None:
    """Send an error that gunicorn finds before the application, such as a request line that is too long."""
    util.write_nonblock(connection, connections.problem_on_the_wire(status, message))


util.write_error = write_problem  # gunicorn's own is HTML and has no setting
wsgi.SERVER = "roundtrip"  # hides the server's name and version, for which there is no setting either


def when_ready(server: Arbiter) -> None:
    """Give up on a client that stalls for 10 seconds in the middle of a request or an answer: it holds a thread.

    gunicorn has no setting for this. Connections inherit the limits from the listening socket (socket(7)).
    """
    ten_seconds = struct.pack("ll", 10, 0)
    for listener in server.LISTENERS:
        connections.defer_accept(listener.sock)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, ten_seconds)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, ten_seconds)


def on_starting(server: Arbiter) -> None:
    """Report a wrong setting or a port in use at once. (gunicorn would try the port for five seconds.)"""
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
        for earlier in counts.glob("*.db"):  # the counts of earlier processes are not ours
            earlier.unlink()
    try:
        try_to_listen(PORT)
    except OSError as error:
        sys.exit(f"Cannot listen on {bind}: {error.strerror}. {advice(error)}")


def try_to_listen(port: int) -> None:
    """Listen on the address for a moment. Raises OSError if that fails."""
    kind, _, _, _, where = socket.getaddrinfo(HOST, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    with socket.socket(kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(where)


def advice(error: OSError) -> str:
    """Return advice: a free port, with all ports counted from it free as well, or another address."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return "ROUNDTRIP_HOST names an address of this machine: 127.0.0.1, ::1, 0.0.0.0 or :: (all)."
    free = next((port for port in range(max(PORT, 1024), HIGHEST_PORT) if all(map(is_free, ports_from(port)))), None)
    return f"Choose another port: ROUNDTRIP_PORT={free} make run" if free else "No port is free."


def ports_from(port: int) -> Iterator[int]:
    """Yield all ports that will be opened, counted from the server's port."""
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
    """Return the memory file system if there is one: on a full disk, counting would kill the process (SIGBUS)."""
    memory = "/dev/shm"  # noqa: S108  # mkdtemp() makes a folder of our own there
    return memory if os.access(memory, os.W_OK) else None


def post_worker_init(worker: Worker) -> None:
    """Check that the application can answer, and print its address."""
    from roundtrip.operations.health import refuse_a_broken_release  # the parent process does not need the application

    refuse_a_broken_release(worker.wsgi)
    if settings.log_format == "json":
        logging.getLogger("roundtrip").info("answers at http://%s/ (process %d)", bind, worker.pid)
    else:
        print(f"\n  Roundtrip answers at http://{bind}/  (Ctrl-C ends it)\n", flush=True)


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Remove the gauges of an ended process from the metrics."""
    if COUNTS in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def on_exit(server: Arbiter) -> None:
    """Remove the files of the metrics."""
    for counts in made_counts:
        shutil.rmtree(counts, ignore_errors=True)
