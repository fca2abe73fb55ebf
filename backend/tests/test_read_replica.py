"""Reads go to a replica that follows by streaming; what it does not have or does not answer, the primary is asked."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import postgres
import pytest
from databases import filled, settings_for
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.database import Database, Row
from flask_roundtrip.read_replica import ReplicatedDatabase
from sqlalchemy import text
from support import end, forget, responder_of

from flask_roundtrip import read_replica
from roundtrip import create_app
from roundtrip.extensions import db

NEVER = 3600.0  # seconds
NAMES = "/api/v1/airlines?fields=carrier,name"


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    """The primary, which the tests here may stop and write to."""
    with filled() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def standby(cluster: postgres.Cluster) -> Iterator[postgres.Cluster]:
    with cluster.standby() as standby:
        yield standby


@pytest.fixture(autouse=True)
def _looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_replica, "PAUSE", 0.05)


@pytest.fixture
def make(cluster: postgres.Cluster, standby: postgres.Cluster) -> Iterator[Callable[..., Flask]]:
    """Return a function that makes an application as a process of its own would have it."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        urls = {"database_url": cluster.url(), "database_read_url": standby.url()}
        made.append(create_app(replace(settings_for(""), **{**urls, **settings})))
        return made[-1]

    yield make
    for app in made:
        end(app)


@pytest.fixture
def app(make: Callable[..., Flask]) -> Flask:
    app = make()
    reads_from_the_replica(app)
    return app


def database_of(app: Flask) -> ReplicatedDatabase:
    database = responder_of(app)._database
    assert isinstance(database, ReplicatedDatabase)
    return database


def asks_the_replica(app: Flask) -> bool:
    """Ask whoever is read from who it is."""
    ((replica,),) = database_of(app).fetch("SELECT pg_is_in_recovery()", ())
    return bool(replica)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def reads_from_the_replica(app: Flask) -> None:
    """Wait until it does, which takes a first request."""
    assert anew(app).status_code == 200
    until(lambda: asks_the_replica(app))


def anew(app: Flask, url: str = NAMES) -> Any:
    """Ask what no cache holds."""
    forget(app)
    return app.test_client().get(url)


def name_of(answer: Any, carrier: str = "UA") -> str:
    (name,) = (airline["name"] for airline in answer.get_json()["items"] if airline["carrier"] == carrier)
    return str(name)


def rename(cluster: postgres.Cluster, name: str) -> None:
    """Write to the primary."""
    with cluster.connect() as connection:
        connection.execute("UPDATE airlines SET name = %s WHERE carrier = 'UA'", (name,))


@contextmanager
def replay_paused(standby: postgres.Cluster) -> Iterator[None]:
    """Have the replica receive everything and show nothing of it."""
    with standby.connect() as connection:
        connection.execute("SELECT pg_wal_replay_pause()")
        paused = "SELECT pg_get_wal_replay_pause_state()"
        until(lambda: connection.execute(paused).fetchone() == ("paused",))
        try:
            yield
        finally:
            connection.execute("SELECT pg_wal_replay_resume()")


@contextmanager
def stopped(cluster: postgres.Cluster) -> Iterator[None]:
    cluster.stop()
    try:
        yield
    finally:
        cluster.start()


def test_the_api_reads_from_the_replica_and_whoever_writes_does_so_on_the_primary(
    make: Callable[..., Flask], cluster: postgres.Cluster, standby: postgres.Cluster
) -> None:
    logged = "&options=-c%20log_statement%3Dall"
    app = make(database_url=cluster.url() + logged, database_read_url=standby.url() + logged)
    reads_from_the_replica(app)
    assert anew(app, "/api/v1/flights?limit=7").status_code == 200
    assert [(server.folder / "log").read_text().count("FROM flights") for server in (cluster, standby)] == [0, 1]
    with app.app_context(), db.engine.begin() as connection:
        assert connection.scalar(text("SELECT pg_is_in_recovery()")) is False
        connection.execute(text("UPDATE airlines SET name = name"))


# A write is seen


