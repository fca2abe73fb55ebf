"""The answers of compiled plans equal marshmallow's own dump of the entities; and the pages make up the whole list."""

import random
from datetime import datetime
from typing import Any

import orjson
import ormsgpack
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from support import ONE_APP, forget

from flask_roundtrip import fields
from roundtrip.database import reader
from roundtrip.extensions import db
from roundtrip.resources.airlines.model import Airline
from roundtrip.resources.airlines.schema import AirlineSchema
from roundtrip.resources.airports.model import Airport
from roundtrip.resources.airports.schema import AirportSchema
from roundtrip.resources.flights.model import Flight
from roundtrip.resources.flights.schema import SORTS, FlightSchema
from roundtrip.resources.planes.model import Plane
from roundtrip.resources.planes.schema import PlaneSchema
from roundtrip.resources.weather.model import Weather
from roundtrip.resources.weather.schema import WeatherSchema

pytestmark = pytest.mark.on_both

MSGPACK = {"Accept": "application/msgpack"}

# On time, delayed, to an airport that is not there, without a plane, without weather, diverted, diverted without
# an arrival, cancelled, without a tail number, the last one.
FLIGHTS = [1, 2, 4, 10, 293, 472, 755, 839, 1783, 336_776]
SINGLES: list[tuple[str, Any, Any, list[Any]]] = [
    ("flights", Flight, FlightSchema, FLIGHTS),
    ("airlines", Airline, AirlineSchema, ["UA", "B6", "YV"]),
    ("airports", Airport, AirportSchema, ["JFK", "04G", "ZYP"]),
    ("planes", Plane, PlaneSchema, ["N14228", "N10156", "N999DN"]),
]
LISTS: list[tuple[str, Any, Any, Any]] = [
    ("flights?sort=departure", Flight, FlightSchema, (Flight.sched_dep, Flight.id)),
    ("airlines", Airline, AirlineSchema, (Airline.carrier,)),
    ("airports", Airport, AirportSchema, (Airport.faa,)),
    ("planes", Plane, PlaneSchema, (Plane.tailnum,)),
    ("weather", Weather, WeatherSchema, (Weather.local_hour, Weather.id)),
]


@pytest.fixture
def session(app: Flask) -> Any:
    with app.app_context(), Session(reader(db.engine)) as session:
        yield session


def fields_of(schema: Any) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(fields.allowed_names(schema)), min_size=1, max_size=14)


def as_marshmallow_has_it(schema: Any, names: list[str], entity: Any) -> Any:
    leaves = fields.select(schema, ",".join(names)).names  # to marshmallow `plane,plane.year` is the year alone
    return schema(only=leaves).dump(entity)


def test_a_flight_is_as_marshmallow_dumps_it(client: FlaskClient, session: Session) -> None:
    answered = client.get("/api/v1/flights/1?fields=id,dep,airline").get_json()
    assert answered == FlightSchema(only=["id", "dep", "airline"]).dump(session.get(Flight, 1))


@settings(ONE_APP, max_examples=60)
@given(data=st.data())
def test_every_single_is_as_marshmallow_dumps_it_byte_for_byte(
    client: FlaskClient, session: Session, data: st.DataObject
) -> None:
    path, model, schema, keys = data.draw(st.sampled_from(SINGLES))
    key = data.draw(st.sampled_from(keys))
    names = data.draw(fields_of(schema))
    url = f"/api/v1/{path}/{key}?fields={','.join(names)}"
    dumped = as_marshmallow_has_it(schema, names, session.get_one(model, key))
    assert client.get(url).data == orjson.dumps(dumped, option=orjson.OPT_SORT_KEYS)
    assert ormsgpack.unpackb(client.get(url, headers=MSGPACK).data) == dumped


