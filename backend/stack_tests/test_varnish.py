"""What Varnish keeps, and for how long: our VCL in front of a server that answers what a test wants."""

import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, socket
from socketserver import ThreadingUnixStreamServer
from tempfile import TemporaryDirectory
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
VCL = PROJECT / "backend" / "edge" / "varnish.vcl"
PAUSE = 1.3  # seconds after which max-age=1 has passed
numbers = count()


@dataclass
class Said:
    """What the server says."""

    status: int = 200
    body: bytes = b"hello"
    headers: dict[str, str] = field(default_factory=dict)
    takes: float = 0.0
    cut: bool = False  # it dies in the middle of the body


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Api"

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._say(Said(200 if self.server.healthy else 503))
            return
        saying = self.server.saying[self.path]
        if self.path == self.server.path:  # not a renewal that an earlier test has left behind
            self.server.asked.append(dict(self.headers))
        self._say(saying.pop(0) if len(saying) > 1 else saying[0])

    def _say(self, said: Said) -> None:
        time.sleep(said.takes)
        with suppress(BrokenPipeError):  # Varnish reads no error to its end
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


class Api(ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), Handler)
        path.chmod(0o777)
        self.folder = path.parent
        self.healthy = True
        self.saying: dict[str, list[Said]] = {}  # by path: one after the other, the last for good
        self.path = ""
        self.asked: list[dict[str, str]] = []

    def says(self, *said: Said) -> str:
        """Say this at a path that was never asked for."""
        self.path, self.asked = f"/api/v1/thing/{next(numbers)}", []
        self.saying[self.path] = list(said)
        return self.path

    def is_led_to(self) -> bool:
        with socket(AF_UNIX, SOCK_STREAM) as trial:
            return trial.connect_ex(str(self.folder / "varnish.sock")) == 0

    def ask(self, path: str, **headers: str) -> tuple[int, bytes, Message]:
        connection = HTTPConnection("localhost")
        connection.sock = socket(AF_UNIX, SOCK_STREAM)
        try:
            connection.sock.settimeout(20)
            connection.sock.connect(str(self.folder / "varnish.sock"))
            given = {"X-Request-ID": "0123456789abcdef", "Connection": "close", **headers}
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in given.items()})
            with connection.getresponse() as response:
                return response.status, response.read(), response.headers
        finally:
            connection.close()

    def told(self, path: str, **headers: str) -> tuple[int, bytes, str]:
        status, body, told = self.ask(path, **headers)
        return status, body, told["Cache-Status"]


def public(cache_control: str, **more: Any) -> Said:
    return Said(headers={"Cache-Control": f"public, {cache_control}"}, **more)


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with TemporaryDirectory() as folder, Api(Path(folder) / "balancer.sock") as api, ThreadPoolExecutor(1) as pool:
        Path(folder).chmod(0o777)
        pool.submit(api.serve_forever)
        parameters = ["default_ttl=0", "default_grace=0", "http_gzip_support=off", "http_range_support=off"]
        command = ["docker", "run", "--rm", "--detach", "--network", "none", "--user", "varnish"]
        command += ["--tmpfs", "/tmp:exec", "-v", f"{folder}:/run/edge", "-v", f"{VCL}:/roundtrip.vcl:ro"]
        command += ["varnish:7.7", "varnishd", "-F", "-n", "/tmp/varnish", "-a", "/run/edge/varnish.sock,mode=666"]
        command += ["-f", "/roundtrip.vcl", *(word for name in parameters for word in ("-p", name))]
        try:
            container = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
            try:
                wait_for(api.is_led_to)
                yield api
            finally:
                subprocess.run(["docker", "stop", "--time", "1", container], check=True, capture_output=True)
        finally:
            api.shutdown()


@pytest.fixture(autouse=True)
def _healthy(api: Api) -> Iterator[None]:
    yield
    if not api.healthy:
        api.healthy = True
        time.sleep(4)