def test_a_reader_that_has_to_see_a_write_does_while_the_replica_lacks_it(
    app: Flask, cluster: postgres.Cluster, standby: postgres.Cluster
) -> None:
    before = name_of(anew(app))
    with replay_paused(standby):
        rename(cluster, "Written Air")
        assert name_of(anew(app)) == before, "the replica is behind, and nobody has said that it matters"
        database_of(app).catch_up()
        for _ in range(5):
            assert name_of(anew(app)) == "Written Air"
        assert not database_of(app).look()
        assert not asks_the_replica(app)
    until(lambda: asks_the_replica(app))
    assert name_of(anew(app)) == "Written Air"


def test_old_data_is_never_kept_under_the_key_of_the_new(
    make: Callable[..., Flask], cluster: postgres.Cluster, standby: postgres.Cluster
) -> None:
    """A process that starts after a load knows its version before the replica has its rows."""
    with replay_paused(standby):
        with cluster.connect() as connection, connection.transaction():
            connection.execute("UPDATE datasets SET loaded_at = loaded_at + interval '1 hour'")
            connection.execute("UPDATE airlines SET name = 'Loaded Air' WHERE carrier = 'UA'")
            ((loaded_at,),) = connection.execute("SELECT to_char(loaded_at, 'HH24:MI:SS') FROM datasets").fetchall()
        app = make()
        assert not database_of(app).look()
        for _ in range(5):
            answer = app.test_client().get(NAMES)
            assert f"{loaded_at} GMT" in answer.headers["Last-Modified"]
            assert name_of(answer) == "Loaded Air"
    until(lambda: asks_the_replica(app))
    assert name_of(app.test_client().get(NAMES)) == "Loaded Air"


