"""The same API behind pgbouncer in transaction pooling: each statement may meet another connection to the server."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import postgres
import pytest
from databases import settings_for
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from support import end, forget

from roundtrip import create_app
from roundtrip.extensions import db

QUESTIONS = [
    "/flights",
    "/flights?sort=-delay&origin=JFK&fields=id,airline,plane.year,weather.temp,time_hour,sched_dep",
    "/flights?sort=delay&min_delay=60&limit=7",
    "/flights/17?fields=id,plane,origin_airport,dest_airport,weather,dep,time_hour",
    "/flights/839",
    "/flights/0",
    "/airlines?q=air",
    "/airports?served=true&limit=200",
    "/planes?manufacturer=BOEING",
    "/planes/XX",
    "/weather?origin=EWR&date=2013-05-05",
    "/delays?by=weekday,hour",
    "/delays?by=route&month=2013-05",
    "/delays?by=carrier&dest=LAX&fields=carrier,count,histogram,mean_delay",
]
CONNECTIONS = 3  # of pgbouncer to the server


@pytest.fixture(scope="module")
def database_url(cluster: postgres.Cluster) -> Iterator[str]:
    with postgres.pgbouncer(cluster, CONNECTIONS) as url_of:
        yield url_of(postgres.LOADED)


@pytest.fixture(scope="module")
def directly(cluster: postgres.Cluster) -> Iterator[FlaskClient]:
    """A connection to the server itself."""
    app = create_app(settings_for(cluster.url()))
    yield app.test_client()
    end(app)


def plainly(answer: Any) -> tuple[int, bytes, str | None]:
    return answer.status_code, re.sub(rb'"next":"[^"]*"', b"", answer.data), answer.headers.get("ETag")


@pytest.mark.parametrize("path", QUESTIONS)
def test_every_answer_is_that_of_the_server_itself(
    app: Flask, client: FlaskClient, directly: FlaskClient, path: str
) -> None:
    for _ in range(8):  # more often than a driver would wait before it prepared the statement
        forget(app)
        assert plainly(client.get(f"/api/v1{path}")) == plainly(directly.get(f"/api/v1{path}"))


def test_pages_go_on(client: FlaskClient) -> None:
    page = client.get("/api/v1/flights?tailnum=N14228&limit=30&fields=id").get_json()
    seen = [flight["id"] for flight in page["items"]]
    while page["next"] is not None:
        page = client.get(f"/api/v1/flights?tailnum=N14228&limit=30&fields=id&after={page['next']}").get_json()
        seen += [flight["id"] for flight in page["items"]]
    assert len(seen) == len(set(seen)) == 111


def test_a_batch_is_answered(client: FlaskClient) -> None:
    requests = [{"id": str(number), "url": f"/api/v1{path}"} for number, path in enumerate(QUESTIONS)]
    responses = client.post("/api/v1/batch", json={"requests": requests}).get_json()["responses"]
    assert [response["status"] for response in responses] == [
        404 if path in ("/flights/0", "/planes/XX") else 200 for path in QUESTIONS
    ]


def test_more_at_once_than_there_are_connections_to_the_server_are_all_answered(app: Flask) -> None:
    asked = threading.Barrier(24)

    def ask(number: int) -> tuple[int, int]:
        asked.wait(60)
        path = f"/api/v1/flights?limit={number + 1}&fields=id,plane.year,time_hour&sort=-delay"
        answer = app.test_client().get(path)
        return answer.status_code, len(answer.get_json()["items"])

    for _ in range(5):
        forget(app)
        with ThreadPoolExecutor(24) as executor:
            assert list(executor.map(ask, range(24))) == [(200, number + 1) for number in range(24)]


def test_instants_are_in_utc_whatever_the_zone_of_the_server(cluster: postgres.Cluster) -> None:
    with cluster.database(postgres.EMPTY) as url:
        name = url.partition("@/")[2].partition("?")[0]
        with cluster.connect("postgres") as connection:
            connection.execute(f"ALTER DATABASE {name} SET timezone TO 'America/New_York'")
        with cluster.connect(name) as connection:
            connection.execute(
                """INSERT INTO airports (faa, name, lat, lon, alt, tz, dst, served)
                VALUES ('JFK', '', 0, 0, 0, 0, 'A', true)"""
            )
            connection.execute(
                """INSERT INTO weather (id, origin, time_hour, local_hour)
                VALUES (1, 'JFK', '2013-01-01T06:00:00+00:00', '2013-01-01T01:00:00')"""
            )
        for reached in (url, None):
            with postgres.pgbouncer(cluster) as url_of:
                app = create_app(settings_for(reached or url_of(name)))
                (hour,) = app.test_client().get("/api/v1/weather?fields=time_hour,local_hour").get_json()["items"]
                assert hour == {"time_hour": "2013-01-01T06:00:00+00:00", "local_hour": "2013-01-01T01:00:00"}
                end(app)


def test_a_transaction_stays_on_one_connection(app: Flask) -> None:
    def work(number: int) -> bool:
        with app.app_context(), db.engine.connect() as connection:
            connection.execute(text(f"SET LOCAL work_mem = {1100 + number}"))
            pids = {connection.scalar(text("SELECT pg_backend_pid()")) for _ in range(5)}
            return len(pids) == 1 and connection.scalar(text("SHOW work_mem")) == f"{1100 + number}kB"

    with ThreadPoolExecutor(8) as executor:
        assert all(executor.map(work, range(40)))
