"""Static files on real servers: codings, validators, conditions and ranges are as RFC 9110 says."""

import gzip
import socket
from collections.abc import Iterator
from email.message import Message
from http.client import parse_headers
from io import BytesIO
from pathlib import Path

import brotli
import orjson
import pytest
from support import WHOLE
from test_server import SERVERS, Server, serving

TEXT = b"".join(b"console.log(%d);\n" % number for number in range(200))
SIZE = len(TEXT)
FILE = "/assets/index-B4c6D8e0.js"
HTML = b"<!doctype html><title>Roundtrip</title>" + b"<p>Flights.</p>" * 50
LONG_AGO = "Mon, 01 Jan 2001 00:00:00 GMT"
LATER = "Fri, 01 Jan 2100 00:00:00 GMT"
LARGE = "9" * 4000


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    (folder / "assets").mkdir()
    for path, content in ((FILE, TEXT), ("/index.html", HTML)):
        (folder / path[1:]).write_bytes(content)
        (folder / f"{path[1:]}.br").write_bytes(brotli.compress(content))
        (folder / f"{path[1:]}.gz").write_bytes(gzip.compress(content))
    (folder / "robots.txt").write_text("Allow: /")
    (folder / "photo.png").write_bytes(bytes(1000))
    (folder / "empty.txt").write_bytes(b"")
    return folder


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, database_path: Path, dist: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    errors = tmp_path_factory.mktemp("files") / "errors"
    with serving(database_path, errors, ROUNDTRIP_SERVER=request.param, FRONTEND_DIST=str(dist)) as server:
        yield server


