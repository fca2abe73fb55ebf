"""Each example does what its first line says. An example is a whole application; a server that it needs is started."""

import json
import runpy
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from engines import Engine
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.extension import state_of
from flask_roundtrip.shared.store import SharedStore
from helpers import WHOLE, in_time
from over_asgi import OverAsgi
from werkzeug.test import Client

from flask_roundtrip import cached_view

EXAMPLES = Path(__file__).parents[1] / "examples"
LONGEST = 35  # lines that are not blank


def example(name: str) -> dict[str, Any]:
    """Run an example's file, and return its names."""
    return runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name=f"example_{name}")


def client_of(name: str) -> FlaskClient:
    app: Flask = example(name)["app"]
    return app.test_client()


def test_every_example_is_tested_and_short() -> None:
    tested = Path(__file__).read_text()
    paths = list(EXAMPLES.glob("*.py"))
    assert paths
    for path in paths:
        lines = path.read_text().splitlines()
        assert f'"{path.stem}"' in tested, path
        assert len([line for line in lines if line]) <= LONGEST, path
        assert lines[0].startswith('"""'), path


def test_twenty_requests_at_once_make_one_computation() -> None:
    app = example("cached")["app"]
    together = threading.Barrier(20)

    def ask(_: int) -> bytes:
        together.wait(20)
        body: bytes = app.test_client().get("/report").data
        return body

    with ThreadPoolExecutor(20) as threads:
        assert len(set(threads.map(ask, range(20)))) == 1


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_compressed_answer_is_confirmed_by_304(coding: str) -> None:
    client = client_of("cached")
    plain = client.get("/report")
    compressed = client.get("/report", headers={"Accept-Encoding": coding})
    assert compressed.headers["Content-Encoding"] == coding
    assert WHOLE[coding](compressed.data) == plain.data
    assert len(compressed.data) < len(plain.data)
    again = client.get("/report", headers={"Accept-Encoding": coding, "If-None-Match": compressed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_stale_answer_is_given_at_once_and_renewed_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("cached")
    with monkeypatch.context() as patch:
        patch.setattr(cached_view, "time", SimpleNamespace(time=lambda: time.time() - 100))  # 40 s older than fresh
        old = client.get("/report").json["made_at"]
    assert client.get("/report").json["made_at"] == old
    assert in_time(lambda: client.get("/report").json["made_at"] > old)


@pytest.mark.parametrize(("name", "server"), [("redis_store", "redis"), ("memcached_store", "memcached")])
def test_two_processes_share_an_entry(
    engine: Callable[[str], Engine], monkeypatch: pytest.MonkeyPatch, name: str, server: str
) -> None:
    monkeypatch.setattr(SharedStore, "timeout", 60)  # the machine may be busy
    monkeypatch.setattr(SharedStore, "turn", 60)
    running = engine(server)
    monkeypatch.setenv("REDIS_URL", running.url)
    monkeypatch.setenv("MEMCACHED_HOST", "127.0.0.1")
    monkeypatch.setenv("MEMCACHED_PORT", str(running.port))
    applications = [example(name)["app"] for _ in range(2)]  # each has a store of its own, as a process has
    made = {app.test_client().get("/report").json["made_at"] for app in applications}
    for app in applications:
        for store in app.extensions["cache"].values():
            store.clear()
            store.close()
    assert len(made) == 1


def test_a_write_makes_the_answer_old_by_its_tag() -> None:
    client = client_of("tags")
    assert client.get("/words").json == ["old"]
    assert client.get("/words").headers["Cache-Groups"] == '"words"'
    client.post("/words", data="new")
    assert client.get("/words").json == ["old", "new"]


def test_each_user_has_their_own_answer() -> None:
    app = example("private")["app"]
    for user in ("ann", "bob"):
        client = app.test_client()
        client.post(f"/sign-in/{user}")
        assert [client.get("/mine").json for _ in range(2)] == [{"user": user}] * 2
        answer = client.get("/mine")
        assert "hit" in answer.headers["Cache-Status"]
        assert answer.headers["Cache-Control"].startswith("private")


def test_the_answer_has_the_spans() -> None:
    told = client_of("server_timing").get("/report").headers["Server-Timing"]
    assert told.startswith("rid;desc=")
    assert "think;dur=1" in told


def test_a_quick_part_does_not_wait_for_a_slow_one() -> None:
    requests = [{"id": "slow", "url": "/report"}, {"id": "quick", "url": "/airlines"}]
    answer = client_of("batch").post("/batch", json={"requests": requests}, headers={"Accept": "application/x-ndjson"})
    lines = [json.loads(line) for line in answer.data.splitlines()]
    assert [(line["id"], line["status"]) for line in lines] == [("quick", 200), ("slow", 200)]
    assert lines[1]["body"] == {"late": 0.21}


def test_fields_are_chosen_and_a_wrong_name_gets_a_400() -> None:
    client = client_of("fields")
    assert client.get("/flights?fields=id,airline.name").json == [{"id": 7, "airline": {"name": "United Air Lines"}}]
    wrong = client.get("/flights?fields=nothing")
    assert wrong.status_code == 400
    assert "airline.name" in wrong.json["errors"][0]["allowed"]


def test_pages_go_on_after_the_last_row() -> None:
    client, seen, after = client_of("keyset"), [], ""
    for _ in range(3):
        page = client.get(f"/flights{after}").json
        seen += page["items"]
        after = f"?after={page['next']}"
    assert (seen, page["next"]) == ([1, 2, 3, 4, 5, 6, 7], None)
    assert client.get("/flights?after=forged").status_code == 400


@pytest.mark.parametrize(("fields", "joins"), [("id", 0), ("id,airline.name", 1)])
def test_fields_decide_the_joins_of_one_statement(fields: str, joins: int) -> None:
    app: Flask = example("query_plan")["app"]
    client = app.test_client()
    answer = client.get(f"/flights?fields={fields}")
    assert len(answer.json["items"]) == 3
    assert "db;dur=" in answer.headers["Server-Timing"]
    assert '1 statement"' in answer.headers["Server-Timing"]
    database = state_of(app).database
    assert database is not None
    statements: list[str] = []
    fetch = database.fetch
    database.fetch = lambda sql, *rest: (statements.append(sql), fetch(sql, *rest))[1]  # type: ignore[method-assign]
    client.get(f"/flights?fields={fields}&limit=2")
    assert [sql.count("JOIN") for sql in statements] == [joins]


def test_the_answer_has_the_form_that_the_client_accepts() -> None:
    client = client_of("messagepack")
    assert client.get("/flight").json == {"id": 7, "carrier": "UA"}
    binary = client.get("/flight", headers={"Accept": "application/msgpack"})
    assert binary.mimetype == "application/msgpack"
    assert binary.data.startswith(b"\x82")  # a map of two


def test_no_hook_runs_for_an_answer_of_the_door() -> None:
    client = client_of("door")
    assert [client.get("/flight").json for _ in range(2)] == [{"id": 7}] * 2
    assert client.get("/plain").json == {"hooks": ["ran"]}  # its own alone


def test_the_event_loop_answers_hits_and_batches_and_flask_all_else() -> None:
    names = example("asgi")
    with closing(OverAsgi(names["app"])) as application:
        client = Client(application)
        assert [client.get("/flight").json for _ in range(2)] == [{"id": 7}] * 2
        assert "hit" in client.get("/flight").headers["Cache-Status"]
        assert client.get("/plain").json == {"by": "Flask"}
        batch = client.post("/batch", json={"requests": [{"id": "1", "url": "/flight"}, {"id": "2", "url": "/plain"}]})
        assert [part["body"] for part in batch.json["responses"]] == [{"id": 7}, {"by": "Flask"}]


def test_everything_works_together() -> None:
    client = client_of("everything")
    urls = ("/flights?fields=id&limit=2", "/flights?fields=carrier&limit=1")
    requests = [{"id": str(number), "url": url} for number, url in enumerate(urls)]
    parts = client.post("/batch", json={"requests": requests}, headers={"Accept": "application/json"}).json["responses"]
    assert [part["body"]["items"] for part in parts] == [[{"id": 1}, {"id": 2}], [{"carrier": "UA"}]]
    single = client.get(urls[0], headers={"If-None-Match": parts[0]["headers"]["etag"]})
    assert single.status_code == 304
    assert "hit" in single.headers["Cache-Status"]
    listed = client.get("/flights", headers={"Accept-Encoding": "br"})
    assert listed.headers["Content-Encoding"] == "br"
    assert {"cache", "db", "serialize", "compress"} <= {
        span.partition(";")[0] for span in listed.headers["Server-Timing"].split(", ")
    }
