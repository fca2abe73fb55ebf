"""Every experiment: all its sides give the same answer, and they differ only in the claimed technique."""

import json
import re
import socket
import sqlite3
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import ormsgpack
import pytest
import urllib3
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.database import Database
from flask_roundtrip.wire import PROBLEM_JSON
from sqlalchemy import text
from support import WHOLE
from werkzeug.test import TestResponse

import lab
from lab import calling
from lab.companion import Companion
from lab.experiment import CHAPTERS, NETWORKS, Experiment, Side, all_experiments
from lab.experiments import offset, pool_server, report
from lab.experiments.index import not_indexed
from lab.files import REPOSITORY
from lab.questions import day
from lab.routes import heavy_run
from lab.workbench import Workbench
from roundtrip import create_app, postgresql
from roundtrip.config import Settings
from roundtrip.extensions import db

EXPERIMENTS = all_experiments()
STEP = re.compile(r"(& )?[a-z ]+ -> [a-z ]+(: .+?)?( ×\d+)?")
LANES = {"browser", "edge", "server", "cache", "pgbouncer", "database", "upstream"}


def ran(client: FlaskClient, name: str, side: str, number: int = 0, accepted: str = "") -> TestResponse:
    headers = {"Accept-Encoding": accepted} if accepted else {}
    answer = client.get(f"/api/lab/experiments/{name}/{side}?number={number}", headers=headers)
    assert answer.status_code == 200, (name, side, answer.data[:300])
    return answer


def content(answer: TestResponse) -> Any:
    coding = answer.headers.get("Content-Encoding")
    body = WHOLE[coding](answer.data) if coding else answer.data
    if answer.mimetype in ("text/javascript", "text/css"):  # the made-up frontend of conftest.py
        return body.decode()
    return ormsgpack.unpackb(body) if answer.mimetype == "application/msgpack" else json.loads(body)


def told(answer: TestResponse) -> dict[str, str]:
    """The metrics of Server-Timing: durations and descriptions, by name; `db` is its number of statements."""
    header = ", ".join(answer.headers.getlist("Server-Timing"))
    said = {}
    for metric in header.split(", "):
        name, _, rest = metric.partition(";")
        said[name] = re.split(r"=", rest)[-1].strip('"')
    return said


def statements(answer: TestResponse) -> int:
    return int(told(answer)["db"].split()[0])


def bench_of(app: Flask) -> Workbench:
    bench: Workbench = app.extensions["lab"]
    return bench


def askable(found: Experiment, bench: Workbench) -> list[Side]:
    return [side for side in found.sides if side.answer and (side.needs is None or side.needs in bench.engines)]


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_all_sides_answer_the_same(app: Flask, client: FlaskClient, name: str, number: int) -> None:
    found = EXPERIMENTS[name]
    contents = []
    for side in askable(found, bench_of(app)):
        answer = ran(client, name, side.name, number)
        assert {"cpu", "rows"} <= told(answer).keys()
        assert answer.headers["Cache-Control"]
        contents.append((side.name, content(answer)))
    seen = found.seen or (lambda whole: whole)
    for side_name, whole in contents[1:]:
        assert seen(whole) == seen(contents[0][1]), f"{side_name} differs from {contents[0][0]}"


@pytest.mark.usefixtures("all_engines")
def test_no_side_is_left_out(app: Flask) -> None:
    for found in EXPERIMENTS.values():
        assert askable(found, bench_of(app)) == [side for side in found.sides if side.answer]


@pytest.mark.parametrize("name", ["n_plus_one", "index", "offset", "serializer", "fields", "compression"])
def test_no_cache_keeps_an_answer(client: FlaskClient, name: str) -> None:
    for side in EXPERIMENTS[name].sides:
        assert ran(client, name, side.name).headers["Cache-Control"] == "no-store"


def test_an_edge_may_keep_one_side_alone_and_both_are_the_same_answer(client: FlaskClient) -> None:
    passed, kept = (ran(client, "edge", side) for side in ("api", "edge"))
    assert passed.headers["Cache-Control"] == "no-store"
    assert kept.headers["Cache-Control"].startswith("public, max-age=")
    assert len(passed.headers.getlist("Cache-Control")) == 1
    assert passed.data == kept.data
    assert passed.headers["ETag"] == kept.headers["ETag"]
    assert len(content(kept)["items"]) == 50


