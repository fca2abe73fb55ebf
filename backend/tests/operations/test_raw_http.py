"""Raw HTTP that no client library sends: each kind of server answers as RFC 9110 and RFC 9112 say."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from test_server import SERVERS, Server, serving

URL = "/api/v1/airlines/UA"
BATCH = "POST /api/v1/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, database_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    errors = tmp_path_factory.mktemp("raw") / "errors"
    with serving(database_path, errors, ROUNDTRIP_SERVER=request.param) as server:
        yield server


def asked(server: Server, request: str, is_all: bool = False) -> tuple[str, dict[str, str], bytes, bool]:
    """Return the status line, the headers, the body, and whether the server has closed the connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(request.encode("latin-1"))
        if is_all:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = connection.recv(65536)
            assert piece, answer
            answer += piece
        head, _, body = answer.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        while len(body) < int(headers["content-length"]):
            body += connection.recv(65536)
        connection.settimeout(60 if headers.get("connection") == "close" else 0.2)
        try:
            closed = connection.recv(1) == b""
        except TimeoutError:
            closed = False
    return line, headers, body, closed


def refused(server: Server, request: str, status: int, is_all: bool = False) -> None:
    line, headers, body, closed = asked(server, request, is_all)
    assert line.startswith(f"HTTP/1.1 {status} ")
    assert headers["content-type"] == "application/problem+json"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", headers["date"])
    assert orjson.loads(body)["status"] == status
    assert closed


@pytest.mark.parametrize(
    "hosts",
    [
        "",
        "Host:\r\n",
        "Host: a\r\nHost: a\r\n",
        "Host: a b\r\n",
        "Host: a/b\r\n",
        "Host: u@a\r\n",
        "Host: a:b\r\n",
        "Host: [x]\r\n",
    ],
)
def test_a_request_without_one_valid_host_is_refused(server: Server, hosts: str) -> None:
    refused(server, f"GET {URL} HTTP/1.1\r\n{hosts}\r\n", 400)


@pytest.mark.parametrize("host", ["a", "a.b:8000", "127.0.0.1:80", "[::1]:8000", "[::1]", "xn--a%20b"])
def test_a_valid_host_is_any_name(server: Server, host: str) -> None:
    line, _, _, closed = asked(server, f"GET {URL} HTTP/1.1\r\nHost: {host}\r\n\r\n")
    assert line.startswith("HTTP/1.1 200 ")
    assert not closed


def test_http_1_0_needs_no_host(server: Server) -> None:
    line, _, _, closed = asked(server, f"GET {URL} HTTP/1.0\r\n\r\n")
    assert line.split()[1] == "200"
    assert closed


@pytest.mark.parametrize("options", ["close", "foo, close", "Close , foo", "foo\r\nConnection: close"])
def test_close_among_the_connection_options_closes(server: Server, options: str) -> None:
    line, headers, _, closed = asked(server, f"GET {URL} HTTP/1.1\r\nHost: x\r\nConnection: {options}\r\n\r\n")
    assert line.startswith("HTTP/1.1 200 ")
    assert headers["connection"] == "close"
    assert closed


def test_a_body_that_is_shorter_than_it_was_said_to_be_is_refused(server: Server) -> None:
    line, headers, _, closed = asked(server, f'{BATCH}Content-Length: 500\r\n\r\n{{"requests": []}}', is_all=True)
    assert line.startswith("HTTP/1.1 400 ")
    assert headers["content-type"] == "application/problem+json"
    assert closed


@pytest.mark.parametrize("coding", ["gzip, chunked", "foo, chunked"])
def test_a_transfer_coding_that_is_not_read_is_told(server: Server, coding: str) -> None:
    refused(server, f"{BATCH}Transfer-Encoding: {coding}\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n", 501)


CODINGS = ("gzip", "chunked, identity", "chunked, chunked")
FRAMINGS = ("Content-Length: 5\r\nTransfer-Encoding: chunked", "Content-Length: 5, 5", "Content-Length: x")


@pytest.mark.parametrize("framing", [*FRAMINGS, *(f"Transfer-Encoding: {coding}" for coding in CODINGS)])
def test_a_body_whose_end_two_could_find_differently_is_refused(server: Server, framing: str) -> None:
    refused(server, f"{BATCH}{framing}\r\n\r\n0\r\n\r\n", 400)


@pytest.mark.parametrize("version", ["1.2", "1.9"])
def test_a_later_http_1_is_answered_as_1_1(server: Server, version: str) -> None:
    line, _, _, closed = asked(server, f"GET {URL} HTTP/{version}\r\nHost: x\r\n\r\n")
    assert line.startswith("HTTP/1.1 200 ")
    assert not closed


def test_http_2_without_its_preface_is_refused(server: Server) -> None:
    refused(server, f"GET {URL} HTTP/2.0\r\nHost: x\r\n\r\n", 400)


def test_the_absolute_form_of_an_address_is_taken(server: Server) -> None:
    line, _, body, _ = asked(server, f"GET http://x{URL} HTTP/1.1\r\nHost: x\r\n\r\n")
    assert line.startswith("HTTP/1.1 200 ")
    assert orjson.loads(body)["carrier"] == "UA"


@pytest.mark.parametrize("number", ["007", "07", "00", "+7", "-7", "7.0", "1e3", "%D9%A7"])
def test_a_flight_has_one_address(server: Server, number: str) -> None:
    part = {"id": "a", "url": f"/api/v1/flights/{number}"}
    line, headers, _, _ = asked(server, f"GET {part['url']} HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (line.split()[1], headers["content-type"]) == ("404", "application/problem+json")
    connection = server.connect()
    batch = orjson.dumps({"requests": [part]})
    connection.request("POST", "/api/v1/batch", batch, {"Content-Type": "application/json"})
    with connection.getresponse() as response:
        assert orjson.loads(response.read())["responses"][0]["status"] == 404
    connection.close()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [URL, "/api/v1/openapi.json"])
@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ('If-Match: "x"', 412),
        ("If-Match: *", 200),
        ("If-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT", 412),
        ("If-Unmodified-Since: Fri, 01 Jan 2100 00:00:00 GMT", 200),
        ('If-Match: "x"\r\nIf-None-Match: *', 412),
    ],
)
def test_the_preconditions_of_a_get_are_evaluated(
    server: Server, method: str, path: str, condition: str, status: int
) -> None:
    if path != URL and "Unmodified" in condition:
        status = 200  # it has no date
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\n{condition}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert (b"application/problem+json" in head) == (status == 412)
    assert (body == b"") == (method == "HEAD")


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (URL, "GET, HEAD, OPTIONS"),
        ("/api/v1/batch", "POST, QUERY, OPTIONS"),
        ("/api/v1/openapi.json", "GET, HEAD, OPTIONS"),
        ("/", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_tell_the_methods_and_are_not_kept(server: Server, path: str, methods: str) -> None:
    line, headers, _, _ = asked(server, f"OPTIONS {path} HTTP/1.1\r\nHost: x\r\n\r\n")
    assert line.startswith("HTTP/1.1 200 ")
    assert headers["allow"] == methods
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_a_method_that_an_address_does_not_take_is_told_those_that_it_takes(server: Server) -> None:
    for method, path, allowed in (("PUT", "/api/v1/batch", "OPTIONS, POST, QUERY"), ("PUT", URL, "GET, HEAD, OPTIONS")):
        line, headers, _, _ = asked(server, f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        assert line.startswith("HTTP/1.1 405 ")
        assert sorted(headers["allow"].split(", ")) == allowed.split(", ")
