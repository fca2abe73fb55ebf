"""Weather: hours in order of time, at an airport, on local days."""

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
