"""The slow page and the product's own give the same values, part by part."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from lab import questions
from lab.experiments import everything

SLOW = "/api/lab/experiments/everything/all_off"
NUMBERS = (0, 1, 2, 17, 4_711, 336_775, 999_999)


def urls_of(client: FlaskClient, number: int) -> list[str]:
    urls: list[str] = client.get(f"{SLOW}?number={number}&part={everything.URLS}").get_json()["urls"]
    return urls


def without_next(value: dict[str, Any]) -> dict[str, Any]:
    """Leave out the cursor, which only the product's lists have."""
    return {name: content for name, content in value.items() if name != "next"}


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("part", range(len(everything.PARTS)))
def test_each_part_is_equal_to_the_product_s(client: FlaskClient, number: int, part: int) -> None:
    slow = client.get(f"{SLOW}?number={number}&part={part}")
    fast = client.get(urls_of(client, number)[part])
    assert slow.status_code == fast.status_code == 200
    assert slow.get_json() == without_next(fast.get_json())
    assert slow.get_json()


def test_a_batch_of_the_urls_answers_all_six(client: FlaskClient) -> None:
    parts = [{"id": str(part), "method": "GET", "url": url} for part, url in enumerate(urls_of(client, 5))]
    answered = client.post("/api/v1/batch", json={"requests": parts}, headers={"Accept": "application/json"})
    assert answered.status_code == 200
    bodies = {answer["id"]: answer["body"] for answer in answered.get_json()["responses"]}
    for part in range(len(everything.PARTS)):
        assert without_next(bodies[str(part)]) == client.get(f"{SLOW}?number=5&part={part}").get_json()


def test_the_page_is_about_the_flight_of_the_number(client: FlaskClient) -> None:
    assert client.get(f"{SLOW}?number=8&part=0").get_json()["id"] == questions.flight(8)


def test_one_flight_takes_a_statement_for_each_thing_that_belongs_to_it(client: FlaskClient) -> None:
    timing = ", ".join(client.get(f"{SLOW}?number=0&part=0").headers.getlist("Server-Timing"))
    assert "db;dur=" in timing
    assert 'desc="6 statements"' in timing
    assert 'rows;desc="6"' in timing


def test_the_urls_name_the_fields_that_the_slow_side_dumps(client: FlaskClient) -> None:
    for url in urls_of(client, 3):
        assert url.startswith("/api/v1/")
        assert "fields=" in url


def test_the_page_has_no_further_part(client: FlaskClient) -> None:
    assert client.get(f"{SLOW}?part=7").status_code == 404
    assert client.get("/api/lab/experiments/everything/all_on").status_code == 404
