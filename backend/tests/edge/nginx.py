"""The edge's nginx with our configuration, in front of a server that says 200 to everything."""

import os
import re
import ssl
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from tempfile import TemporaryDirectory

from origin import PROJECT, free_port, wait_for
from programs import program

TLS = ssl.create_default_context()
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE  # a certificate of this machine's own making
PAGE_HEADERS = """add_header Content-Security-Policy "default-src 'self'" always;\n"""


@dataclass
class Edge:
    """The running nginx."""

    port: int
    log: Path
    passed_on: list[str]  # the methods and paths that came through it
    heads: list[Message]  # the headers of each of them
    behind: dict[str, int]  # the status that a path is answered with, if another than 200; with 0 it is not answered

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, Message, bytes]:
        connection = HTTPSConnection("localhost", self.port, timeout=20, context=TLS)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            with connection.getresponse() as response:
                return response.status, response.headers, response.read()
        finally:
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Behind"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.passed_on.append(f"{self.command} {self.path}")
        self.server.heads.append(self.headers)
        status = self.server.behind.get(self.path, 200)
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("X-Frame-Options", "SAMEORIGIN")):
            self.send_header(name, value)
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"{}")

    do_HEAD = do_POST = do_DELETE = do_PURGE = do_BREW = do_GET  # noqa: N815  http.server calls these

    def log_message(self, *arguments: object) -> None:
        pass


class _Behind(ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path, passed_on: list[str], heads: list[Message], behind: dict[str, int]) -> None:
        super().__init__(str(path), _Handler)
        path.chmod(0o666)
        self.passed_on = passed_on
        self.heads = heads
        self.behind = behind


@contextmanager
def running_nginx(**settings: str) -> Iterator[Edge]:
    """Start nginx by start.sh, with other paths and ports."""
    with TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool:
        folder, passed_on, heads, behind = Path(name), list[str](), list[Message](), dict[str, int]()
        with (
            _Behind(folder / "varnish.sock", passed_on, heads, behind) as one,
            _Behind(folder / "balancer.sock", passed_on, heads, behind) as other,
        ):
            for server in (one, other):
                pool.submit(server.serve_forever)
            try:
                port = _configure(folder)
                edge = Edge(port, folder / "log", passed_on, heads, behind)
                with edge.log.open("w") as log:
                    environment = {**os.environ, "TRUSTED_HOSTS": "localhost, example.org", **settings}
                    command = ["sh", str(folder / "start.sh")]
                    process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
                    try:
                        wait_for(lambda: process.poll() is not None or _answers(edge))
                        assert process.poll() is None, edge.log.read_text()
                        yield edge
                    finally:
                        process.terminate()
                        process.wait(20)
            finally:
                one.shutdown()
                other.shutdown()


def _configure(folder: Path) -> int:
    """Copy the configuration and a small frontend; return the port of HTTPS."""
    nginx, port = program("nginx", package="nginx"), free_port()
    program("openssl", package="openssl")
    folder.chmod(0o755)
    for part in ("tls", "tmp", "frontend/assets"):
        (folder / part).mkdir(parents=True)
    elsewhere = {"/etc/edge": str(folder), "/run/edge": str(folder), "/tmp": f"{folder}/tmp"}
    elsewhere |= {"/srv/frontend": f"{folder}/frontend", "exec nginx": f"exec {nginx}"}
    elsewhere |= {"listen 8443": f"listen {port}", "listen 8080": f"listen {free_port()}"}
    for source in (PROJECT / "frontend/edge").iterdir():
        text = re.sub("|".join(elsewhere), lambda found: elsewhere[found[0]], source.read_text())  # all in one pass
        if source.name == "nginx.conf":
            if os.getuid() == 0:
                text = f"user root;\n{text}"  # whose folder this is
            if _version(nginx) < (1, 25, 1):  # which knows no `http2 on;`
                text = re.sub(r"(listen \d+ ssl)", r"\1 http2", text).replace("http2 on;", "")
        (folder / source.name).write_text(text)
    (folder / "page.conf").write_text(PAGE_HEADERS)
    for path in ("index.html", "robots.txt", "assets/app.js"):
        (folder / "frontend" / path).write_text(path)
        (folder / "frontend" / f"{path}.br").write_text(f"{path} in brotli")
    return port


def _version(nginx: str) -> tuple[int, ...]:
    said = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=True).stderr
    return tuple(int(number) for number in re.findall(r"\d+", said.split("/")[1])[:3])


def _answers(edge: Edge) -> bool:
    try:
        return edge.ask("/robots.txt")[0] == 200
    except OSError:
        return False