@settings(ONE_APP, max_examples=60)
@given(data=st.data())
def test_every_list_is_as_marshmallow_dumps_it_byte_for_byte(
    client: FlaskClient, session: Session, data: st.DataObject
) -> None:
    path, model, schema, order = data.draw(st.sampled_from(LISTS))
    names = data.draw(fields_of(schema))
    limit = data.draw(st.integers(1, 30))
    separator = "&" if "?" in path else "?"
    url = f"/api/v1/{path}{separator}limit={limit}&fields={','.join(names)}"
    entities = session.scalars(select(model).order_by(*order).limit(limit))
    dumped = [as_marshmallow_has_it(schema, names, entity) for entity in entities]
    answer = client.get(url)
    page = {"items": dumped, "next": answer.get_json()["next"]}
    assert answer.data == orjson.dumps(page, option=orjson.OPT_SORT_KEYS)
    assert ormsgpack.unpackb(client.get(url, headers=MSGPACK).data) == page


FILTERS: list[tuple[str, ColumnElement[bool]]] = [
    ("tailnum=N14228", Flight.tailnum == "N14228"),
    ("dest=ANC", Flight.dest == "ANC"),
    (
        "origin=LGA&date=2013-02-09",
        (Flight.origin == "LGA") & Flight.sched_dep.between(datetime(2013, 2, 9), datetime(2013, 2, 10)),
    ),
]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("filters", [written for written, _ in FILTERS])
def test_following_next_visits_every_flight_once_and_in_order(
    app: Flask, client: FlaskClient, session: Session, sort: str, filters: str
) -> None:
    asked = f"/api/v1/flights?{filters}&sort={sort}&fields=id,sched_dep,arr_delay,distance"
    seen = _all(client, f"{asked}&limit={random.Random(sort + filters).randint(3, 40)}")
    condition = _condition(filters)
    assert sorted(flight["id"] for flight in seen) == list(
        session.scalars(select(Flight.id).where(condition).order_by(Flight.id))
    )
    assert [flight["id"] for flight in seen] == [flight["id"] for flight in _in_order(seen, sort)]


def test_there_are_flights_without_a_delay_in_what_was_visited(session: Session) -> None:
    for written, _ in FILTERS[2:]:
        without = select(func.count()).where(_condition(written), Flight.arr_delay.is_(None))
        assert (session.scalar(without) or 0) > 40


@pytest.mark.parametrize("sort", ["delay", "-delay"])
def test_flights_without_a_delay_come_last_whichever_way(client: FlaskClient, sort: str) -> None:
    delays = [
        flight["arr_delay"]
        for flight in _all(client, f"/api/v1/flights?origin=LGA&date=2013-02-09&sort={sort}&fields=arr_delay&limit=7")
    ]
    known = [delay for delay in delays if delay is not None]
    assert delays == sorted(known, reverse=sort == "-delay") + [None] * (len(delays) - len(known))
    assert 0 < len(known) < len(delays)


@pytest.mark.parametrize("path", ["airlines?limit=3", "airports?limit=200", "planes?manufacturer=CESSNA&limit=2"])
def test_the_other_lists_are_visited_whole_too(client: FlaskClient, session: Session, path: str) -> None:
    counts = {
        "airlines": select(func.count(Airline.carrier)),
        "airports": select(func.count(Airport.faa)),
        "planes": select(func.count(Plane.tailnum)).where(Plane.manufacturer == "CESSNA"),
    }
    keys = [tuple(item.values()) for item in _all(client, f"/api/v1/{path}")]
    assert len(keys) == len(set(keys)) == session.scalar(counts[path.partition("?")[0]])


@settings(ONE_APP, max_examples=25)
@given(data=st.data())
def test_a_page_can_be_cut_anywhere(client: FlaskClient, data: st.DataObject) -> None:
    asked = f"/api/v1/flights?tailnum=N14228&fields=id&sort={data.draw(st.sampled_from(SORTS))}"
    whole = client.get(f"{asked}&limit=200").get_json()["items"]
    first = client.get(f"{asked}&limit={data.draw(st.integers(1, 110))}").get_json()
    second = client.get(f"{asked}&limit=200&after={first['next']}").get_json()
    assert first["items"] + second["items"] == whole
    assert second["next"] is None


def test_the_last_page_has_no_next_and_no_link(client: FlaskClient) -> None:
    answer = client.get("/api/v1/airlines?limit=16")
    assert answer.get_json()["next"] is None
    assert "Link" not in answer.headers
    assert client.get("/api/v1/airlines?limit=15").get_json()["next"] is not None


