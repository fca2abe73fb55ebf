"""The built frontend: a page for every address that a person can visit, assets that never change."""

from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient
from support import NO_SUBJECTS, SPELLINGS, SUBJECTS, WHOLE

from roundtrip import create_app
from roundtrip.config import Settings

HTML = "<!doctype html><title>Roundtrip</title>" + "<p>Flights.</p>" * 50
PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(HTML)
    (tmp_path / "assets" / "index-B4c6D8e0.js").write_text("console.log(1)")
    (tmp_path / "icon.svg").write_text("<svg/>")
    return tmp_path


@pytest.fixture
def visitor(database_path: Path, dist: Path) -> FlaskClient:
    return visitor_of(database_path, dist)


@pytest.fixture
def answered(visitor: FlaskClient) -> Iterator[FlaskClient]:
    """A visitor whose open files are closed behind it."""
    with visitor:
        yield visitor


@pytest.mark.parametrize("path", [*("/", "/flights/17", "/delays", "/docs"), *SUBJECTS])
def test_every_page_is_the_one_page(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path, headers=PERSON)
    assert answer.status_code == 200
    assert answer.text == HTML
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(("spelled", "address"), SPELLINGS)
def test_each_page_has_one_address_and_other_spellings_lead_to_it(
    visitor: FlaskClient, spelled: str, address: str
) -> None:
    path, _, query = spelled.partition("?")
    answer = visitor.get("/", environ_overrides={"PATH_INFO": path, "QUERY_STRING": query}, headers=PERSON)
    assert (answer.status_code, answer.headers.get("Location")) == (308, address)


@pytest.mark.parametrize("path", ["//example.org", "//example.org/", "/nowhere/", "//nowhere", "/api/v1/flights/"])
def test_an_address_of_no_page_is_not_redirected(visitor: FlaskClient, path: str) -> None:
    assert visitor.get("/", environ_overrides={"PATH_INFO": path}, headers=PERSON).status_code == 404


@pytest.mark.parametrize("flight", ["0", "999999999", "99999999999999999999"])
def test_a_missing_flight_is_a_404_with_the_page(visitor: FlaskClient, flight: str) -> None:
    answer = visitor.get(f"/flights/{flight}", headers=PERSON)
    assert (answer.status_code, answer.text) == (404, HTML)


@pytest.mark.parametrize("path", [*NO_SUBJECTS, "/airlines/ZZ", "/airports/ZZZ", "/routes/JFK-ZZZ", "/numbers/UA9999"])
def test_an_airline_airport_route_or_number_without_flights_is_404(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path, headers=PERSON)
    assert (answer.status_code, answer.text) == (404, HTML)


def test_a_flights_page_comes_while_the_database_is_away(tmp_path: Path, dist: Path) -> None:
    assert visitor_of(tmp_path / "nothing.sqlite3", dist).get("/flights/17", headers=PERSON).status_code == 200


def test_a_visitor_who_has_it_is_told_so(visitor: FlaskClient) -> None:
    etag = visitor.get("/").headers["ETag"]
    answer = visitor.get("/", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
def test_the_page_comes_in_every_coding(visitor: FlaskClient, coding: str) -> None:
    answer = visitor.get("/", headers={"Accept-Encoding": coding})
    assert answer.headers["Content-Encoding"] == coding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert WHOLE[coding](answer.data).decode() == HTML


def test_a_person_who_is_lost_sees_the_page(visitor: FlaskClient) -> None:
    answer = visitor.get("/nowhere", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.text) == (404, HTML)


@pytest.mark.parametrize("path", ["/nowhere", "/flights/abc", "/api/v1/nowhere"])
def test_a_program_that_is_lost_is_told_the_problem(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_the_api_is_told_the_problem_even_by_a_browser(visitor: FlaskClient) -> None:
    answer = visitor.get("/api/v1/nowhere", headers={"Accept": "text/html"})
    assert answer.content_type == "application/problem+json"


def test_a_new_build_is_seen_at_once(visitor: FlaskClient, dist: Path) -> None:
    before = visitor.get("/").headers["ETag"]
    assert visitor.get("/icon.svg").text == "<svg/>"
    (dist / "index.html").write_text("<!doctype html><title>New</title>")
    answer = visitor.get("/")
    assert "New" in answer.text
    assert answer.headers["ETag"] != before
    (dist / "icon.svg").write_text("<svg><g/></svg>")
    assert visitor.get("/icon.svg").text == "<svg><g/></svg>"
    (dist / "icon.svg").unlink()
    assert visitor.get("/icon.svg").status_code == 404


def test_hashed_assets_never_change_and_others_may(answered: FlaskClient) -> None:
    with answered.get("/assets/index-B4c6D8e0.js") as hashed, answered.get("/icon.svg") as plain:
        assert "immutable" in hashed.headers["Cache-Control"]
        assert "immutable" not in plain.headers["Cache-Control"]
        assert hashed.data == b"console.log(1)"


@pytest.mark.parametrize(
    "path", ["/assets/../index.html.bak", "/..%2f..%2fetc/passwd", "/assets/%2e%2e/%2e%2e/x", "/assets/"]
)
def test_nothing_outside_the_build_is_served(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/flights/17", "/flights/0", "/nowhere"])
def test_without_a_build_a_person_is_told_how_to_make_one(database_path: Path, tmp_path: Path, path: str) -> None:
    answer = visitor_of(database_path, tmp_path / "none").get(path, headers=PERSON)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert "make build" in answer.get_json()["detail"]


def test_a_build_that_comes_later_is_served(database_path: Path, tmp_path: Path) -> None:
    visitor = visitor_of(database_path, tmp_path / "dist")
    assert [visitor.get(path).status_code for path in ("/", "/icon.svg")] == [503, 404]
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text(HTML)
    (tmp_path / "dist" / "icon.svg").write_text("<svg/>")
    assert [visitor.get(path).status_code for path in ("/", "/icon.svg")] == [200, 200]


def test_a_compressed_copy_of_another_version_is_not_served(visitor: FlaskClient, dist: Path) -> None:
    for copy, content in (("index.html.br", brotli.compress(b"Old.")), ("index.html.gz", b"broken")):
        (dist / copy).write_bytes(content)
    for coding in ("br", "gzip"):
        answer = visitor.get("/", headers={"Accept-Encoding": coding})
        assert answer.headers["Content-Encoding"] == coding
        assert WHOLE[coding](answer.data).decode() == HTML


def test_a_page_for_an_unknown_address_varies_by_accept(visitor: FlaskClient) -> None:
    answer = visitor.get("/nowhere", headers=PERSON)
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"


def visitor_of(database: Path, dist: Path) -> FlaskClient:
    url = f"sqlite:///{database}"
    return create_app(Settings(database_url=url, secret_key="test", frontend_dist=str(dist))).test_client()
