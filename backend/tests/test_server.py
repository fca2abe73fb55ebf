"""The real server on a real socket: gunicorn with our settings, and clients that stay, stream and leave."""

import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import orjson
import pytest

from roundtrip.config import BACKEND

NDJSON = {"Accept": "application/x-ndjson", "Content-Type": "application/json"}
TESTS = BACKEND / "tests"
SERVERS = ("threads", "asgi")


@dataclass
class Server:
    port: int
    process: "subprocess.Popen[str]"

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str, method: str = "GET", **headers: str) -> HTTPResponse:
        connection = self.connect()
        connection.request(method, path, headers={"Connection": "close", **headers})
        return connection.getresponse()

    def control(self, path: str) -> Any:
        with self.get(f"/held/{path}") as response:
            return orjson.loads(response.read())


def gunicorn(database: Path, application: str, **settings: str) -> tuple[int, list[str], dict[str, str]]:
    """Return a free port, and the command and the environment of gunicorn there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "SECRET_KEY": "test",
        "ROUNDTRIP_PORT": str(port),
        "PYTHONPATH": str(TESTS),
        **settings,
    }
    return port, [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", application], environment


@contextmanager
def serving(database: Path, errors: Path, application: str = "wsgi:app", **settings: str) -> Iterator[Server]:
    """Run gunicorn as `make run` does, on a port of its own; it must not have noted an error."""
    port, command, environment = gunicorn(database, application, **settings)
    with (
        errors.open("w") as stderr,
        subprocess.Popen(
            command, cwd=BACKEND, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        assert process.stdout is not None
        said = next((line for line in process.stdout if "answers at" in line), "")
        try:
            assert f"http://127.0.0.1:{port}/" in said, errors.read_text()
            yield Server(port, process)
        finally:
            process.terminate()
            process.wait(30)
    assert not re.search(r"Traceback|ERROR|CRITICAL|Warning:", errors.read_text())


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, database_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    errors = tmp_path_factory.mktemp("server") / "errors"
    with serving(database_path, errors, ROUNDTRIP_SERVER=request.param) as server:
        yield server


@pytest.fixture(scope="module", params=SERVERS)
def held(
    request: pytest.FixtureRequest, database_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    errors = tmp_path_factory.mktemp("held") / "errors"
    with serving(database_path, errors, "held_app:app", ROUNDTRIP_SERVER=request.param) as server:
        yield server


def test_the_server_answers(server: Server) -> None:
    with server.get("/api/v1/airlines/UA") as response:
        assert response.status == 200
        assert orjson.loads(response.read())["name"] == "United Air Lines Inc."


def test_a_connection_is_kept_alive_and_a_head_leaves_nothing_on_it(server: Server) -> None:
    connection = server.connect()
    sockets = set()
    for method in ("GET", "HEAD", "GET", "HEAD", "GET"):
        connection.request(method, "/api/v1/flights?limit=3")
        response = connection.getresponse()
        body = response.read()
        sockets.add(connection.sock)
        assert response.status == 200
        assert int(response.headers["Content-Length"]) > 100
        assert (body == b"") == (method == "HEAD")
    assert len(sockets) == 1
    etag = response.headers["ETag"]
    connection.request("GET", "/api/v1/flights?limit=3", headers={"If-None-Match": etag})
    response = connection.getresponse()
    assert (response.status, response.read()) == (304, b"")
    assert response.headers["Last-Modified"]
    connection.close()


@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_a_batch_streams(server: Server, method: str) -> None:
    requests = [{"id": str(number), "url": f"/api/v1/flights?limit={number + 1}"} for number in range(10)]
    connection = server.connect()
    connection.request(method, "/api/v1/batch", json.dumps({"requests": requests}), NDJSON)
    with connection.getresponse() as response:
        assert response.headers["Transfer-Encoding"] == "chunked"
        lines = [orjson.loads(line) for line in response]
    assert {line["id"] for line in lines} == {request["id"] for request in requests}
    assert {line["status"] for line in lines} == {200}
    connection.close()


def test_a_slow_part_delays_no_line_on_the_wire(held: Server) -> None:
    held.control("hold")
    requests = [
        {"id": "slow", "url": "/api/v1/flights?dest=ANC"},
        *({"id": str(number), "url": f"/api/v1/airlines?limit={number + 1}"} for number in range(5)),
    ]
    connection = held.connect()
    connection.request("POST", "/api/v1/batch", json.dumps({"requests": requests}), NDJSON)
    with connection.getresponse() as response:
        lines = [orjson.loads(response.readline())["id"] for _ in range(5)]
        assert sorted(lines) == ["0", "1", "2", "3", "4"]
        assert held.control("began")
        held.control("release")
        assert orjson.loads(response.readline())["id"] == "slow"
        assert response.read() == b""
    assert held.control("ended")
    connection.close()


@pytest.mark.parametrize("how", ["closed", "reset"])
@pytest.mark.parametrize("accept", ["application/x-ndjson", "application/json"])
def test_parts_that_have_not_begun_are_cancelled_when_the_client_leaves(held: Server, how: str, accept: str) -> None:
    held.control("hold")
    ran = held.control("ran")
    limits = range(len(ran) + 1, len(ran) + 5)  # not asked before, so no hits
    held_parts = [{"id": str(limit), "url": f"/api/v1/flights?dest=ANC&limit={limit}"} for limit in limits]
    later = [{"id": f"later{number}", "url": f"/api/v1/planes?limit={number + 1}"} for number in range(10)]
    body = json.dumps({"requests": [*held_parts, *later]})
    connection = held.connect()
    connection.request("POST", "/api/v1/batch", body, {**NDJSON, "Accept": accept})
    assert all(held.control("began") for _ in held_parts)
    assert connection.sock is not None
    if how == "reset":
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    assert held.control("ended")
    held.control("release")
    with held.get("/api/v1/airlines") as response:  # it is still well
        assert response.status == 200
    connection = held.connect()
    one_more = json.dumps({"requests": [{"id": "1", "url": f"/api/v1/airports?q={how}{accept[-4:]}"}]})
    connection.request("POST", "/api/v1/batch", one_more, NDJSON)
    with connection.getresponse() as response:  # its part waited in line behind the others
        response.read()
    connection.close()
    assert held.control("ended")
    assert "/api/v1/planes" not in held.control("ran")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-HTTP-Method-Override": "DELETE"},
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/evil"},
        {"Script-Name": "/api"},
        {"Path-Info": "/api/v1/planes"},
        {"PATH_INFO": "/api/v1/planes", "SCRIPT_NAME": "/api", "HTTP_ACCEPT": "text/html"},
    ],
)
def test_no_header_changes_the_address_or_scheme_of_a_request(server: Server, headers: dict[str, str]) -> None:
    path = f"/api/v1/airlines?limit={len(str(headers)) % 15 + 1}"
    with server.get(path, **headers) as hostile:
        assert hostile.status == 200
        body, etag = hostile.read(), hostile.headers["ETag"]
    with server.get(path) as plain:
        assert (plain.read(), plain.headers["ETag"]) == (body, etag)


def test_an_error_found_by_the_server_is_a_problem_too(server: Server) -> None:
    for path in (f"/api/v1/airlines?q={'x' * 9000}", "no-slash\x01"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
            raw.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            answer = b"".join(iter(lambda: raw.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert b"content-type: application/problem+json" in head.lower()
        problem = orjson.loads(body)
        assert 400 <= problem["status"] < 500
        assert head.startswith(f"HTTP/1.1 {problem['status']} ".encode())


def test_a_batch_too_large_is_refused_and_the_server_goes_on(server: Server) -> None:
    connection = server.connect()
    connection.request("POST", "/api/v1/batch", b"[" * 200_000, NDJSON)
    with connection.getresponse() as response:
        assert response.status == 413
        assert response.headers["Content-Type"] == "application/problem+json"
    connection.close()
    with server.get("/api/v1/airlines") as response:
        assert response.status == 200


@pytest.mark.parametrize("kind", SERVERS)
def test_sigterm_ends_the_server_cleanly(database_path: Path, tmp_path: Path, kind: str) -> None:
    with serving(database_path, tmp_path / "errors", ROUNDTRIP_SERVER=kind) as server:
        with server.get("/api/v1/airlines") as response:
            assert response.status == 200
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0


@pytest.mark.parametrize("body", [b"zz\r\n", b"5\r\nab"], ids=["no size", "cut short"])
def test_a_badly_chunked_batch_is_a_problem(server: Server, body: bytes) -> None:
    head = b"POST /api/v1/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n" + body)
        connection.shutdown(socket.SHUT_WR)
        answered = connection.makefile("rb").read()
    assert answered.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answered