def test_without_an_edge_its_sides_say_that_they_need_one(database_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB", "on")
    monkeypatch.delenv("LAB_EDGE", raising=False)
    app = create_app(Settings(database_url=f"sqlite:///{database_path}"))
    lab.mount(app)
    client = app.test_client()
    listed = {item["name"]: item for item in client.get("/api/lab/experiments").get_json()["experiments"]}
    needs = {side["needs"] for side in listed["edge"]["sides"]}
    assert needs == {"a caching edge (make lab-stack)"}
    assert client.get("/api/lab/experiments/edge/edge").status_code == 503


@pytest.mark.parametrize(
    ("side", "engine"), [("new", "PostgreSQL"), ("pgbouncer", "pgbouncer"), ("pool", "PostgreSQL")]
)
@pytest.mark.parametrize("url", ["postgresql+psycopg://u@127.0.0.1:1/d", "nonsense"])
def test_an_engine_that_is_away_is_named(
    database_path: Path, monkeypatch: pytest.MonkeyPatch, side: str, engine: str, url: str
) -> None:
    monkeypatch.setenv("LAB", "on")
    monkeypatch.setenv("LAB_POSTGRES_URL", url)
    monkeypatch.setenv("LAB_PGBOUNCER_URL", url)
    monkeypatch.setattr(pool_server, "_databases", {})
    app = create_app(Settings(database_url=f"sqlite:///{database_path}"))
    lab.mount(app)
    answer = app.test_client().get(f"/api/lab/experiments/pool_server/{side}")
    assert (answer.status_code, answer.mimetype) == (503, PROBLEM_JSON)
    assert f"{engine} does not answer as it should" in answer.get_json()["detail"]


@pytest.mark.parametrize("side", ["one_by_one", "asyncio", "threads"])
def test_a_slow_service_that_hangs_is_not_waited_for_long(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    monkeypatch.setattr(calling, "PATIENCE", 0.2)
    monkeypatch.setattr(calling, "POOL", urllib3.PoolManager(timeout=0.2, retries=False))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(Companion, "upstream", f"http://127.0.0.1:{silent.getsockname()[1]}")
        answer = client.get(f"/api/lab/experiments/fan_out/{side}")
    assert (answer.status_code, answer.mimetype) == (503, PROBLEM_JSON)
    assert "does not answer as it should" in answer.get_json()["detail"]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_is_complete(name: str) -> None:
    found = EXPERIMENTS[name]
    assert len(found.sides) >= 2
    assert len({side.name for side in found.sides}) == len(found.sides)
    assert found.chapter in CHAPTERS
    assert found.network in NETWORKS
    assert found.technique
    assert [path for path in found.technique if not (REPOSITORY / path).is_file()] == []
    assert found.explanation
    assert all((found.title, found.shows, found.lesson, found.does_not_pay))
    for side in found.sides:
        assert side.label
        assert side.says.endswith(".")
        assert side.pattern
        assert not side.pattern[0].startswith("& ")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_drawing_can_be_drawn(name: str) -> None:
    for step in (step for side in EXPERIMENTS[name].sides for step in side.pattern):
        assert STEP.fullmatch(step), step
        lanes = set(step.removeprefix("& ").partition(":")[0].partition(" ×")[0].split(" -> "))
        assert lanes <= LANES, step


def test_the_list_describes_every_experiment(client: FlaskClient) -> None:
    listed = client.get("/api/lab/experiments").get_json()
    assert [item["name"] for item in listed["experiments"]] == list(EXPERIMENTS)
    assert listed["machine"]["cores"] >= 1
    for item in listed["experiments"]:
        assert f"backend/lab/experiments/{item['name']}.py" in item["code"]


def test_the_list_has_the_address_without_a_link(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDTRIP_PORT", "8123")
    listed = client.get("/api/lab/experiments").get_json()
    assert listed["port"] == 8123
    assert 8123 not in [link["port"] for link in listed["links"]]


def test_row_by_row_takes_a_statement_for_each_row_and_joins_take_one(client: FlaskClient) -> None:
    assert statements(ran(client, "n_plus_one", "row_by_row")) >= 51
    assert statements(ran(client, "n_plus_one", "joined")) == 1


def explained(app: Flask, sql: str, values: tuple[Any, ...]) -> str:
    with app.app_context(), db.engine.connect() as connection:
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values))


def run_sql(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str, side: str) -> tuple[str, Any]:
    """Return the one statement that a side runs, with its values."""
    ran(client, name, side)
    seen: list[tuple[str, Any]] = []
    fetch = Database.fetch

    def note(database: Database, sql: str, arguments: Any, client: str = "") -> Any:
        seen.append((sql, arguments))
        return fetch(database, sql, arguments, client)

    with monkeypatch.context() as patch:
        patch.setattr(Database, "fetch", note)
        ran(client, name, side)
    assert len(seen) == 1
    return seen[0]


def test_without_its_index_all_flights_are_scanned_and_sorted(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seek, values = run_sql(client, monkeypatch, "index", "seek")
    scan, same = run_sql(client, monkeypatch, "index", "scan")
    assert (scan, same) == (not_indexed(seek), values)
    assert "NOT INDEXED" in scan
    assert "SEARCH flights USING INDEX ix_flights_sched_dep (sched_dep>? AND sched_dep<?)" in explained(
        app, seek, values
    )
    assert "TEMP B-TREE" not in explained(app, seek, values)
    assert "SCAN flights" in explained(app, scan, values)
    assert "USE TEMP B-TREE FOR ORDER BY" in explained(app, scan, values)


def test_offset_walks_the_index_and_a_keyset_seeks_in_it(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk, values = run_sql(client, monkeypatch, "offset", "offset")
    assert walk.endswith(f"OFFSET ? + {offset.FIRST}")
    assert "SCAN flights USING INDEX ix_flights_sched_dep" in explained(app, walk, values)
    seek, values = run_sql(client, monkeypatch, "offset", "keyset")
    assert "SEARCH flights USING INDEX ix_flights_sched_dep" in explained(app, seek, values)


def test_a_deep_page_begins_at_the_row_it_says(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), db.engine.connect() as connection:
        sql = text("SELECT id FROM flights ORDER BY sched_dep, id LIMIT 1 OFFSET :rows")
        first = connection.execute(sql, {"rows": offset.AT_ROWS[3]}).scalar_one()
    assert content(ran(client, "offset", "keyset", 3))["items"][0]["id"] == first
    assert len(content(ran(client, "offset", "keyset", 3))["items"]) == offset.ROWS


def test_a_report_comes_from_the_copy_by_scan_and_by_index_and_from_the_summary(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan, values = run_sql(client, monkeypatch, "report", "scan")
    covering, same = run_sql(client, monkeypatch, "report", "covering")
    assert values == same
    plans = [
        "\n".join(str(row[-1]) for row in report._copies[0].fetch(f"EXPLAIN QUERY PLAN {sql}", values))
        for sql in (scan, covering)
    ]
    assert "SCAN flights" in plans[0]
    assert "SEARCH flights USING COVERING INDEX covering (origin=?)" in plans[1]
    assert "FROM flights" not in run_sql(client, monkeypatch, "report", "summary")[0]


def test_only_the_asked_columns_are_read(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    everything, _ = run_sql(client, monkeypatch, "columns", "all")
    asked, _ = run_sql(client, monkeypatch, "columns", "asked")
    assert (everything.count("JOIN"), asked.count("JOIN")) == (5, 1)
    assert everything.partition("FROM")[0].count(",") > 50
    assert asked.partition("FROM")[0].count(",") < 12


def test_without_a_pool_each_statement_has_a_connection_of_its_own(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(client, "pool", "new")
    connect = sqlite3.dbapi2.connect
    opened = Mock(side_effect=connect)
    monkeypatch.setattr(sqlite3.dbapi2, "connect", opened)
    for side, connections in (("new", 20), ("pool", 0)):
        opened.reset_mock()
        assert statements(ran(client, "pool", side)) == 20
        assert opened.call_count == connections


@pytest.mark.usefixtures("all_engines")
def test_a_database_server_is_connected_to_for_each_statement_without_a_pool(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for side in EXPERIMENTS["pool_server"].sides:
        ran(client, "pool_server", side.name)
    connect = Mock(side_effect=postgresql.Connection.connect)
    monkeypatch.setattr(postgresql.Connection, "connect", connect)
    for side_name, connections in (("new", 20), ("pgbouncer", 20), ("pool", 0)):
        connect.reset_mock()
        assert statements(ran(client, "pool_server", side_name)) == 20
        assert connect.call_count == connections


def test_serializers_make_equally_many_bytes_of_200_rows(client: FlaskClient) -> None:
    answers = [ran(client, "serializer", side.name) for side in EXPERIMENTS["serializer"].sides]
    assert len({len(answer.data) for answer in answers}) == 1
    assert {told(answer)["rows"] for answer in answers} == {"200"}
    assert all("serialize" in told(answer) for answer in answers)
    item = content(answers[0])["items"][0]
    assert len(item) == 9
    assert set(item["airline"]) == {"name"}


def test_each_coding_makes_the_answer_a_fifth_at_most(client: FlaskClient) -> None:
    plain = ran(client, "compression", "identity")
    assert "Content-Encoding" not in plain.headers
    for coding in ("gzip", "zstd", "br"):
        answer = ran(client, "compression", coding, accepted="gzip, deflate, br, zstd")
        assert answer.headers["Content-Encoding"] == coding
        assert len(answer.data) * 5 < len(plain.data)
        assert "compress" in told(answer)
    assert len(ran(client, "compression", "br").data) < len(ran(client, "compression", "gzip").data)


def test_a_coding_that_the_browser_does_not_accept_is_refused(client: FlaskClient) -> None:
    answer = client.get("/api/lab/experiments/compression/br", headers={"Accept-Encoding": "gzip, deflate"})
    assert (answer.status_code, answer.mimetype) == (406, PROBLEM_JSON)


@pytest.mark.parametrize("accepted", ["", "br", "gzip"])
def test_the_shown_fields_are_smaller_than_all_fields(client: FlaskClient, accepted: str) -> None:
    everything = ran(client, "fields", "everything", accepted=accepted)
    asked = ran(client, "fields", "asked", accepted=accepted)
    assert asked.headers.get("Content-Encoding", "") == accepted
    assert len(asked.data) * 2 < len(everything.data)


def test_messagepack_is_smaller_and_has_its_media_type(client: FlaskClient) -> None:
    text_, binary = ran(client, "msgpack", "json"), ran(client, "msgpack", "msgpack")
    assert (text_.mimetype, binary.mimetype) == ("application/json", "application/msgpack")
    assert len(binary.data) < len(text_.data)


def test_neighbouring_numbers_ask_different_questions(client: FlaskClient) -> None:
    assert day(0) != day(1)
    for name in ("n_plus_one", "index", "offset", "report", "pool", "serializer", "fields"):
        side = EXPERIMENTS[name].sides[-1].name
        assert content(ran(client, name, side, 0)) != content(ran(client, name, side, 1))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("experiments/no_such/joined", 404),
        ("experiments/n_plus_one/no_such", 404),
        ("experiments/n_plus_one", 404),
        ("experiments/__init__/joined", 404),
        ("experiments/n_plus_one/joined?number=abc", 400),
        ("experiments/n_plus_one/joined?number=-1", 400),
        ("experiments/n_plus_one/joined?number=1000000", 400),
        ("experiments/n_plus_one/joined?number=", 400),
        ("experiments/n_plus_one/joined?part=20", 400),
        ("experiments/n_plus_one/joined?number=1&number=1", 400),
        ("experiments/n_plus_one/joined?fields=id", 400),
        ("experiments/n_plus_one/joined?nothing=1", 400),
        ("source/backend/roundtrip/config.py", 404),
        ("source/backend/instance/secret_key", 404),
        ("source/backend/lab/../instance/secret_key", 404),
        ("source/..%2f..%2f..%2fetc%2fpasswd", 404),
        ("source//etc/passwd", 404),
        ("source/backend/lab/experiments/../routes.py", 404),
        ("nothing", 404),
    ],
)
def test_a_wrong_request_gets_a_problem(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(f"/api/lab/{path}")
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM_JSON), answer.data[:300]


def test_an_experiment_and_its_techniques_can_be_read(client: FlaskClient) -> None:
    for path in ("backend/lab/experiments/index.py", "backend/flask_roundtrip/src/flask_roundtrip/query_plan.py"):
        answer = client.get(f"/api/lab/source/{path}")
        assert (answer.status_code, answer.mimetype) == (200, "text/plain")
        assert answer.text == (REPOSITORY / path).read_text()


def test_a_heavy_run_waits_briefly_for_another_and_reports_the_wait(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert float(told(ran(client, "index", "seek"))["queued"]) < 1_000
    monkeypatch.setattr("lab.routes.LONGEST_QUEUE", 0.01)
    with heavy_run(bench_of(app)):
        refused = client.get("/api/lab/experiments/index/seek")
        assert ran(client, "n_plus_one", "joined").status_code == 200
    assert (refused.status_code, refused.mimetype) == (503, PROBLEM_JSON)
    assert refused.headers["Retry-After"]
    assert "heavy run" in refused.get_json()["detail"]
    assert ran(client, "index", "seek").status_code == 200


@pytest.mark.parametrize("setting", [None, "", "off", "1", "ON"])
def test_without_lab_on_nothing_of_it_answers(
    database_path: Path, setting: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if setting is None:
        monkeypatch.delenv("LAB", raising=False)
    else:
        monkeypatch.setenv("LAB", setting)
    app = create_app(Settings(database_url=f"sqlite:///{database_path}", secret_key="test", testing=True))
    lab.mount(app)
    paths = ("/api/lab/experiments", "/api/lab/experiments/n_plus_one/joined", "/api/lab/ping", "/lab", "/lab/index")
    for path in paths:
        assert app.test_client().get(path).status_code == 404
    with app.app_context():
        db.engine.dispose()
