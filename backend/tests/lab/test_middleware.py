"""Hooks and layers: the experiment's hooks all run, and the audit lists those of the application."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import run_wsgi_app

from lab import audit
from lab.experiments import middleware
from roundtrip import create_app
from roundtrip.config import BACKEND, Settings


def test_the_view_answers_the_same_with_and_without_hooks(client: FlaskClient) -> None:
    laden, bare = (client.get(f"/api/lab/experiments/middleware/{side}?number=4") for side in ("laden", "bare"))
    assert laden.status_code == bare.status_code == 200
    assert laden.data == bare.data
    assert len(bare.get_json()["items"]) == middleware.ROWS


def test_there_are_ten_hooks_and_none(app: Flask, client: FlaskClient) -> None:
    client.get("/api/lab/experiments/middleware/laden")
    bare, laden, _ = app.extensions["lab.middleware"]
    for application, count in ((laden, 10), (bare, 0)):
        kinds = (application.before_request_funcs, application.after_request_funcs)
        assert sum(len(hooks) for kind in kinds for hooks in kind.values()) == count


def test_every_hook_does_something(app: Flask, client: FlaskClient) -> None:
    client.get("/api/lab/experiments/middleware/laden?number=4")
    assert " - 7 [" in middleware.log_lines[-1]  # the user of the signed cookie
    assert middleware.log_lines[-1].startswith("192.0.2.7 ")  # what ProxyFix took from the proxy
    environ = app.extensions["lab.middleware"][2]
    laden = middleware.laden_application()
    laden.add_url_rule("/nothing", view_func=lambda: "nothing")
    headers = run_wsgi_app(laden, {**environ, "PATH_INFO": "/nothing"})[2]
    assert {"X-Request-ID", "X-Response-Time", "X-Served-By", "Content-Security-Policy"} <= set(headers.keys())


def test_the_log_is_bounded() -> None:
    assert middleware.log_lines.maxlen == 1_000
    assert middleware.slow_requests.maxlen == 100


@pytest.fixture
def served(database_path: Path, tmp_path: Path) -> Flask:
    """The product with a built frontend and without the Lab."""
    (tmp_path / "index.html").write_text("<!doctype html>")
    return create_app(
        Settings(f"sqlite:///{database_path}", frontend_dist=str(tmp_path), secret_key="test", testing=True)
    )


def test_the_layers_are_listed_from_outside_in(served: Flask) -> None:
    layers = [found["name"] for found in audit.audit(served) if found["kind"] == "WSGI layer"]
    assert layers == ["Door", "Batch", "Probes", "Files"]


def test_hooks_are_listed_with_their_blueprint_and_place(app: Flask) -> None:
    found = {entry["name"]: entry for entry in audit.audit(app)}
    admit = found["lab: admit"]
    assert admit["kind"] == "before_request"
    path, _, line = admit["where"].partition(":")
    assert path == "backend/lab/routes.py"
    assert "def admit" in (BACKEND.parent / path).read_text().splitlines()[int(line) - 1]
    assert any(entry["kind"] == "teardown_appcontext" for entry in found.values())
    assert any(entry["kind"] == "routing" for entry in found.values())


def test_a_hook_that_is_added_is_found(served: Flask) -> None:
    @served.after_request
    def add_nothing(response):  # type: ignore[no-untyped-def]  # as people write it
        return response

    names = [(entry["name"].rpartition(".")[2], entry["kind"]) for entry in audit.audit(served)]
    assert ("add_nothing", "after_request") in names


def test_every_entry_has_a_cost_and_a_place(app: Flask) -> None:
    for entry in audit.audit(app):
        assert set(entry) == {"name", "kind", "microseconds", "where"}
        assert entry["microseconds"] >= 0
        assert not entry["where"].startswith("/")


def test_a_layer_costs_the_same_where_its_cache_knows_what_is_asked(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A layer may answer out of a cache instead of passing on."""
    passed_on = []

    def inner(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        passed_on.append(environ)
        return audit_inner(environ, start_response)

    audit_inner = audit._inner
    monkeypatch.setattr(audit, "_inner", inner)
    for _ in range(3):
        assert client.get(audit.PATH).status_code == 200
    layers = list(audit._layers(app))
    assert layers
    assert len(passed_on) == audit.CALLS * (1 + len(layers))


def test_an_audit_leaves_the_layers_as_they_were(app: Flask, client: FlaskClient) -> None:
    outermost = app.wsgi_app
    before = dict(vars(outermost))
    audit.audit(app)
    assert app.wsgi_app is outermost
    assert vars(outermost) == before
    assert client.get("/api/v1/airlines/UA").status_code == 200


def test_an_audit_is_kept_for_ten_seconds(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get("/api/lab/audit")
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "no-store"
    monkeypatch.setattr(audit, "audit", lambda app: [])
    assert client.get("/api/lab/audit").get_json() == first.get_json()
    monkeypatch.setattr(audit, "KEPT_FOR", -1.0)
    assert client.get("/api/lab/audit").get_json() == {"items": []}
