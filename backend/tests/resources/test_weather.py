"""Weather: hours in order of time, at an airport, on local days."""

from typing import Any

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.on_both


def hours(client: FlaskClient, query: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = client.get(f"/api/v1/weather?{query}").get_json()["items"]
    return found


def test_an_hour_says_when_where_and_how_it_was(client: FlaskClient) -> None:
    (first,) = hours(client, "origin=EWR&limit=1&fields=origin,time_hour,local_hour,temp,wind_gust")
    assert first == {
        "origin": "EWR",
        "time_hour": "2013-01-01T06:00:00+00:00",
        "local_hour": "2013-01-01T01:00:00",
        "temp": 39.02,
        "wind_gust": None,
    }


def test_hours_are_in_order_and_of_the_local_days_asked_for(client: FlaskClient) -> None:
    found = hours(client, "origin=JFK&from=2013-05-05&to=2013-05-06&fields=local_hour,origin&limit=200")
    times = [hour["local_hour"] for hour in found]
    assert times == sorted(times)
    assert {time[:10] for time in times} == {"2013-05-05", "2013-05-06"}
    assert {hour["origin"] for hour in found} == {"JFK"}
    assert len(found) == 48


def test_the_three_airports_are_told_together_without_a_filter(client: FlaskClient) -> None:
    assert {hour["origin"] for hour in hours(client, "limit=6")} == {"EWR", "JFK", "LGA"}


REPEATED = "date=2013-11-03&fields=id,origin,time_hour,local_hour"  # the day on which one o'clock comes twice


def test_the_hour_that_the_clocks_repeat_is_in_order_of_the_instant(client: FlaskClient) -> None:
    found = hours(client, f"{REPEATED}&limit=200")
    assert [hour["time_hour"] for hour in found] == sorted(hour["time_hour"] for hour in found)
    twice = [(hour["time_hour"], hour["origin"]) for hour in found if hour["local_hour"] == "2013-11-03T01:00:00"]
    assert twice == [
        (instant, origin)
        for instant in ("2013-11-03T05:00:00+00:00", "2013-11-03T06:00:00+00:00")
        for origin in ("EWR", "JFK", "LGA")
    ]


@pytest.mark.parametrize("origin", ["", "&origin=JFK"])
def test_pages_of_one_hour_go_through_the_repeated_hour_in_the_same_order(client: FlaskClient, origin: str) -> None:
    at_once = hours(client, f"{REPEATED}&limit=200{origin}")
    one_by_one: list[dict[str, Any]] = []
    after = ""
    while True:
        page = client.get(f"/api/v1/weather?{REPEATED}&limit=1{origin}{after}").get_json()
        one_by_one += page["items"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert len(at_once) >= 24
    assert one_by_one == at_once