def test_a_connection_made_before_a_write_is_not_read_from_after_it(
    app: Flask, cluster: postgres.Cluster, standby: postgres.Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor(4) as executor:  # several connections in the pool
        list(executor.map(lambda _: database_of(app).fetch("SELECT pg_sleep(0.1)", ()), range(4)))
    with replay_paused(standby):
        rename(cluster, "Pooled Air")
        database_of(app).catch_up()
        # As a look at it does that began before the write, or at another server of the same name.
        monkeypatch.setattr(database_of(app), "_look_at", time.monotonic() + NEVER)
        with ThreadPoolExecutor(4) as executor:
            names = executor.map(
                lambda number: name_of(app.test_client().get(f"{NAMES}&limit={number}")), range(16, 40)
            )
            assert set(names) == {"Pooled Air"}


def test_a_replica_that_falls_behind_others_writes_is_passed_over_in_time(
    app: Flask, cluster: postgres.Cluster, standby: postgres.Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_replica, "PERIOD", 0.05)
    database_of(app).look()
    with replay_paused(standby):
        rename(cluster, "Another's Air")
        until(lambda: not asks_the_replica(app))
        assert name_of(anew(app)) == "Another's Air"
    until(lambda: asks_the_replica(app))


def test_a_server_that_is_no_replica_any_more_is_not_read_from(
    make: Callable[..., Flask], cluster: postgres.Cluster
) -> None:
    app = make(database_read_url=cluster.url() + "&application_name=promoted")
    assert anew(app).status_code == 200
    assert not database_of(app).look()
    ((name,),) = database_of(app).fetch("SELECT current_setting('application_name')", ())
    assert name != "promoted"


# A replica that does not answer


@pytest.mark.parametrize("pooled", [False, True], ids=["directly", "through pgbouncer"])
def test_nobody_notices_that_the_replica_is_killed_or_that_it_is_back(
    make: Callable[..., Flask], standby: postgres.Cluster, pooled: bool
) -> None:
    with postgres.pgbouncer(standby) as url_of:
        app = make(database_read_url=url_of(postgres.LOADED)) if pooled else make(database_read_wait=20_000)
        reads_from_the_replica(app)
        stop = threading.Event()

        def ask(first: int) -> list[int]:
            client, told = app.test_client(), []
            for flight in range(first, first + 40_000):
                told.append(client.get(f"/api/v1/flights/{flight}?fields=id").status_code)
                if stop.is_set():
                    break
            return told

        with ThreadPoolExecutor(4) as executor:
            told = [executor.submit(ask, first) for first in range(1, 160_000, 40_000)]
            time.sleep(0.2)
            standby.stop(signal.SIGQUIT)
            try:
                until(lambda: not asks_the_replica(app))
                time.sleep(0.2)
            finally:
                standby.start()
            until(lambda: asks_the_replica(app))
            stop.set()
        assert {status for one in told for status in one.result()} == {200}


def test_only_the_first_waits_for_a_replica_that_has_stopped_in_its_tracks(
    make: Callable[..., Flask], standby: postgres.Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make(database_read_wait=6_000)
    reads_from_the_replica(app)
    monkeypatch.setattr(read_replica, "PAUSE", NEVER)
    monkeypatch.setattr(database_of(app), "_look_at", time.monotonic() + NEVER)
    replica = database_of(app)._replica
    asked = []

    def fetch(sql: str, arguments: object, client: str = "") -> Sequence[Row]:
        asked.append(sql)
        return Database.fetch(replica, sql, arguments, client)

    monkeypatch.setattr(replica, "fetch", fetch)
    with standby.paused():
        for _ in range(20):
            assert anew(app).status_code == 200
    assert len([sql for sql in asked if sql != read_replica.CAUGHT_UP]) == 1


def test_a_statement_that_the_replay_cancels_is_run_on_the_primary(
    app: Flask, cluster: postgres.Cluster, standby: postgres.Cluster
) -> None:
    with standby.connect() as replica, cluster.connect() as primary, ThreadPoolExecutor(1) as executor:
        replica.execute("ALTER SYSTEM SET max_standby_streaming_delay = 0")
        replica.execute("SELECT pg_reload_conf()")
        long = "SELECT pg_is_in_recovery(), pg_sleep(CASE WHEN pg_is_in_recovery() THEN 600 ELSE 0 END) FROM datasets"
        answer = executor.submit(database_of(app).fetch, long, ())
        runs = "SELECT count(*) FROM pg_stat_activity WHERE query = %s AND wait_event = 'PgSleep'"
        until(lambda: replica.execute(runs, (long,)).fetchone() == (1,))
        with primary.transaction():
            primary.execute("LOCK TABLE datasets IN ACCESS EXCLUSIVE MODE")
        assert answer.result(60)[0][0] is False
    assert asks_the_replica(app)


def test_it_is_said_which_of_the_two_is_missing_and_one_of_them_will_do(
    app: Flask, cluster: postgres.Cluster, standby: postgres.Cluster
) -> None:
    client: FlaskClient = app.test_client()
    assert client.get("/readyz").get_json() == dict.fromkeys(("database", "answers", "cache", "replica"), "ok") | {
        "status": "ready"
    }
    with stopped(standby):
        answer = client.get("/readyz")
        assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")
        assert answer.get_json()["database"] == "ok"
        assert "away" in answer.get_json()["replica"]
        assert anew(app).status_code == 200
        with stopped(cluster):
            answer = client.get("/readyz")
            assert (answer.status_code, answer.get_json()["status"]) == (503, "not ready")
            assert anew(app).status_code == 503
    until(database_of(app).look)
    with stopped(cluster):
        answer = client.get("/readyz")
        assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")
        assert answer.get_json()["replica"] == "ok"
        assert answer.get_json()["database"] != "ok"
        assert anew(app).status_code == 200


def test_a_process_that_has_not_learnt_what_the_replica_must_have_is_not_ready(
    make: Callable[..., Flask], cluster: postgres.Cluster
) -> None:
    app = make()
    client = app.test_client()
    with stopped(cluster):
        assert client.get("/readyz").status_code == 503
        assert anew(app).status_code == 503
    until(lambda: client.get("/readyz").get_json()["status"] == "ready")
    with stopped(cluster):
        assert anew(app).status_code == 200


def test_it_starts_while_the_replica_is_away(make: Callable[..., Flask], standby: postgres.Cluster) -> None:
    with stopped(standby):
        app = make()
        assert anew(app).status_code == 200
    until(lambda: asks_the_replica(app))
