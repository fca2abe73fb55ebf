"""Planes: one of them, and those of a manufacturer or model."""

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.on_both


def planes(client: FlaskClient, query: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get(f"/api/v1/planes?{query}").get_json()["items"]
    return found


def test_one_is_found_by_its_tail_number(client: FlaskClient) -> None:
    assert client.get("/api/v1/planes/N14228").get_json() == {
        "tailnum": "N14228",
        "year": 1999,
        "type": "Fixed wing multi engine",
        "manufacturer": "BOEING",
        "model": "737-824",
        "engines": 2,
        "seats": 149,
        "speed": None,
        "engine": "Turbo-fan",
    }


def test_they_are_those_of_a_manufacturer_and_a_model(client: FlaskClient) -> None:
    found = planes(client, "manufacturer=BOEING&model=737-824&fields=manufacturer,model")
    assert found == [{"manufacturer": "BOEING", "model": "737-824"}] * 50
    assert planes(client, "manufacturer=boeing") == []  # in full, as it is written


def test_it_is_looked_for_by_tail_number_or_model(client: FlaskClient) -> None:
    assert planes(client, "q=n14228&fields=tailnum") == [{"tailnum": "N14228"}]
    assert all("A320" in str(plane["model"]) for plane in planes(client, "q=a320&fields=model"))
