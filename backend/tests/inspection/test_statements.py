"""In development the statements of a request can be looked at, with their plans. In production they never can."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from databases import settings_for
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.database import Database
from support import end

from roundtrip import create_app
from roundtrip.config import Settings
from roundtrip.inspection import statements
from roundtrip.operations.profile import refuse_what_is_wrong

JFK = "/api/v1/flights?origin=JFK&dest=LAX&limit=3&fields=id,airline.name"
SECRET = "K7tq0m3Zx9VbL2wRf8YdJ5hNc1GsTuEp"


@pytest.fixture(scope="module")
def inspected(database_url: str) -> Iterator[Flask]:
    app = create_app(replace(settings_for(database_url), inspect="on"))
    yield app
    end(app)


@pytest.fixture
def client(inspected: Flask) -> FlaskClient:
    return inspected.test_client()


def look(client: FlaskClient, url: str) -> Any:
    answer = client.get(f"/api/inspection/statements?url={quote(url, safe='')}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json


@pytest.mark.on_both
def test_a_statement_is_told_with_its_values_plan_index_rows_and_time(client: FlaskClient, database_kind: str) -> None:
    told = look(client, JFK)
    assert told["database"] == database_kind
    assert (told["status"], told["left_out"], told["runs"]) == (200, 0, 5)
    (statement,) = told["statements"]
    assert statement["sql"].startswith("SELECT ")
    assert {value["value"] for value in statement["values"]} >= {"JFK", "LAX"}
    assert statement["rows"] == 4  # one more than asked for tells whether there is a next page
    assert 0 < statement["ms"] < 10_000
    assert any("flights" in line for line in statement["plan"])
    assert statement["indexes"], statement["plan"]
    assert all(any(index in line.lower() for line in statement["plan"]) for index in statement["indexes"])


@pytest.mark.on_both
def test_the_rows_looked_at_are_told_where_the_database_tells_them(client: FlaskClient, database_kind: str) -> None:
    (statement,) = look(client, "/api/v1/flights?origin=JFK&limit=3&fields=id")["statements"]
    if database_kind == "sqlite":
        assert statement["rows_looked_at"] is None
    else:
        assert statement["rows_looked_at"] >= 4
        assert any("actual time" in line for line in statement["plan"])
        assert any("Buffers:" in line for line in statement["plan"])


def test_an_answer_in_the_cache_is_computed_again(client: FlaskClient) -> None:
    assert client.get(JFK).status_code == 200
    assert client.get(JFK).headers["Cache-Status"].startswith("roundtrip; hit")
    assert len(look(client, JFK)["statements"]) == 1
    assert client.get(JFK).headers["Cache-Status"].startswith("roundtrip; hit")


def test_a_request_that_is_refused_is_told_with_its_status_and_no_statement(client: FlaskClient) -> None:
    told = look(client, "/api/v1/flights?origin=JFK&sql=select+1")
    assert (told["status"], told["statements"]) == (400, [])


def test_a_missing_row_is_told_with_its_status_and_statement(client: FlaskClient) -> None:
    told = look(client, "/api/v1/flights/99999999")
    assert (told["status"], len(told["statements"]), told["statements"][0]["rows"]) == (404, 1, 0)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "SELECT 1",
        "api/v1/airlines",
        "/api/inspection/statements?url=/api/v1/airlines",
        "//elsewhere.example/api/v1/airlines",
        "http://elsewhere.example/api/v1/airlines",
        "/api/v1/airlines#x",
        "/api/v1/air lines",
        "/api/v1/airlines?name=é",
        "/api/v1/openapi.json",
        f"/api/v1/airlines?limit={'1' * 4000}",
    ],
)
def test_only_a_path_of_the_api_is_looked_at(client: FlaskClient, url: str) -> None:
    answer = client.get(f"/api/inspection/statements?url={quote(url, safe='')}")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.get_json(force=True)["detail"].startswith("url: ")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("/statements", 400),
        ("/statements?url=/api/v1/airlines&url=/api/v1/airports", 400),
        ("/statements?url=/api/v1/nothing", 404),
        ("/statements?url=/api/v1/batch", 404),
    ],
)
def test_every_refusal_is_a_problem(client: FlaskClient, asked: str, status: int) -> None:
    answer = client.get(f"/api/inspection{asked}")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_another_site_is_refused(client: FlaskClient) -> None:
    asked = "/api/inspection/statements?url=/api/v1/airlines"
    for site, status in {"same-origin": 200, "same-site": 403, "cross-site": 403}.items():
        assert client.get(asked, headers={"Sec-Fetch-Site": site}).status_code == status


@pytest.mark.on_both
def test_a_statement_that_takes_too_long_is_stopped(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
        "postgresql": "SELECT pg_sleep(60)",
    }
    fetch = Database.fetch

    def note_an_endless_one(database: statements.Noting, sql: str, arguments: Any, client: str = "") -> Any:
        rows = fetch(database, sql, arguments, client)
        database.ran.append(statements.Ran(endless[database.engine.dialect.name], (), 1))
        return rows

    monkeypatch.setattr(statements.Noting, "fetch", note_an_endless_one)
    monkeypatch.setattr(statements, "LONGEST", 0.5)
    answer = client.get("/api/inspection/statements?url=/api/v1/airlines")
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    monkeypatch.undo()
    assert look(client, "/api/v1/airlines")["statements"], "the connection is as good as before"


def test_two_at_once_are_inspected_one_after_the_other_or_told_to_wait(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roundtrip.inspection.routes.PATIENCE", 0.01)
    within: list[int] = []

    def ask_again(*_: object) -> dict[str, Any]:
        within.append(client.get("/api/inspection/statements?url=/api/v1/airlines").status_code)
        return {}

    monkeypatch.setattr("roundtrip.inspection.routes.explained", ask_again)
    assert client.get("/api/inspection/statements?url=/api/v1/airlines").status_code == 200
    assert within == [503]


def test_statements_past_the_most_are_counted_and_not_explained(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "MOST", 0)
    told = look(client, "/api/v1/airlines")
    assert (told["statements"], told["left_out"]) == ([], 1)


@pytest.mark.parametrize(
    "settings", [{}, {"profile": "production", "secret_key": SECRET, "trusted_hosts": ".localhost"}]
)
def test_without_the_setting_and_in_production_the_routes_are_absent(
    database_url: str, settings: dict[str, str]
) -> None:
    app = create_app(replace(settings_for(database_url), **settings))  # type: ignore[arg-type]  # all are texts
    absent = app.test_client()
    for asked in ("/api/inspection/statements?url=/api/v1/airlines", "/api/inspection/profiles/1"):
        assert absent.get(asked, base_url="http://a.localhost").status_code == 404
    assert absent.post("/api/inspection/profiles", base_url="http://a.localhost").status_code == 404
    assert "inspection" not in absent.get("/delays", base_url="http://a.localhost").headers.get("Server-Timing", "")
    assert not [rule for rule in app.url_map.iter_rules() if "inspection" in rule.rule]
    end(app)


def test_production_does_not_start_with_it() -> None:
    safe = Settings(profile="production", secret_key=SECRET, trusted_hosts="flights.example.org")
    refuse_what_is_wrong(safe, {})
    with pytest.raises(SystemExit, match="INSPECT=on"):
        refuse_what_is_wrong(replace(safe, inspect="on"), {})
    with pytest.raises(SystemExit, match="INSPECT: expected off or on, got 'yes'"):
        refuse_what_is_wrong(replace(safe, inspect="yes"), {})