def test_the_link_leads_to_what_next_leads_to(client: FlaskClient) -> None:
    asked = "/api/v1/flights?date=2013-05-05&origin=JFK&limit=5&sort=-delay&fields=id"
    answer = client.get(asked)
    url, _, relation = answer.headers["Link"].partition(";")
    assert relation.strip() == 'rel="next"'
    by_cursor = client.get(f"{asked}&after={answer.get_json()['next']}")
    by_link = client.get(url.strip("<>"))
    assert by_link.get_json() == by_cursor.get_json()
    assert by_link.headers["Cache-Status"].startswith("roundtrip; hit")  # they are one entry


@pytest.mark.parametrize(
    "other",
    [
        "/flights?sort=delay",
        "/flights?sort=-departure",
        "/flights?origin=JFK",
        "/flights?date=2013-01-01",
        "/airlines?limit=5",
        "/planes?limit=5",
        "/weather?limit=5",
    ],
)
def test_a_cursor_of_another_list_is_refused(client: FlaskClient, other: str) -> None:
    cursor = client.get("/api/v1/flights").get_json()["next"]
    separator = "&" if "?" in other else "?"
    _says_400_of_after(client, f"/api/v1{other}{separator}after={cursor}")


@pytest.mark.parametrize("cursor", ["", "x", "WzFd", "WzFd.abc", "%00", "...", "x" * 513, "%F0%9F%92%A9", "[]"])
def test_a_forged_cursor_is_refused(client: FlaskClient, cursor: str) -> None:
    _says_400_of_after(client, f"/api/v1/flights?after={cursor}")


def test_a_truncated_cursor_is_refused(client: FlaskClient) -> None:
    cursor = client.get("/api/v1/flights").get_json()["next"]
    for length in range(0, len(cursor), 7):
        _says_400_of_after(client, f"/api/v1/flights?after={cursor[:length]}")


def test_a_cursor_fits_other_fields_and_another_limit_of_its_list(client: FlaskClient) -> None:
    cursor = client.get("/api/v1/flights?limit=3").get_json()["next"]
    answer = client.get(f"/api/v1/flights?limit=7&fields=id,plane.model&after={cursor}")
    assert len(answer.get_json()["items"]) == 7


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1e9", "1000000000", "99999999999999999999", "ten", "", "5.0"])
def test_a_limit_that_is_none_is_refused(client: FlaskClient, limit: str) -> None:
    answer = client.get(f"/api/v1/flights?limit={limit}")
    assert answer.status_code == 400
    assert [fault["parameter"] for fault in answer.get_json()["errors"]] == ["limit"]


@pytest.mark.parametrize("limit", [1, 200])
def test_a_page_has_as_many_as_asked(app: Flask, client: FlaskClient, limit: int) -> None:
    forget(app)
    assert len(client.get(f"/api/v1/flights?limit={limit}").get_json()["items"]) == limit


def test_a_page_has_fifty_where_nothing_is_said(client: FlaskClient) -> None:
    assert len(client.get("/api/v1/flights").get_json()["items"]) == 50


def _all(client: FlaskClient, url: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    page: dict[str, Any] = client.get(url).get_json()
    while page["next"] is not None:
        items += page["items"]
        page = client.get(f"{url}&after={page['next']}").get_json()
    items += page["items"]
    return items


def _condition(filters: str) -> ColumnElement[bool]:
    return dict(FILTERS)[filters]


def _in_order(flights: list[dict[str, Any]], sort: str) -> list[dict[str, Any]]:
    """Sort as the contract says: by id among equals, all of it turned round by a `-`, without a delay last."""
    turned = sort.startswith("-")
    column = {"departure": "sched_dep", "delay": "arr_delay", "distance": "distance"}[sort.removeprefix("-")]
    known = [flight for flight in flights if flight[column] is not None]
    unknown = [flight for flight in flights if flight[column] is None]
    known.sort(key=lambda flight: (flight[column], flight["id"]), reverse=turned)
    unknown.sort(key=lambda flight: flight["id"], reverse=turned)
    return known + unknown


def _says_400_of_after(client: FlaskClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 400
    assert [fault["parameter"] for fault in answer.get_json()["errors"]] == ["after"]