def wait_for(sought: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not sought():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_what_is_public_is_kept_as_long_as_it_says(api: Api) -> None:
    path = api.says(public("max-age=60"))
    assert api.told(path) == (200, b"hello", "varnish; fwd=uri-miss; stored")
    status, body, cache = api.told(path)
    assert (status, body) == (200, b"hello")
    assert cache in ("varnish; hit; ttl=60", "varnish; hit; ttl=59")
    assert len(api.asked) == 1


def test_what_is_said_to_shared_caches_counts_more(api: Api) -> None:
    path = api.says(public("max-age=0, s-maxage=60"))
    api.told(path)
    assert "hit" in api.told(path)[2]
    path = api.says(public("max-age=60, s-maxage=0"))
    api.told(path)
    assert "hit" not in api.told(path)[2]


NEVER = [
    {},
    {"Cache-Control": "no-store"},
    {"Cache-Control": "private, max-age=60"},
    {"Cache-Control": "no-cache, max-age=60"},
    {"Cache-Control": "public, max-age=60", "Set-Cookie": "session=secret"},
    {"Cache-Control": "public, max-age=60", "Vary": "*"},
]


@pytest.mark.parametrize("headers", NEVER)
def test_what_is_private_is_never_kept(api: Api, headers: dict[str, str]) -> None:
    path = api.says(Said(headers=headers, body=b"mine"), Said(headers=headers, body=b"yours"))
    assert api.told(path) == (200, b"mine", "varnish; fwd=uri-miss")
    assert api.told(path) == (200, b"yours", "varnish; fwd=uri-miss")


def test_what_someone_was_told_who_said_who_they_are_is_never_given_to_another(api: Api) -> None:
    path = api.says(public("max-age=60", body=b"mine"), public("max-age=60", body=b"anybody's"))
    assert api.told(path, Authorization="Bearer x") == (200, b"mine", "varnish; fwd=bypass")
    assert api.told(path) == (200, b"anybody's", "varnish; fwd=uri-miss; stored")
    assert api.told(path, Cookie="a=b")[1:] in ((b"anybody's", f"varnish; hit; ttl={ttl}") for ttl in (59, 60))


def test_what_one_client_has_left_of_its_limit_is_told_to_nobody_else(api: Api) -> None:
    limits = {"RateLimit": '"default";r=5;t=30', "RateLimit-Policy": '"default";q=10;w=60'}
    path = api.says(Said(headers={"Cache-Control": "public, max-age=60", **limits}))
    for _ in range(2):
        assert not limits.keys() & set(api.ask(path)[2].keys())
    assert len(api.asked) == 1


def test_an_old_answer_is_given_while_a_new_one_is_made(api: Api) -> None:
    path = api.says(public("max-age=1, stale-while-revalidate=60"), public("max-age=60", body=b"new", takes=0.5))
    api.told(path)
    time.sleep(PAUSE)
    status, body, cache = api.told(path)
    assert (status, body) == (200, b"hello")
    assert cache in ("varnish; hit; ttl=0", "varnish; hit; ttl=-1")
    wait_for(lambda: api.told(path)[1] == b"new")
    assert len(api.asked) == 2


def test_one_that_is_too_old_is_not_given_while_the_api_can_answer(api: Api) -> None:
    path = api.says(public("max-age=1"), public("max-age=60", body=b"new"))
    api.told(path)
    time.sleep(PAUSE)
    assert api.told(path) == (200, b"new", "varnish; fwd=stale; stored")


@pytest.mark.parametrize("healthy", [True, False])
def test_it_is_given_while_the_api_cannot(api: Api, healthy: bool) -> None:
    path = api.says(public("max-age=1"), Said(503, b"no"))
    api.told(path)
    api.healthy = healthy
    time.sleep(4)
    status, body, cache = api.told(path)
    assert (status, body) == (200, b"hello")
    assert "varnish; hit; ttl=-" in cache


def test_for_no_longer_than_the_api_allows(api: Api) -> None:
    path = api.says(public("max-age=1, stale-if-error=1"), Said(503, b"no"))
    api.told(path)
    time.sleep(3)
    assert api.told(path)[:2] == (503, b"no")


def test_an_answer_that_breaks_off_is_asked_for_again(api: Api) -> None:
    path = api.says(public("max-age=60", cut=True), public("max-age=60"))
    assert api.told(path) == (200, b"hello", "varnish; fwd=uri-miss; stored")
    assert len(api.asked) == 2


def test_if_each_one_breaks_off_there_is_a_problem(api: Api) -> None:
    path = api.says(public("max-age=60", cut=True))
    status, _, headers = api.ask(path)
    assert (status, headers["Content-Type"]) == (503, "application/problem+json")
    assert headers["Cache-Control"] == "no-store"
    assert 2 <= len(api.asked) <= 6


def test_those_who_ask_at_once_wait_for_one_answer(api: Api) -> None:
    path = api.says(public("max-age=60", takes=0.5))
    with ThreadPoolExecutor(30) as pool:
        assert {told[:2] for told in pool.map(lambda _: api.told(path), range(30))} == {(200, b"hello")}
    assert len(api.asked) == 1


def test_those_who_ask_for_what_is_private_do_not_wait_for_each_other(api: Api) -> None:
    path = api.says(Said(headers={"Cache-Control": "no-store"}, takes=0.3))
    api.told(path)
    began = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: api.told(path), range(20)))
    assert time.monotonic() - began < 2


def test_a_client_cannot_speak_as_the_edge_or_empty_the_cache(api: Api) -> None:
    path = api.says(public("max-age=60"))
    api.told(path, X_Stale="refused", X_Cache="hit", Range="bytes=0-1", X_Forwarded_For="192.0.2.7")
    asked = {name.lower(): value for name, value in api.asked[0].items()}
    assert asked["x-forwarded-for"] == "192.0.2.7"
    assert not {"x-stale", "x-cache", "range", "via"} & asked.keys()
    assert api.told(path, Cache_Control="no-cache", Pragma="no-cache", Range="bytes=0-1")[:2] == (200, b"hello")
    assert len(api.asked) == 1
