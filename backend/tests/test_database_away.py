"""When PostgreSQL is away everybody is told 503 soon, and when it is back everything goes on by itself."""

import logging
import re
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import postgres
import psycopg
import pytest
from databases import filled, settings_for
from flask.testing import FlaskClient
from support import end, forget

from roundtrip import create_app
from roundtrip.config import Settings
from roundtrip.extensions import db

URL = "/api/v1/flights?limit=3"
READ_WAIT = 0.6  # seconds
SOON = 5.0  # seconds: most is a machine that has other work to do, and who hangs does it for ever


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    """One that the tests here may stop."""
    with filled() as cluster:
        yield cluster


def hasty(url: str) -> Settings:
    return replace(settings_for(url), database_pool_wait=300, database_read_wait=int(READ_WAIT * 1000))


@contextmanager
def asking(url: str) -> Iterator[FlaskClient]:
    app = create_app(hasty(url))
    yield app.test_client()
    end(app)


@pytest.fixture(params=["directly", "through pgbouncer"])
def client(request: pytest.FixtureRequest, cluster: postgres.Cluster) -> Iterator[FlaskClient]:
    if request.param == "directly":
        with asking(cluster.url()) as client:
            yield client
    else:
        with postgres.pgbouncer(cluster, query_wait=1) as url_of, asking(url_of(postgres.LOADED)) as client:
            yield client


def anew(client: FlaskClient, url: str = URL) -> Any:
    """Ask what no cache holds."""
    forget(client.application)
    return client.get(url)


def is_told_to_come_back(answer: Any) -> bool:
    assert answer.status_code == 503, answer.data
    assert answer.content_type == "application/problem+json"
    # A statement that had no answer in its time is the question's fault; the database may be well.
    assert answer.get_json()["detail"] in ("The database does not answer now.", "This question takes too long now.")
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Cache-Control"] == "no-store"
    return True


@contextmanager
def soon() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < SOON


@contextmanager
def stopped(cluster: postgres.Cluster, how: signal.Signals) -> Iterator[None]:
    cluster.stop(how)
    try:
        yield
    finally:
        cluster.start()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["shut down", "crashed"])
def test_a_server_that_is_away_is_a_503_at_once_and_its_return_is_noticed(
    client: FlaskClient, cluster: postgres.Cluster, how: signal.Signals
) -> None:
    assert anew(client).status_code == 200
    with stopped(cluster, how):
        for _ in range(3):
            with soon():
                assert is_told_to_come_back(anew(client))
    _back(client)
    assert anew(client).status_code == 200


def test_a_restart_between_two_requests_is_not_noticed(cluster: postgres.Cluster) -> None:
    with asking(cluster.url()) as client:
        with ThreadPoolExecutor(8) as executor:  # several connections in the pool, all of which will be gone
            list(executor.map(lambda number: client.application.test_client().get(f"{URL}{number}"), range(1, 9)))
        with stopped(cluster, signal.SIGINT):
            pass
        assert [anew(client).status_code for _ in range(10)] == [200] * 10


def test_a_connection_that_the_server_ends_is_replaced(cluster: postgres.Cluster) -> None:
    with asking(cluster.url()) as client:
        for _ in range(5):
            assert anew(client).status_code == 200
            with cluster.connect() as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                )


def test_cached_answers_are_given_while_the_database_is_away(client: FlaskClient, cluster: postgres.Cluster) -> None:
    cached = anew(client)
    with stopped(cluster, signal.SIGINT):
        answer = client.get(URL)
        assert (answer.status_code, answer.data) == (200, cached.data)
        assert is_told_to_come_back(client.get("/api/v1/airlines"))
    _back(client)


def test_each_part_of_a_batch_reports_the_outage(client: FlaskClient, cluster: postgres.Cluster) -> None:
    assert anew(client).status_code == 200
    requests = [{"id": str(number), "url": f"/api/v1/flights?limit={number + 1}"} for number in range(6)]
    with stopped(cluster, signal.SIGINT):
        forget(client.application)
        responses = client.post("/api/v1/batch", json={"requests": requests}).get_json()["responses"]
        assert {response["status"] for response in responses} == {503}
    _back(client)


