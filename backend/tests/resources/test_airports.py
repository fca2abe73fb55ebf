"""Airports: the served ones, a single one, and a search."""

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.on_both


def codes(client: FlaskClient, query: str) -> list[str]:
    return [airport["faa"] for airport in client.get(f"/api/v1/airports?fields=faa&{query}").get_json()["items"]]


def test_one_is_found_by_its_code(client: FlaskClient) -> None:
    assert client.get("/api/v1/airports/JFK").get_json() == {
        "faa": "JFK",
        "name": "John F Kennedy Intl",
        "lat": 40.639751,
        "lon": -73.778925,
        "alt": 13,
        "tz": -5.0,
        "dst": "A",
        "tzone": "America/New_York",
    }


def test_those_that_are_served_are_ends_of_a_flight(client: FlaskClient) -> None:
    served = codes(client, "served=true&limit=200")
    assert len(served) == 103  # of 107, four are not among the airports
    assert {"EWR", "JFK", "LGA", "LAX"} <= set(served)
    assert not set(served) & set(codes(client, "served=false&limit=200"))


def test_it_is_looked_for_by_code_or_name(client: FlaskClient) -> None:
    assert codes(client, "q=jfk") == ["JFK"]
    assert codes(client, "q=kennedy") == ["JFK"]
    assert "LAX" in codes(client, "q=la&served=true")
    assert codes(client, "q=zzzz") == []
