"""Flights: the list, a single flight, and each filter."""

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from roundtrip.resources.flights.schema import SORTS, STATUSES

pytestmark = pytest.mark.on_both


def items(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/flights?{query}")
    assert answer.status_code == 200, answer.get_json()
    found: list[dict[str, Any]] = answer.get_json()["items"]
    return found


def test_a_list_begins_with_the_first_departure_of_the_year(client: FlaskClient) -> None:
    assert items(client, "limit=1") == [
        {
            "id": 1,
            "carrier": "UA",
            "flight": 1545,
            "origin": "EWR",
            "dest": "IAH",
            "sched_dep": "2013-01-01T05:15:00",
            "dep_delay": 2,
            "arr_delay": 11,
            "status": "on_time",
        }
    ]


def test_one_flight_has_all_its_own_fields_and_its_airline(client: FlaskClient) -> None:
    assert client.get("/api/v1/flights/1").get_json() == {
        "id": 1,
        "carrier": "UA",
        "flight": 1545,
        "tailnum": "N14228",
        "origin": "EWR",
        "dest": "IAH",
        "sched_dep": "2013-01-01T05:15:00",
        "dep": "2013-01-01T05:17:00",
        "dep_delay": 2,
        "sched_arr": "2013-01-01T08:19:00",
        "arr": "2013-01-01T08:30:00",
        "arr_delay": 11,
        "air_time": 227,
        "distance": 1400,
        "status": "on_time",
        "time_hour": "2013-01-01T10:00:00+00:00",
        "airline": {"name": "United Air Lines Inc."},
    }


def test_an_unknown_value_is_null(client: FlaskClient) -> None:
    url = "/api/v1/flights/{}?fields=plane,dest_airport.name,weather.temp,dep,arr_delay"
    to_san_juan = client.get(url.format(4)).get_json()
    assert to_san_juan["dest_airport"] is None
    assert client.get(url.format(10)).get_json()["plane"] is None
    assert client.get(url.format(293)).get_json()["weather"] is None
    cancelled = client.get(url.format(839)).get_json()
    assert (cancelled["dep"], cancelled["arr_delay"]) == (None, None)


def test_a_nested_resource_has_only_the_fields_asked_for(client: FlaskClient) -> None:
    flight = client.get("/api/v1/flights/1?fields=plane.year,origin_airport.name,weather.temp").get_json()
    assert flight == {
        "plane": {"year": 1999},
        "origin_airport": {"name": "Newark Liberty Intl"},
        "weather": {"temp": 39.02},
    }


@pytest.mark.parametrize(
    ("query", "field", "allowed"),
    [
        ("origin=JFK", "origin", {"JFK"}),
        ("dest=lax", "dest", {"LAX"}),
        ("carrier=HA", "carrier", {"HA"}),
        ("flight=15", "flight", {15}),
        ("tailnum=N14228", "tailnum", {"N14228"}),
        *((f"status={status}", "status", {status}) for status in STATUSES),
    ],
)
def test_a_filter_returns_only_matching_flights(client: FlaskClient, query: str, field: str, allowed: set[Any]) -> None:
    found = items(client, f"{query}&fields={field}")
    assert len(found) == 50
    assert {flight[field] for flight in found} == allowed


def test_dates_are_local_and_inclusive(client: FlaskClient) -> None:
    query = "fields=sched_dep&limit=200&dest=LAX&sort={}&from=2013-05-05&to=2013-05-06"
    first, last = (items(client, query.format(sort))[0]["sched_dep"] for sort in ("departure", "-departure"))
    assert (first[:10], last[:10]) == ("2013-05-05", "2013-05-06")


@pytest.mark.parametrize(
    ("query", "expected"),
    [("month=2013-05", "2013-05"), ("month=2013-05&sort=-departure", "2013-05")],
)
def test_a_month_is_that_of_the_scheduled_departure(client: FlaskClient, query: str, expected: str) -> None:
    assert {flight["sched_dep"][:7] for flight in items(client, f"{query}&fields=sched_dep")} == {expected}


def test_hours_and_weekdays_are_of_the_scheduled_departure(client: FlaskClient) -> None:
    found = items(client, "hour=17&weekday=5&fields=sched_dep")
    assert {flight["sched_dep"][11:13] for flight in found} == {"17"}
    assert found[0]["sched_dep"].startswith("2013-01-04T17")  # a Friday


def test_some_hours_and_weekdays_go_over_midnight_and_sunday(client: FlaskClient) -> None:
    found = items(client, "hour=22-5&weekday=7-1&fields=sched_dep&limit=200")
    when = [datetime.fromisoformat(flight["sched_dep"]) for flight in found]
    assert {time.hour for time in when} == {5, 22, 23}
    assert {time.isoweekday() for time in when} == {1, 7}
    assert items(client, "hour=5,22-4&weekday=1,7&fields=sched_dep&limit=200") == found


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("dates", ["date=2013-07-10", "from=2013-07-01&to=2013-08-31"])
def test_filters_match_the_same_flights_in_every_order(client: FlaskClient, sort: str, dates: str) -> None:
    query = f"{dates}&carrier=DL&dest=ATL&min_delay=20&hour=15-17&fields=id&limit=200"
    found = items(client, f"{query}&sort={sort}")
    assert len(found) > 3
    assert sorted(flight["id"] for flight in found) == sorted(flight["id"] for flight in items(client, query))


def test_min_delay_leaves_out_flights_that_never_arrived(client: FlaskClient) -> None:
    for least in (-1440, 900):
        found = items(client, f"min_delay={least}&limit=200&fields=arr_delay&from=2013-02-08")
        delays = [flight["arr_delay"] for flight in found]
        assert None not in delays
        assert min(delays) >= least


def test_several_filters_apply_together(client: FlaskClient) -> None:
    assert items(client, "origin=LGA&dest=HNL") == []
    both = items(client, "origin=JFK&carrier=HA&status=delayed&fields=origin,carrier,status&limit=3")
    assert both == [{"origin": "JFK", "carrier": "HA", "status": "delayed"}] * 3


def test_the_latest_is_the_latest_of_all(client: FlaskClient) -> None:
    (latest,) = items(client, "sort=-delay&limit=1&fields=arr_delay,carrier")
    assert latest == {"arr_delay": 1272, "carrier": "HA"}