def test_a_stopped_server_does_not_block_requests(cluster: postgres.Cluster, caplog: pytest.LogCaptureFixture) -> None:
    with asking(cluster.url()) as client:
        assert anew(client).status_code == 200
        with cluster.paused(), soon():
            assert is_told_to_come_back(anew(client))
        assert anew(client).status_code == 200
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_server_that_accepts_and_stays_silent_does_not_block_requests() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with asking(f"postgresql+psycopg://{postgres.USER}@127.0.0.1:{port}/{postgres.LOADED}") as client:
            for _ in range(6):
                with soon():
                    assert is_told_to_come_back(anew(client))


def test_a_statement_past_its_time_limit_is_cancelled(cluster: postgres.Cluster) -> None:
    with cluster.connect() as holder, asking(cluster.url()) as client:
        assert anew(client).status_code == 200
        with holder.transaction():
            holder.execute("LOCK TABLE flights IN ACCESS EXCLUSIVE MODE")
            with soon():
                assert is_told_to_come_back(anew(client))
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            deadline = time.monotonic() + 30
            while holder.execute(waiting).fetchone() != (0,):
                assert time.monotonic() < deadline
        assert anew(client).status_code == 200


def test_a_request_without_a_free_connection_soon_gets_a_503(cluster: postgres.Cluster) -> None:
    app = create_app(replace(hasty(cluster.url()), database_pool_size=1))
    client = app.test_client()
    with app.app_context(), db.engine.connect(), soon():
        assert is_told_to_come_back(client.get(URL))
    assert client.get(URL).status_code == 200
    end(app)


def test_a_request_with_an_exhausted_pgbouncer_soon_gets_a_503(cluster: postgres.Cluster) -> None:
    with postgres.pgbouncer(cluster, pool_size=1, query_wait=1) as url_of:
        url = url_of(postgres.LOADED)
        with asking(url) as known, asking(url) as unknown, psycopg.connect(url.replace("+psycopg", "")) as holder:
            assert anew(known).status_code == 200
            holder.execute("SELECT 1")  # begins a transaction, and has the one connection
            for client in (known, unknown):
                for _ in range(3):
                    with soon():
                        assert is_told_to_come_back(anew(client))
            # By now it is known: nobody waits, and one finds out.
            with soon():
                requests = [{"id": str(number), "url": f"/api/v1/flights?limit={number + 1}"} for number in range(20)]
                responses = known.post("/api/v1/batch", json={"requests": requests}).get_json()["responses"]
            assert {(part["status"], part["headers"]["retry-after"]) for part in responses} == {(503, "1")}
            holder.rollback()
            _back(known)
            assert anew(known).status_code == 200


def test_a_server_with_no_connection_to_spare_is_a_503(cluster: postgres.Cluster) -> None:
    with cluster.connect() as connection:
        connection.execute("CREATE ROLE visitor LOGIN CONNECTION LIMIT 1")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO visitor")
        url = cluster.url().replace(f"{postgres.USER}@", "visitor@")
        with asking(url) as first, asking(url) as second:
            assert anew(first).status_code == 200
            assert is_told_to_come_back(anew(second))
        connection.execute("DROP OWNED BY visitor")
        connection.execute("DROP ROLE visitor")


def test_the_log_reports_the_outage_in_one_line_without_a_password(
    cluster: postgres.Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    with asking(cluster.url().replace("@", ":xyzzy@")) as client, stopped(cluster, signal.SIGINT):
        answer = client.get(URL)
    (record,) = [record for record in caplog.records if record.name == "flask_roundtrip.respond"]
    assert record.levelno == logging.WARNING
    rid = re.findall(r'rid;desc="(\w+)"', answer.headers["Server-Timing"])[0]
    assert record.getMessage().startswith("The database does not answer: ")
    assert rid in record.getMessage()
    assert "\n" not in record.getMessage()
    assert "xyzzy" not in caplog.text


def test_a_missing_table_is_no_outage(cluster: postgres.Cluster) -> None:
    with asking(cluster.url("postgres")) as client:
        assert client.get(URL).status_code == 500


def test_the_application_starts_while_the_database_is_away(cluster: postgres.Cluster) -> None:
    with stopped(cluster, signal.SIGINT), asking(cluster.url()) as client:
        assert client.get("/api/v1/openapi.json").status_code == 200
        assert is_told_to_come_back(client.get(URL))


def _back(client: FlaskClient) -> None:
    """Wait until pgbouncer tries to connect again, which it does each second."""
    deadline = time.monotonic() + 10
    while anew(client).status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.1)
