"""Reports equal plain Python over the flights, from any of the tables."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from support import ONE_APP, forget

from roundtrip.extensions import db
from roundtrip.resources.delays import queries
from roundtrip.resources.delays.model import CLASS_BOUNDS
from roundtrip.resources.delays.periods import Piece, pieces
from roundtrip.resources.delays.schema import DIMENSIONS, DelaySchema, dimensions_of
from roundtrip.resources.flights.model import Flight as Flights

pytestmark = pytest.mark.on_both

Flight = dict[str, Any]
MEASURES = (
    *("count", "cancelled", "diverted", "on_time", "delayed"),
    *("on_time_share", "mean_delay", "var_delay", "mean_dep_delay"),
    *("p10_delay", "median_delay", "p90_delay", "histogram"),
)


@pytest.fixture(scope="module")
def flights(app: Flask) -> list[Flight]:
    """All flights, as plain dicts."""
    columns = (
        "carrier, flight, tailnum, origin, dest, CAST(sched_dep AS TEXT) AS sched_dep, status, dep_delay, arr_delay"
    )
    with app.app_context(), db.engine.connect() as connection:
        rows = connection.execute(text(f"SELECT {columns} FROM flights")).mappings().all()
    return [{**row, **_when(row["sched_dep"][:13])} for row in rows]


@pytest.fixture(scope="module")
def in_early_may(flights: list[Flight]) -> list[Flight]:
    return [flight for flight in flights if "2013-05-01" <= flight["date"] <= "2013-05-16"]


@pytest.fixture(scope="module")
def to_honolulu(flights: list[Flight]) -> list[Flight]:
    return [flight for flight in flights if flight["dest"] == "HNL"]


@cache
def _when(hour: str) -> dict[str, Any]:
    moment = datetime.fromisoformat(hour)
    return {"date": hour[:10], "month": f"{moment:%Y-%m}", "weekday": moment.isoweekday(), "hour": moment.hour}


def in_python(flights: Iterable[Flight], by: str) -> list[dict[str, Any]]:
    """Measure the flights as the contract says, in the plainest way."""
    dimensions = dimensions_of(by)
    groups: dict[tuple[Any, ...], list[Flight]] = defaultdict(list)
    for flight in flights:
        groups[tuple(flight[name] for name in dimensions)].append(flight)
    if not dimensions and not groups:
        groups[()] = []
    in_order = sorted(groups, key=lambda key: [(value is None, value) for value in key])
    return [{**dict(zip(dimensions, key, strict=True)), **_measures(groups[key])} for key in in_order]


def _measures(group: list[Flight]) -> dict[str, Any]:
    statuses = [flight["status"] for flight in group]
    arrived = [flight["arr_delay"] for flight in group if flight["arr_delay"] is not None]
    left = [flight["dep_delay"] for flight in group if flight["dep_delay"] is not None]
    classes = [0] * (len(CLASS_BOUNDS) + 1)
    for delay in arrived:
        classes[sum(delay >= bound for bound in CLASS_BOUNDS)] += 1
    return {
        "count": len(group),
        "cancelled": statuses.count("cancelled"),
        "diverted": statuses.count("diverted"),
        "on_time": sum(delay < 15 for delay in arrived),
        "delayed": sum(delay >= 15 for delay in arrived),
        "on_time_share": sum(delay < 15 for delay in arrived) / len(group) if group else None,
        "mean_delay": sum(arrived) / len(arrived) if arrived else None,
        "var_delay": _variance(arrived),
        "mean_dep_delay": sum(left) / len(left) if left else None,
        "p10_delay": _of_classes(classes, 0.1),
        "median_delay": _of_classes(classes, 0.5),
        "p90_delay": _of_classes(classes, 0.9),
        "histogram": classes,
    }


def _variance(delays: list[int]) -> float | None:
    """Return the sample variance in whole numbers up to the one division."""
    n = len(delays)
    return (n * sum(delay * delay for delay in delays) - sum(delays) ** 2) / (n * (n - 1)) if n > 1 else None


def _of_classes(classes: list[int], share: float) -> float | None:
    wanted, below = sum(classes) * share, 0
    for number, count in enumerate(classes):
        if count and below + count >= wanted:
            if number in (0, len(CLASS_BOUNDS)):
                return None
            lower, upper = CLASS_BOUNDS[number - 1 : number + 1]
            return lower + (wanted - below) * (upper - lower) / count
        below += count
    return None


FILTERS: dict[str, Callable[[Flight], bool]] = {
    "origin=JFK": lambda flight: flight["origin"] == "JFK",
    "carrier=UA&month=2013-05": lambda flight: flight["carrier"] == "UA" and flight["month"] == "2013-05",
    "from=2013-02-01&to=2013-03-31": lambda flight: "2013-02" <= flight["month"] <= "2013-03",
    "to=2013-01-31&dest=LAX": lambda flight: flight["month"] == "2013-01" and flight["dest"] == "LAX",
    "weekday=5&hour=17": lambda flight: (flight["weekday"], flight["hour"]) == (5, 17),
    "from=2013-02-08&to=2013-02-10": lambda flight: "2013-02-08" <= flight["sched_dep"] < "2013-02-11",
    "tailnum=N14228": lambda flight: flight["tailnum"] == "N14228",
    "status=cancelled&origin=LGA": lambda flight: (flight["status"], flight["origin"]) == ("cancelled", "LGA"),
    "min_delay=60&date=2013-07-10": lambda flight: (
        flight["sched_dep"][:10] == "2013-07-10" and (flight["arr_delay"] or 0) >= 60
    ),
    "weekday=6,7&hour=22-6": lambda flight: flight["weekday"] >= 6 and (flight["hour"] >= 22 or flight["hour"] <= 6),
    "status=delayed": lambda flight: flight["status"] == "delayed",
    "status=diverted&from=2013-02-26&to=2013-09-04": lambda flight: (
        flight["status"] == "diverted" and "2013-02-26" <= flight["sched_dep"] < "2013-09-05"
    ),
    "min_delay=60": lambda flight: (flight["arr_delay"] or 0) >= 60,
    "min_delay=30&status=on_time": lambda flight: False,
    "min_delay=61&dest=LAX&to=2013-06-30&from=2013-01-02": lambda flight: (
        flight["dest"] == "LAX" and (flight["arr_delay"] or 0) >= 61 and "2013-01-02" <= flight["date"] <= "2013-06-30"
    ),
    "from=2013-01-05": lambda flight: flight["sched_dep"] >= "2013-01-05",
    "to=2013-12-29&carrier=B6": lambda flight: flight["carrier"] == "B6" and flight["sched_dep"] < "2013-12-30",
    "from=2014-01-01": lambda flight: False,
    "flight=15&dest=HNL": lambda flight: (flight["flight"], flight["dest"]) == (15, "HNL"),
    "dest=XXX": lambda flight: False,
}


def ask(client: FlaskClient, by: str, filters: str = "", fields: Iterable[str] = ()) -> list[dict[str, Any]]:
    pairs = [f"by={by}" if by else "", filters, f"fields={','.join(fields)}" if fields else ""]
    answer = client.get("/api/v1/delays?" + "&".join(pair for pair in pairs if pair))
    assert answer.status_code == 200, answer.get_json()
    assert list(answer.get_json()) == ["items"]
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def everything(by: str) -> tuple[str, ...]:
    return (*dimensions_of(by), *MEASURES)


def test_a_report_adds_up_the_flights(client: FlaskClient, flights: list[Flight]) -> None:
    (total,) = ask(client, "")
    assert total["count"] == len(flights) == 336_776
    assert total["cancelled"] == 8_255
    assert total["count"] == total["cancelled"] + total["diverted"] + total["on_time"] + total["delayed"]
    assert set(total) == set(MEASURES) - {
        *("var_delay", "mean_dep_delay", "p10_delay", "median_delay", "p90_delay", "histogram")
    }


def test_its_items_are_sorted_by_what_it_goes_by(client: FlaskClient) -> None:
    items = ask(client, "weekday,hour")
    keys = [(item["weekday"], item["hour"]) for item in items]
    assert keys == sorted(keys)
    assert {weekday for weekday, _ in keys} == set(range(1, 8))


@pytest.mark.parametrize("by", ["", "month,weekday"])
def test_a_report_of_the_whole_year_equals_plain_python(client: FlaskClient, flights: list[Flight], by: str) -> None:
    assert ask(client, by, fields=everything(by)) == in_python(flights, by)


@pytest.mark.parametrize("by", [*DIMENSIONS, *(f"{one},{other}" for one, other in combinations(DIMENSIONS, 2))])
def test_every_dimension_and_pair_equals_plain_python(client: FlaskClient, in_early_may: list[Flight], by: str) -> None:
    assert ask(client, by, "month=2013-05&to=2013-05-16", everything(by)) == in_python(in_early_may, by)


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("by", ["", "route", "weekday,hour"])
def test_every_filter_equals_plain_python(client: FlaskClient, flights: list[Flight], by: str, filters: str) -> None:
    expected = in_python(filter(FILTERS[filters], flights), by)
    assert ask(client, by, filters, everything(by)) == expected  # a mean is one division of whole numbers


@pytest.mark.parametrize("filters", ["", "from=2013-02-20&to=2013-09-04&carrier=UA"])
@pytest.mark.parametrize("by", ["", "date", "month", "hour", "dest", "month,weekday", "date,carrier"])
def test_a_summary_says_what_the_flights_say(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, statements: list[str], by: str, filters: str
) -> None:
    summed = ask(client, by, filters, everything(by))
    monkeypatch.setattr(queries, "_smallest_source", lambda *_: Flights)
    monkeypatch.setattr(queries, "check", lambda *_: None)
    forget(app)
    counted = ask(client, by, filters, everything(by))
    assert summed == counted
    assert "FROM delays_by_" in statements[0]
    assert "FROM delays_by_" not in statements[1]


@settings(ONE_APP, max_examples=100)
@given(st.dates(date(2012, 12, 1), date(2014, 2, 1)), st.dates(date(2012, 12, 1), date(2014, 2, 1)))
def test_any_span_of_days_equals_plain_python(
    client: FlaskClient, to_honolulu: list[Flight], one: date, other: date
) -> None:
    first, last = sorted((one, other))
    flights = [flight for flight in to_honolulu if str(first) <= flight["date"] <= str(last)]
    for by in ("", "month", "date", "hour"):
        fields = (*dimensions_of(by), "count", "mean_delay", "mean_dep_delay")
        found = ask(client, by, f"dest=HNL&from={first}&to={last}", fields)
        assert found == [{name: item[name] for name in fields} for item in in_python(flights, by)]


@given(st.dates(date(2010, 1, 1), date(2016, 1, 1)), st.dates(date(2010, 1, 1), date(2016, 1, 1)))
def test_a_span_is_few_pieces_that_hold_each_of_its_days_once(one: date, other: date) -> None:
    first, before = sorted((one, other))
    days: Counter[date] = Counter()
    for piece in pieces(first, before, ("year", "month", "day")):
        for day in _days_of(piece):
            days[day] += piece.sign
    assert {day for day, times in days.items() if times} == set(_days(first, before))
    assert set(days.values()) <= {0, 1}
    units = Counter(piece.unit for piece in pieces(first, before, ("year", "month", "day")))
    assert units["year"] <= 1
    assert units["month"] <= 2
    assert units["day"] <= 2


def _days(first: date, before: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((before - first).days)]


def _days_of(piece: Piece) -> list[date]:
    whole = "0001-01-01"
    return _days(*(date.fromisoformat(end + whole[len(end) :]) for end in (piece.first, piece.before)))


def test_a_report_by_date_has_each_day_once(client: FlaskClient) -> None:
    days = [item["date"] for item in ask(client, "date")]
    assert (len(days), days[0], days[-1]) == (365, "2013-01-01", "2013-12-31")


def test_a_report_that_takes_too_long_is_refused_with_what_to_narrow(client: FlaskClient) -> None:
    for query in ("by=date,dest", "min_delay=61", "by=date,hour&min_delay=-1440", "min_delay=0&weekday=5&hour=1"):
        answer = client.get(f"/api/v1/delays?{query}")
        assert answer.status_code == 400, query
        (fault,) = answer.get_json()["errors"]
        assert "Narrow the dates" in fault["detail"]
        assert ("min_delay of 15, 30" in fault["detail"]) == ("min_delay" in query)
        assert client.get(f"/api/v1/delays?{query}&date=2013-07-10").status_code == 200


@pytest.mark.parametrize("by", ["carrier", "route", "weekday,hour"])
def test_its_books_balance(client: FlaskClient, by: str) -> None:
    for item in ask(client, by, fields=everything(by)):
        assert sum(item["histogram"]) == item["on_time"] + item["delayed"]
        assert sum(item["histogram"][:4]) == item["on_time"]
        assert item["count"] == item["on_time"] + item["delayed"] + item["cancelled"] + item["diverted"]
        assert 0 <= item["on_time_share"] <= 1


@pytest.mark.parametrize("by", ["carrier", "month"])
def test_a_quantile_lies_in_the_class_of_the_true_one(client: FlaskClient, flights: list[Flight], by: str) -> None:
    delays: dict[Any, list[int]] = defaultdict(list)
    for flight in flights:
        if flight["arr_delay"] is not None:
            delays[flight[by]].append(flight["arr_delay"])
    for item in ask(client, by, fields=[by, "median_delay", "p90_delay"]):
        for name, share in (("median_delay", 0.5), ("p90_delay", 0.9)):
            true = sorted(delays[item[by]])[int(len(delays[item[by]]) * share)]
            number = sum(true >= bound for bound in CLASS_BOUNDS)
            if 0 < number < len(CLASS_BOUNDS):
                assert CLASS_BOUNDS[number - 1] <= item[name] <= CLASS_BOUNDS[number]
                assert abs(item[name] - true) < 5 or len(delays[item[by]]) < 1_000  # few are uneven


def test_nothing_matched_is_a_total_of_nothing_and_no_groups(client: FlaskClient) -> None:
    (total,) = ask(client, "", "dest=XXX", MEASURES)
    assert total["count"] == sum(total["histogram"]) == 0
    assert total["on_time_share"] is total["mean_delay"] is total["mean_dep_delay"] is None
    assert ask(client, "carrier", "dest=XXX") == []


def test_cancelled_flights_have_no_mean(client: FlaskClient) -> None:
    (total,) = ask(client, "", "status=cancelled", MEASURES)
    assert (total["on_time_share"], total["mean_delay"]) == (0, None)


def test_route_is_two_fields_and_goes_with_a_third(client: FlaskClient, flights: list[Flight]) -> None:
    items = ask(client, "route,hour", "carrier=HA", ["origin", "dest", "hour", "count"])
    expected = in_python((flight for flight in flights if flight["carrier"] == "HA"), "route,hour")
    assert items == [{name: item[name] for name in ("origin", "dest", "hour", "count")} for item in expected]


@settings(ONE_APP, max_examples=60)
@given(st.data())
def test_any_selection_is_as_marshmallow_dumps_it(
    client: FlaskClient, to_honolulu: list[Flight], data: st.DataObject
) -> None:
    by = data.draw(st.sampled_from(["", "carrier", "month,weekday", "route"]))
    fields = data.draw(st.lists(st.sampled_from(everything(by)), min_size=1))
    dumped = DelaySchema(only=fields, many=True).dump(in_python(to_honolulu, by))
    assert ask(client, by, "dest=HNL", fields) == dumped


@pytest.mark.parametrize("by", ["carrier,month,hour", "colour", "carrier,carrier", ","])
def test_unknown_repeated_or_too_many_dimensions_are_refused(client: FlaskClient, by: str) -> None:
    answer = client.get(f"/api/v1/delays?by={by}")
    assert answer.status_code == 400
    assert [fault["parameter"] for fault in answer.get_json()["errors"]] == ["by"]
