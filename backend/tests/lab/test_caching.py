"""The experiments of caching do the work that they describe."""

import threading
from collections.abc import Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.response_cache import Entry
from werkzeug.test import TestResponse

import lab
from lab import reports
from lab.experiments import server_cache, stale, stampede
from roundtrip import create_app
from roundtrip.config import Settings


@pytest.fixture(autouse=True)
def _no_threads_left(app: Flask) -> Iterator[None]:
    yield
    if "lab.stale" in app.extensions:
        app.extensions["lab.stale"].background.submit(lambda: None).result(timeout=30)


def run(client: FlaskClient, experiment: str, side: str, number: int = 3) -> TestResponse:
    response = client.get(f"/api/lab/experiments/{experiment}/{side}?number={number}")
    assert response.status_code == 200, response.text
    return response


def counted(response: TestResponse, name: str) -> int:
    costs = ", ".join(response.headers.getlist("Server-Timing"))
    return int(costs.partition(f'{name};desc="')[2].partition('"')[0])


@pytest.mark.usefixtures("all_engines")
def test_a_report_is_the_same_from_every_cache(client: FlaskClient) -> None:
    bodies = {run(client, "server_cache", side.name).data for side in server_cache.EXPERIMENT.sides}
    assert len(bodies) == 1


@pytest.mark.usefixtures("all_engines")
def test_only_the_side_without_a_cache_asks_the_database(client: FlaskClient, statements: list[str]) -> None:
    asked = {}
    for side in server_cache.EXPERIMENT.sides:
        run(client, "server_cache", side.name)  # the first run of all fills the caches
        before = len(statements)
        run(client, "server_cache", side.name)
        asked[side.name] = len(statements) - before
    assert asked == {"no_cache": 1, "cached": 0, "memcached": 0, "redis": 0, "ready_bytes": 0}


@pytest.mark.parametrize("side", ["redis", "memcached"])
def test_a_computed_report_is_no_hit_of_a_server_that_is_away(
    database_path: Path, monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    monkeypatch.setenv("LAB", "on")
    monkeypatch.setenv("LAB_REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("LAB_MEMCACHED_URL", "memcached://127.0.0.1:1")
    monkeypatch.setattr(server_cache, "_caches", {})
    app = create_app(Settings(database_url=f"sqlite:///{database_path}"))
    lab.mount(app)
    client = app.test_client()
    answer = client.get(f"/api/lab/experiments/server_cache/{side}")
    assert answer.status_code == 503
    assert f"{side.title()} does not answer" in answer.get_json()["detail"]
    run(client, "server_cache", "ready_bytes")
    app.extensions["lab"].opened.close()


def test_neighbouring_numbers_are_different_reports(client: FlaskClient) -> None:
    bodies = {run(client, "server_cache", "ready_bytes", number).data for number in range(server_cache.REPORTS)}
    assert len(bodies) == server_cache.REPORTS


def test_without_single_flight_everybody_who_misses_computes(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_compute = threading.Barrier(stampede.THREADS)
    entry = reports.Computations.entry

    def when_all_have_missed(computations: reports.Computations) -> Entry:
        all_compute.wait(timeout=20)
        return entry(computations)

    monkeypatch.setattr(reports.Computations, "entry", when_all_have_missed)
    assert counted(run(client, "stampede", "get_compute_put"), "computations") == 50


def test_with_single_flight_one_computes_for_fifty(client: FlaskClient, statements: list[str]) -> None:
    response = run(client, "stampede", "single_flight")
    assert counted(response, "computations") == len(statements) == 1
    assert 'desc="1 statement"' in response.headers["Server-Timing"]
    assert response.data == run(client, "stampede", "get_compute_put").data


def test_the_count_is_the_number_of_statements_that_ran(client: FlaskClient, statements: list[str]) -> None:
    response = run(client, "stampede", "get_compute_put")
    computations = counted(response, "computations")
    assert 1 <= computations == len(statements) <= 50
    one = counted(run(client, "server_cache", "no_cache"), "rows")
    assert counted(response, "rows") == computations * one


def test_a_stampede_leaves_no_thread(client: FlaskClient) -> None:
    run(client, "stampede", "single_flight")
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("stampede")]


def test_a_stale_entry_is_given_while_its_computation_has_not_ended(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = run(client, "stale", "wait")
    expiring = app.extensions["lab.stale"]
    may_go_on = threading.Event()
    expiring.background.submit(may_go_on.wait, 20)  # so nothing can be renewed yet
    old = run(client, "stale", "stale")
    assert 'desc="stale"' in old.headers["Server-Timing"]
    assert old.data == new.data
    may_go_on.set()


def test_a_stale_entry_is_renewed_once_however_many_ask(app: Flask, client: FlaskClient, statements: list[str]) -> None:
    run(client, "stale", "stale", 5)
    expiring = app.extensions["lab.stale"]
    expiring.background.submit(lambda: None).result(timeout=20)
    statements.clear()
    may_go_on = threading.Event()
    held = expiring.background.submit(may_go_on.wait, 20)
    for _ in range(4):
        run(client, "stale", "stale", 5)
    assert statements == []
    may_go_on.set()
    wait([held, expiring.background.submit(lambda: None)], timeout=20)
    assert len(statements) == 1
    assert expiring.renewing.ttl(expiring.renewing.get("report 5")) > 0


def test_the_next_run_reports_the_cost_of_the_renewal_before_it(
    app: Flask, client: FlaskClient, statements: list[str]
) -> None:
    waited = run(client, "stale", "wait", 4)
    run(client, "stale", "stale", 4)
    assert client.get("/api/lab/experiments/stale/stale?part=1").get_json() == {}
    app.extensions["lab.stale"].expire(app.extensions["lab.stale"].renewing, 4)
    statements.clear()
    told = run(client, "stale", "stale", 4)
    assert 'desc="1 statement"' in told.headers["Server-Timing"]
    assert counted(told, "rows") == counted(waited, "rows") > 0


def test_the_side_that_waits_keeps_the_new_entry(app: Flask, client: FlaskClient) -> None:
    run(client, "stale", "wait", 6)
    cache = app.extensions["lab.stale"].waiting
    assert cache.ttl(cache.get("report 6")) > stale.FRESH_FOR - 5


def test_a_report_reads_the_flights_and_no_summary(client: FlaskClient, statements: list[str]) -> None:
    run(client, "server_cache", "no_cache")
    assert "FROM flights" in statements[-1]