def ask(server: Server, path: str = FILE, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
    """Return the status, the headers, and all that comes after them."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}\r\n".encode())
        answer = BytesIO(b"".join(iter(lambda: connection.recv(65536), b"")))
    status = int(answer.readline().split()[1])
    told = parse_headers(answer)
    assert told["Date"]
    assert told["X-Content-Type-Options"] == "nosniff"
    return status, told, answer.read()


def refused(asked: tuple[int, Message, bytes], status: int) -> Message:
    assert asked[0] == orjson.loads(asked[2])["status"] == status
    assert asked[1]["Content-Type"] == "application/problem+json"
    assert asked[1]["Cache-Control"] == "no-store"
    return asked[1]


def tag(server: Server, coding: str = "identity", path: str = FILE) -> str:
    return str(ask(server, path, Accept_Encoding=coding)[1]["ETag"])


def test_each_coding_has_a_strong_tag_of_its_own(server: Server, dist: Path) -> None:
    for path, content in ((FILE, TEXT), ("/", HTML)):
        tags = set()
        for coding in ("br", "gzip", "zstd", "identity"):
            status, told, body = ask(server, path, Accept_Encoding=coding)
            assert (status, told["Vary"]) == (200, "Accept-Encoding")
            assert told.get("Content-Encoding", "identity") == coding
            assert (WHOLE[coding](body) if coding != "identity" else body) == content
            assert told["Accept-Ranges"] == "bytes"
            assert int(told["Content-Length"]) == len(body)
            assert told["ETag"].startswith('"')
            tags.add(told["ETag"])
        assert len(tags) == 4
    assert ask(server, Accept_Encoding="br")[2] == (dist / f"{FILE[1:]}.br").read_bytes()
    assert ask(server, Accept_Encoding="gzip")[2] == (dist / f"{FILE[1:]}.gz").read_bytes()


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),
        ("br;q=0", None),
        ("br;q=0, gzip;q=0.0", None),
        ("*;q=0", None),
        ("identity, *;q=0", None),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.1, gzip", "gzip"),
        ("gzip;q=0.5, identity;q=0", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("*", "br"),
        ("br;q=0, zstd;q=0, *", "gzip"),
    ],
)
def test_the_coding_is_the_best_that_the_client_accepts(server: Server, accepted: str, coding: str | None) -> None:
    assert ask(server, Accept_Encoding=accepted)[1]["Content-Encoding"] == coding


@pytest.mark.parametrize("path", ["/robots.txt", "/photo.png"])
def test_a_file_that_compression_does_not_make_smaller_is_sent_as_it_is(server: Server, path: str) -> None:
    status, told, _ = ask(server, path, Accept_Encoding="br, gzip")
    assert (status, told["Content-Encoding"]) == (200, None)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (FILE, "text/javascript; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/photo.png", "image/png"),
        ("/", "text/html; charset=utf-8"),
    ],
)
def test_a_file_has_its_media_type(server: Server, path: str, kind: str) -> None:
    assert ask(server, path)[1]["Content-Type"] == kind


@pytest.mark.parametrize("coding", ["identity", "br"])
@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=3-9", 3, 10),
        ("Bytes=3-9", 3, 10),
        ("bytes=7-", 7, None),
        ("bytes=-5", -5, None),
        pytest.param(f"bytes=-{LARGE}", 0, None, id="more than all"),
        pytest.param(f"bytes=2-{LARGE}", 2, None, id="more than the rest"),
    ],
)
def test_a_range_is_a_part_of_one_coding(server: Server, coding: str, asked: str, first: int, end: int | None) -> None:
    _, whole_told, whole = ask(server, Accept_Encoding=coding)
    status, told, part = ask(server, Accept_Encoding=coding, Range=asked)
    chosen = range(len(whole))[first:end]
    assert (status, part) == (206, whole[first:end])
    assert told["Content-Range"] == f"bytes {chosen[0]}-{chosen[-1]}/{len(whole)}"
    assert told["Content-Length"] == str(len(part))
    for name in ("ETag", "Content-Encoding", "Cache-Control", "Vary", "Content-Type"):
        assert told[name] == whole_told[name]


def test_the_last_byte_is_a_range(server: Server) -> None:
    status, told, part = ask(server, Range=f"bytes={SIZE - 1}-")
    assert (status, told["Content-Range"], part) == (206, f"bytes {SIZE - 1}-{SIZE - 1}/{SIZE}", TEXT[-1:])


@pytest.mark.parametrize(
    "asked", ["bytes=-0", f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", pytest.param(f"bytes={LARGE}-", id="far")]
)
def test_a_range_that_the_file_does_not_have_is_416(server: Server, asked: str) -> None:
    assert refused(ask(server, Range=asked), 416)["Content-Range"] == f"bytes */{SIZE}"


TOO_LONG = "9" * 5000
IGNORED = ("bytes=5-2", "bytes=x", "bytes=", "bytes=-", "items=0-1", "bytes=0-1,4-5", "0-1", "bytes=-1-2")


@pytest.mark.parametrize("asked", [*IGNORED, pytest.param(f"bytes=0-{TOO_LONG}", id="too long")])
def test_a_range_that_is_invalid_or_not_offered_is_ignored(server: Server, asked: str) -> None:
    status, told, body = ask(server, Range=asked)
    assert (status, told["Content-Range"], body) == (200, None, TEXT)


def test_an_empty_file_has_no_ranges(server: Server) -> None:
    assert [ask(server, "/empty.txt", Range=asked)[::2] for asked in ("bytes=0-", "bytes=-1")] == [(200, b"")] * 2


@pytest.mark.parametrize("asked", ["bytes=0-9", "bytes=-0"])
def test_a_head_has_no_ranges_and_no_body(server: Server, asked: str) -> None:
    status, told, body = ask(server, method="HEAD", Range=asked)
    assert (status, told["Content-Range"], told["Content-Length"], body) == (200, None, str(SIZE), b"")


@pytest.mark.parametrize("coding", ["identity", "br", "gzip"])
def test_if_range_takes_the_strong_tag_of_the_same_coding(server: Server, coding: str) -> None:
    own, other = tag(server, coding), tag(server, "br" if coding != "br" else "gzip")
    status, _, part = ask(server, Accept_Encoding=coding, Range="bytes=0-9", If_Range=own)
    assert (status, len(part)) == (206, 10)
    date = ask(server)[1]["Last-Modified"]
    for condition in (other, f"W/{own}", '"x"', own.strip('"'), date, LATER, "*"):
        assert ask(server, Accept_Encoding=coding, Range="bytes=0-9", If_Range=condition)[0] == 200
    assert ask(server, Range=f"bytes={SIZE}-", If_Range='"x"')[0] == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [FILE, "/", "/delays"])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"a", {}', '"a",W/{} , "b"', "*"])
def test_a_client_that_has_the_file_is_told_so(server: Server, method: str, path: str, form: str) -> None:
    for coding in ("identity", "br"):
        _, first, _ = ask(server, path, Accept_Encoding=coding)
        condition = form.format(first["ETag"])
        for more in ({}, {"Range": "bytes=0-9"}, {"If_Modified_Since": LONG_AGO}):
            status, told, body = ask(server, path, method, Accept_Encoding=coding, If_None_Match=condition, **more)
            assert (status, body) == (304, b"")
            for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy"):
                assert told[name] == first[name]
            assert told["Content-Range"] is None


def test_a_client_that_has_another_coding_or_version_gets_the_file(server: Server) -> None:
    now = ask(server)[1]["Last-Modified"]
    for condition in ('"x"', tag(server, "br"), 'W/"x", "y"'):
        assert ask(server, If_None_Match=condition, If_Modified_Since=now)[::2] == (200, TEXT)


def test_dates_are_compared_where_no_tag_is_given(server: Server) -> None:
    now = ask(server)[1]["Last-Modified"]
    found = [ask(server, If_Modified_Since=date)[0] for date in (now, LATER, LONG_AGO, "yesterday", "")]
    assert found == [304, 304, 200, 200, 200]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_precondition_that_fails_is_412(server: Server, method: str) -> None:
    own = tag(server)
    passing: list[dict[str, str]] = [
        {"If_Match": own},
        {"If_Match": "*"},
        {"If_Match": f'"x", {own}'},
        {"If_Unmodified_Since": LATER},
        {"If_Unmodified_Since": str(ask(server)[1]["Last-Modified"])},
        {"If_Unmodified_Since": "tomorrow"},
        {"If_Match": own, "If_Unmodified_Since": LONG_AGO},
    ]
    failing: list[dict[str, str]] = [
        {"If_Match": '"x"'},
        {"If_Match": f"W/{own}"},
        {"If_Match": tag(server, "br")},
        {"If_Unmodified_Since": LONG_AGO},
        {"If_Match": '"x"', "If_None_Match": own},
        {"If_Match": '"x"', "Range": f"bytes={SIZE}-"},
    ]
    assert [ask(server, method=method, **conditions)[0] for conditions in passing] == [200] * len(passing)
    for conditions in failing:
        status, told, body = ask(server, method=method, **conditions)
        assert (status, told["Content-Type"]) == (412, "application/problem+json")
        assert (body == b"") == (method == "HEAD")


def test_the_page_takes_conditions_and_ranges_as_a_file_does(server: Server) -> None:
    status, told, part = ask(server, "/", Range="bytes=0-14")
    assert (status, part) == (206, b"<!doctype html>")
    assert told["Content-Security-Policy"] == ask(server, "/")[1]["Content-Security-Policy"]
    assert refused(ask(server, "/", Range="bytes=-0"), 416)["Content-Range"] == f"bytes */{len(HTML)}"
    refused(ask(server, "/", If_Match='"x"'), 412)
    assert ask(server, "/nowhere", Accept="text/html", Range="bytes=0-9", If_None_Match="*")[::2] == (404, HTML)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_file_is_only_read(server: Server, method: str) -> None:
    told = refused(ask(server, method=method, Content_Length="0"), 405)
    assert told["Allow"] == "GET, HEAD, OPTIONS"
    status, told, body = ask(server, method="OPTIONS")
    assert (status, told["Allow"], told["Cache-Control"], body) == (200, "GET, HEAD, OPTIONS", "no-store", b"")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_page_has_one_address_and_its_copies_have_none(server: Server, method: str) -> None:
    status, told, _ = ask(server, "/index.html", method)
    assert (status, told["Location"]) == (308, "/")
    for path in ("/index.html.br", "/index.html.gz", f"{FILE}.br", f"//{FILE[1:]}", "/assets//index-B4c6D8e0.js"):
        assert ask(server, path, method)[0] == 404
    assert ask(server, "/")[1]["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "path", ["/%00", "/robots.txt%00", "/%ff", "/%2e%2e/robots.txt", "/assets/%2e/x.js", "/assets", "/" + "a" * 300]
)
def test_a_name_that_no_file_has_is_404(server: Server, path: str) -> None:
    refused(ask(server, path), 404)
