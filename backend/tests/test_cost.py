"""No accepted question makes the database work for long: the work is counted, not timed.

SQLite tells every 1,000 steps of its virtual machine. On the machine on which the bound was chosen, one core takes 13
to 35 ns for a step of a walk along an index or a summary, and 60 to 110 ns for one where each row is looked up in the
table or sorted, of which there are fewer. The longest walk found has 4.6 million steps and takes 75 ms; the longest
sort has 2 million and takes 70 ms.
"""

import sqlite3
from collections.abc import Sequence
from itertools import islice
from random import Random
from typing import Any

import pytest
from any_question import LISTS, questions
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.database import Database, Row
from support import forget

from roundtrip.extensions import db
from roundtrip.resources.delays import queries

MOST_STEPS = 5_000  # thousands
QUESTIONS = 200  # of each resource

# The worst that were found, and those that once took a second and more.
NAMED = (
    "/flights?sort=-distance&limit=8&hour=1",
    "/flights?sort=-delay&min_delay=1000",
    "/flights?sort=delay&min_delay=1000",
    "/flights?sort=delay&min_delay=-1440&hour=1&limit=200",
    "/flights?sort=-departure&hour=1&weekday=7-1",
    "/flights?sort=distance&weekday=1-6&hour=5-22&status=cancelled&origin=JFK&carrier=HA&min_delay=-1440",
    "/flights?sort=delay&limit=8&from=2013-04-13&to=2013-09-23&fields=id,airline,plane,origin_airport,weather.temp",
    "/flights?sort=-delay&carrier=UA&limit=200&fields=id,airline,plane,origin_airport,dest_airport,weather.temp",
    "/flights?sort=delay&from=2013-07-08&to=2013-07-14&fields=id,airline,plane,origin_airport,dest_airport",
    "/delays?by=route,hour&from=2013-01-05",
    "/delays?by=route,hour&from=2013-01-16&to=2013-06-15",
    "/delays?by=dest,hour&weekday=1-6&from=2013-01-01&to=2013-06-30",
    "/delays?by=month,route&weekday=1-6",
    "/delays?by=date",
    "/delays?by=date,carrier&fields=date,carrier,count,mean_delay,mean_dep_delay,histogram",
    "/delays?by=date,dest&month=2013-07",
    "/delays?by=date,hour&dest=ORD&from=2013-01-01&to=2013-12-31",
    "/delays?by=tailnum&carrier=UA&fields=tailnum,count",
    "/delays?by=weekday,hour&from=2013-01-16&to=2013-06-15&min_delay=15",
)


@pytest.fixture
def steps(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that gets the thousands of steps of each statement from now on."""
    counted: list[int] = []

    def count_and_fetch(database: Database, sql: str, arguments: Any, client: str = "") -> Sequence[Row]:
        counted.append(0)
        with app.app_context():
            pooled = db.engine.raw_connection()
        connection = pooled.driver_connection
        assert isinstance(connection, sqlite3.Connection)

        def tick() -> None:
            counted[-1] += 1

        connection.set_progress_handler(tick, 1_000)
        try:
            return connection.execute(sql, arguments).fetchall()
        finally:
            connection.set_progress_handler(None, 0)
            pooled.close()

    monkeypatch.setattr(Database, "fetch", count_and_fetch)
    forget(app)
    return counted


@pytest.mark.parametrize("query", NAMED)
def test_the_worst_questions_take_a_bounded_number_of_steps(client: FlaskClient, steps: list[int], query: str) -> None:
    assert client.get(f"/api/v1{query}").status_code == 200
    assert max(steps) <= MOST_STEPS


@pytest.mark.parametrize("resource", LISTS)
def test_any_accepted_question_takes_a_bounded_number_of_steps(
    client: FlaskClient, steps: list[int], resource: str
) -> None:
    chance = Random(resource)
    accepted = 0
    for query in islice(questions(chance, resource), QUESTIONS):
        answer = client.get(f"/api/v1{query}")
        assert answer.status_code == 200 or "take too long" in answer.get_json()["detail"], query
        accepted += answer.status_code == 200
        after = answer.get_json().get("next")
        while after and chance.random() < 0.5:
            page = client.get(f"/api/v1{query}&after={after}")
            assert page.status_code == 200
            after = page.get_json()["next"]
        assert max(steps, default=0) <= MOST_STEPS, (query, max(steps))
    assert accepted >= 0.8 * QUESTIONS
    assert len(steps) > 50  # some were in the cache, of the smallest resource most


def test_a_report_that_is_refused_would_have_been_too_much(
    client: FlaskClient, steps: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = "/api/v1/delays?by=date,route&fields=date,origin,dest,histogram"
    assert client.get(refused).status_code == 400
    monkeypatch.setattr(queries, "check", lambda *_: None)
    assert client.get(refused).status_code == 200
    assert max(steps) > MOST_STEPS
