"""The headers tell a browser what the page may do, without unsafe-inline; they do not name the server."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from roundtrip import create_app
from roundtrip.config import Settings
from roundtrip.operations.security_headers import of_a_page

pytestmark = pytest.mark.at_both_doors

SCRIPT = "document.title = '&amp;<b>'\n"
STYLE = "p > a { color: red }"
HTML = f"<!doctype html><style>{STYLE}</style><script>{SCRIPT}</script><script src=/a.js></script><p>Hello"


def hash_of(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@pytest.fixture
def visitor(database_path: Path, tmp_path: Path) -> FlaskClient:
    (tmp_path / "index.html").write_text(HTML)
    (tmp_path / "icon.svg").write_text("<svg/>")
    url = f"sqlite:///{database_path}"
    return create_app(Settings(database_url=url, secret_key="test", frontend_dist=str(tmp_path))).test_client()


def test_a_page_runs_its_own_scripts_and_styles_by_their_hashes() -> None:
    policy = dict(of_a_page(HTML.encode()))["Content-Security-Policy"]
    directives = dict(directive.strip().split(" ", 1) for directive in policy.split(";"))
    assert directives["script-src"] == f"'self' {hash_of(SCRIPT)}"
    assert hash_of(STYLE) in directives["style-src"]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_hashed_as_a_browser_reads_them(end: str) -> None:
    page = HTML.replace("\n", end).encode()
    assert page != HTML.encode()
    assert hash_of(SCRIPT) in dict(of_a_page(page))["Content-Security-Policy"]


def test_nothing_is_allowed_that_any_injected_code_could_use() -> None:
    policy = dict(of_a_page(HTML.encode()))["Content-Security-Policy"]
    for loose in ("unsafe-inline", "unsafe-eval", "*", "http:", "https:", "data:", "blob:"):
        assert loose not in policy
    for closed in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert closed in policy


@pytest.mark.parametrize("path", ["/", "/flights/17", "/nowhere"])
def test_every_page_has_them(visitor: FlaskClient, path: str) -> None:
    headers = visitor.get(path, headers={"Accept": "text/html"}).headers
    for name, value in of_a_page(HTML.encode()):
        assert headers.getlist(name) == [value]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_a_visitor_who_has_the_page_is_told_them_again(visitor: FlaskClient) -> None:
    first = visitor.get("/")
    again = visitor.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    ["/", "/icon.svg", "/api/v1/airlines", "/api/v1/nowhere", "/api/v1/openapi.json", "/api/v1/airlines/UA?x=1"],
)
def test_no_answer_is_taken_for_what_it_is_not(visitor: FlaskClient, path: str) -> None:
    for _ in ("by the application", "at the door"):
        with visitor.get(path) as answer:
            assert answer.headers.getlist("X-Content-Type-Options") == ["nosniff"]
