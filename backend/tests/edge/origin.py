"""A small server in the API's place, whose answers a test chooses, with a real Varnish in front of it."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import yaml  # type: ignore[import-untyped]
from programs import program

PROJECT = Path(__file__).resolve().parents[3]
PAUSE = 1.3  # seconds after which max-age=1 has passed
numbers = count()


@dataclass
class Said:
    """An answer of the server."""

    status: int = 200
    body: bytes = b"hello"
    headers: dict[str, str] = field(default_factory=dict)
    takes: float = 0.0
    cut: bool = False  # it dies in the middle of the body


def public(cache_control: str, body: bytes = b"hello", takes: float = 0.0, cut: bool = False, **headers: Any) -> Said:
    told = {"Cache-Control": f"public, {cache_control}", **_dashed(headers)}
    return Said(body=body, headers=told, takes=takes, cut=cut)


class Origin(ThreadingUnixStreamServer):
    """The server, and functions that ask it through Varnish."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder / "balancer.sock"), _Handler)
        self.folder = folder
        self.purge_port = free_port()
        self.healthy = True
        self.running = Event()  # while it is not set, nothing is answered, as by a paused process
        self.running.set()
        self.saying: dict[str, Callable[[dict[str, str]], Said]] = {}
        self.path = ""
        self.asked: list[dict[str, str]] = []

    def says(self, *said: Said) -> str:
        """Answer with these one after the other, and then always with the last, at a path that is new to Varnish."""
        left = list(said)
        return self.decides(lambda _: left.pop(0) if len(left) > 1 else left[0])

    def decides(self, saying: Callable[[dict[str, str]], Said]) -> str:
        """Say what a function of the request's headers returns."""
        self.path, self.asked = f"/api/v1/thing/{next(numbers)}", []
        self.saying[self.path] = saying
        return self.path

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, Message]:
        """Ask Varnish, as the edge does."""
        nginx = {"X-Request-ID": "0123456789abcdef", "X-Request-Start": f"t={time.time():.3f}"}
        connection = HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(40)
        connection.sock.connect(str(self.folder / "varnish.sock"))
        return _answer(connection, method, path, {**nginx, **_dashed(headers)})

    def told(self, path: str, **headers: str) -> tuple[int, bytes, str]:
        status, body, told = self.ask(path, **headers)
        return status, body, told["Cache-Status"]

    def purge(self, method: str = "PURGE", **headers: str) -> tuple[int, bytes, Message]:
        """Ask the port for purging, as the API does."""
        connection = HTTPConnection("127.0.0.1", self.purge_port, timeout=20)
        return _answer(connection, method, "/", _dashed(headers))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Origin

    def do_GET(self) -> None:
        self.server.running.wait()
        if self.path == "/healthz":
            self._say(Said(200 if self.server.healthy else 503))
            return
        if self.path == self.server.path:  # not a renewal that an earlier test has left behind
            self.server.asked.append(dict(self.headers))
        self._say(self.server.saying[self.path](dict(self.headers)))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815  http.server calls these

    def _say(self, said: Said) -> None:
        time.sleep(said.takes)
        with suppress(BrokenPipeError, ConnectionResetError):  # Varnish reads no error to its end
            self._write(said)

    def _write(self, said: Said) -> None:
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        self.wfile.write(said.body[:2] if said.cut else said.body)
        self.close_connection = self.close_connection or said.cut

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def behind_varnish() -> Iterator[Origin]:
    """Start both: Varnish with the command of docker-compose.yml, in which only the paths are others."""
    with TemporaryDirectory() as name, Origin(Path(name)) as origin, ThreadPoolExecutor(1) as pool:
        pool.submit(origin.serve_forever)
        try:
            with (Path(name) / "log").open("w+") as log:
                varnish = subprocess.Popen(_command(origin), stdout=log, stderr=subprocess.STDOUT)
                try:
                    wait_for(lambda: varnish.poll() is not None or _is_reached(origin))
                    log.seek(0)
                    assert varnish.poll() is None, log.read()
                    yield origin
                finally:
                    log.seek(0)
                    crashes = [line for line in log if "Panic" in line or "Assert" in line]
                    origin.running.set()  # varnishd waits for what is under way
                    varnish.terminate()
                    varnish.wait(20)
                    assert crashes == []
        finally:
            origin.running.set()
            origin.shutdown()


def wait_for(sought: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not sought():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _command(origin: Origin) -> list[str]:
    folder = str(origin.folder)
    vcl = origin.folder / "roundtrip.vcl"
    vcl.write_text((PROJECT / "backend/edge/varnish.vcl").read_text().replace("/run/edge", folder))
    elsewhere = {
        "varnishd": program("varnishd", package="varnish"),
        "/etc/varnish/roundtrip.vcl": str(vcl),
        "/tmp/varnish": f"{folder}/state",
        "purge=:6081": f"purge=127.0.0.1:{origin.purge_port}",
        "/run/edge/varnish.sock,mode=666": f"{folder}/varnish.sock",
    }
    command = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())["services"]["varnish"]["command"]
    assert elsewhere.keys() <= set(command)
    # Without a jail: it would become another user, where a test's folder cannot be read.
    return [*(elsewhere.get(word, word) for word in command), "-j", "none"]


def _is_reached(origin: Origin) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        return trial.connect_ex(str(origin.folder / "varnish.sock")) == 0


def _answer(connection: HTTPConnection, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes, Message]:
    try:
        connection.request(method, path, headers={"Connection": "close", **headers})
        with connection.getresponse() as response:
            return response.status, response.read(), response.headers
    finally:
        connection.close()


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
