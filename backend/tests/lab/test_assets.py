"""The experiment of static files, on the small frontend that conftest.py makes up."""

import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.wire import PROBLEM_JSON

import lab
from roundtrip import create_app
from roundtrip.config import Settings
from roundtrip.extensions import db

BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
SIDES = ("plain", "compressed")


def mounted(database: Path, dist: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setenv("LAB", "on")
    monkeypatch.setenv("FRONTEND_DIST", str(dist))
    url = f"sqlite:///{database}"
    app = create_app(Settings(database_url=url, secret_key="test", frontend_dist=str(dist), testing=True))
    lab.mount(app)
    return app


@pytest.fixture
def client(database_path: Path, dist: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    app = mounted(database_path, dist, monkeypatch)
    with app.test_client() as client:
        yield client
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def addresses(dist: Path) -> list[str]:
    """The product's own addresses of its files."""
    return re.findall(r'"(/assets/[^"]+)"', (dist / "index.html").read_text())


def asked(side: str, part: int) -> str:
    return f"/api/lab/experiments/assets/{side}?part={part}"


def test_all_sides_have_the_same_text_and_all_but_the_plain_ones_compressed(
    client: FlaskClient, dist: Path, addresses: list[str]
) -> None:
    for part, address in enumerate(addresses):
        text = (dist / address.removeprefix("/")).read_text()
        for url, coding in ((asked("plain", part), None), (asked("compressed", part), "br"), (address, "br")):
            with client.get(url, headers=BROWSER) as answer:
                assert answer.headers.get("Content-Encoding") == coding
                body = brotli.decompress(answer.data) if coding else answer.data
                assert body.decode() == text
            with client.get(url) as answer:
                assert answer.data.decode() == text


@pytest.mark.parametrize("side", SIDES)
def test_a_second_visit_is_told_that_nothing_has_changed(client: FlaskClient, side: str) -> None:
    first = client.get(asked(side, 0), headers=BROWSER)
    assert first.headers["Cache-Control"] == "no-cache"
    second = client.get(asked(side, 0), headers={**BROWSER, "If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.data) == (304, b"")
    assert "rid" in second.headers["Server-Timing"]  # by it the browser's half knows which request was this


def test_only_the_hashed_files_need_not_be_asked_for_again(client: FlaskClient, addresses: list[str]) -> None:
    with client.get(addresses[0]) as answer:
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("side", SIDES)
def test_there_are_as_many_files_as_the_page_names(client: FlaskClient, side: str) -> None:
    answer = client.get(asked(side, 2))
    assert (answer.status_code, answer.mimetype) == (404, PROBLEM_JSON)


def test_without_a_build_the_sides_say_how_to_make_one(
    database_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = mounted(database_path, tmp_path / "none", monkeypatch).test_client()
    answer = client.get(asked("plain", 0))
    assert (answer.status_code, answer.mimetype) == (503, PROBLEM_JSON)
    assert "make build" in answer.get_json()["detail"]
    listed = {item["name"]: item for item in client.get("/api/lab/experiments").get_json()["experiments"]}
    assert all("make build" in side["needs"] for side in listed["assets"]["sides"])
