"""Flask's own tutorial application, a blog with accounts, as it is in Flask's source distribution."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, request, session
from flask.testing import FlaskClient
from foreign_checks import Checks

from flask_roundtrip import Batch, ServerTiming, cached, invalidate

PERSON = {"username": "ann", "password": "a long one"}


def add(app: Flask, fresh: int = 60) -> None:
    keep = cached(fresh, stale=600, max_age=0, tags=("posts",), identity=lambda: str(session.get("user_id")))
    app.view_functions["blog.index"] = keep(app.view_functions["blog.index"])
    app.after_request(lambda answer: (request.method == "POST" and invalidate("posts")) or answer)
    app.wsgi_app = ServerTiming(Batch(app.wsgi_app, at="/batch", prefix="/"))  # type: ignore[method-assign]


class TestFlaskr(Checks):
    url = "/"
    endpoint = "blog.index"
    missing = "/nowhere"
    add = add

    @pytest.fixture
    def make(self, flaskr_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Flask]:
        monkeypatch.syspath_prepend(flaskr_folder)
        from flaskr import create_app  # type: ignore[import-not-found]
        from flaskr.db import init_db  # type: ignore[import-not-found]

        def make() -> Flask:
            path = tmp_path / "flaskr.sqlite"
            app: Flask = create_app({"DATABASE": str(path), "SECRET_KEY": "a secret of the tests"})
            if not path.exists():
                with app.app_context():
                    init_db()
                with sqlite3.connect(path) as database:
                    database.execute("INSERT INTO user (username, password) VALUES ('old', 'no hash')")
                    database.executemany(
                        "INSERT INTO post (author_id, title, body) VALUES (1, ?, ?)",
                        [(f"post {number}", "a few words " * 20) for number in range(5)],
                    )
                database.close()
            return app

        return make

    def test_each_user_sees_their_own_page_and_visitors_see_the_public_page(self, app: Flask) -> None:
        ann, visitor = signed_in(app, "ann"), app.test_client()
        ben = signed_in(app, "ben")
        ann.post("/create", data={"title": "By Ann", "body": "words"})
        for _ in range(2):
            assert "/6/update" in ann.get("/").text
            assert "<span>ann</span>" in ann.get("/").text
            assert "<span>ben</span>" in ben.get("/").text
            assert "/6/update" not in ben.get("/").text
            assert "Log In" in visitor.get("/").text
            assert "ann</span>" not in visitor.get("/").text
        kept = ann.get("/")
        assert kept.headers["Cache-Control"] == "private, max-age=0"
        assert "Cookie" in kept.headers["Vary"]
        assert "hit" in kept.headers["Cache-Status"]

    def test_a_renewed_page_belongs_to_its_user(self, make: Callable[[], Flask]) -> None:
        app = make()
        add(app, fresh=0)
        ann = signed_in(app, "ann")
        assert {"<span>ann</span>" in ann.get("/").text for _ in range(20)} == {True}

    def test_a_post_is_seen_by_its_writer_at_once(self, app: Flask) -> None:
        ann = signed_in(app, "ann")
        before = ann.get("/")
        assert "New words" not in before.text
        answer = ann.post("/create", data={"title": "New words", "body": ""}, follow_redirects=True)
        assert "New words" in answer.text
        assert ann.get("/", headers={"If-None-Match": before.headers["ETag"]}).status_code == 200
        assert "New words" in app.test_client().get("/").text

    def test_a_post_gets_the_same_answer_as_without_the_package(self, make: Callable[[], Flask], app: Flask) -> None:
        for one in (make(), app):
            client = one.test_client()
            wrong = client.post("/auth/login", data=PERSON)
            assert (wrong.status_code, "Incorrect username" in wrong.text) == (200, True)
            assert client.post("/create", data={"title": "x", "body": ""}).headers["Location"] == "/auth/login"
            assert client.post("/").status_code == 405

    def test_a_message_is_shown_once(self, app: Flask) -> None:
        client = app.test_client()
        client.get("/")
        with client.session_transaction() as kept:
            kept["_flashes"] = [("message", "Only once")]
        client.post("/auth/register", data={"username": "", "password": ""})
        assert "Only once" not in client.get("/").text

    def test_each_part_of_a_batch_is_asked_by_the_caller(self, app: Flask) -> None:
        parts = {"requests": [{"id": "1", "url": "/"}, {"id": "2", "url": "/create"}]}
        ann = signed_in(app, "ann").post("/batch", json=parts).json["responses"]
        assert [part["status"] for part in ann] == [200, 200]
        assert "<span>ann</span>" in ann[0]["body"]
        nobody = app.test_client().post("/batch", json=parts).json["responses"]
        assert [part["status"] for part in nobody] == [200, 302]
        assert "Log In" in nobody[0]["body"]


def signed_in(app: Flask, name: str) -> FlaskClient:
    client, person = app.test_client(), {**PERSON, "username": name}
    client.post("/auth/register", data=person)
    assert client.post("/auth/login", data=person).headers["Location"] == "/"
    return client
