"""Two applications, as two processes are, with one response cache: each gives what the other has computed."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from engines import ENGINES, Engine, running
from flask import Flask
from flask_roundtrip.respond import Responder, Route
from flask_roundtrip.shared.store import SharedStore
from support import responder_of

from roundtrip import create_app
from roundtrip.config import Settings
from roundtrip.extensions import db
from roundtrip.resources.flights.routes import FRESHNESS

URL = "/api/v1/flights?origin=JFK&limit=20"
GZIP = {"Accept-Encoding": "gzip"}
MISS = "roundtrip; fwd=uri-miss; stored"


@pytest.fixture(scope="module", params=ENGINES)
def server(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with running(request.param) as engine:
        yield engine


@pytest.fixture
def apps(server: Engine, database_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Flask]]:
    """Two applications on one cache, which is empty."""
    monkeypatch.setattr(SharedStore, "timeout", 60)  # the machine may be busy
    monkeypatch.setattr(SharedStore, "turn", 60)
    settings = Settings(
        database_url=f"sqlite:///{database_path}", cache_url=server.url, secret_key="test", testing=True
    )
    with ExitStack() as stack:
        both = [create_app(settings) for _ in range(2)]
        for app in both:
            stack.callback(backend_of(app).close)
            with app.app_context():
                stack.callback(db.engine.dispose)
        assert backend_of(both[0]).clear()
        yield both


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the answers that are built from the database after this."""
    paths: list[str] = []
    real = Responder.build

    def build(self: Responder, route: Route, *arguments: Any) -> Any:
        paths.append(route.rule)
        return real(self, route, *arguments)

    monkeypatch.setattr(Responder, "build", build)
    return paths


def backend_of(app: Flask) -> SharedStore:
    backend: Any = responder_of(app)._cache._store
    assert isinstance(backend, SharedStore)
    return backend


def test_one_process_gives_the_entry_that_another_computed(apps: list[Flask], built: list[str]) -> None:
    first, second = (app.test_client().get(URL, headers=GZIP) for app in apps)
    assert first.headers["Cache-Status"] == MISS
    assert second.headers["Cache-Status"].startswith("roundtrip; hit; ttl=")
    assert (second.data, second.headers["ETag"]) == (first.data, first.headers["ETag"])
    assert "db;dur" not in second.headers["Server-Timing"]
    assert len(built) == 1


def test_when_both_processes_miss_at_once_one_computes(apps: list[Flask], built: list[str]) -> None:
    def ask(number: int) -> Any:
        return apps[number % 2].test_client().get(URL, headers=GZIP if number % 3 else {})

    with ThreadPoolExecutor(40) as executor:
        answers = list(executor.map(ask, range(40)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(built) == 1


def test_a_hot_entry_expires_and_is_computed_once_for_both(
    apps: list[Flask], built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = [app.test_client() for app in apps]
    for client in clients:
        client.get(URL, headers=GZIP)
    assert len(built) == 1
    now = time.time

    def later() -> float:
        return now() + FRESHNESS.max_age + 1

    monkeypatch.setattr(time, "time", later)
    for app in apps:
        monkeypatch.setattr(responder_of(app)._cache, "_clock", later)
    for _ in range(100):
        for client in clients:
            answer = client.get(URL, headers=GZIP)
            assert answer.headers["Cache-Status"].startswith("roundtrip; hit; ttl=")
            assert "db;dur" not in answer.headers["Server-Timing"]
    for app in apps:
        responder_of(app)._background.submit(lambda: None).result(60)
    assert len(built) == 2


def test_an_answer_from_earlier_data_is_not_given(
    apps: list[Flask], built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    apps[0].test_client().get(URL)
    monkeypatch.setattr(responder_of(apps[1]), "_changed", lambda: ("later", "Fri, 01 Jan 2100 00:00:00 GMT"))
    assert apps[1].test_client().get(URL).headers["Cache-Status"] == MISS
    assert len(built) == 2


def test_every_answer_is_given_while_the_cache_is_lost(
    server: Engine, apps: list[Flask], built: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = [app.test_client() for app in apps]
    before = [client.get(URL).data for client in clients]
    server.kill()
    try:
        for number in range(1, 51):
            for client in clients:
                assert client.get(f"/api/v1/flights?limit={number}").status_code == 200
                assert client.get(URL).status_code == 200
        assert [client.get(URL).data for client in clients] == before
    finally:
        server.start()
    end = time.monotonic() + 30
    while any(backend_of(app)._breaker.is_open for app in apps):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert [client.get(URL).data for client in clients] == before
