"""The contents of a loaded database."""

from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from roundtrip.data.clock import NEW_YORK, Clock
from roundtrip.data.source import FLIGHT, WEATHER, Known, flights, installed_files, weather
from roundtrip.extensions import db
from roundtrip.resources.airlines.model import Airline
from roundtrip.resources.airports.model import Airport
from roundtrip.resources.delays.budget import FLIGHTS_A_DAY, SHARES
from roundtrip.resources.delays.model import CLASSES, MEASURES, PERIODS, SUMMARIES
from roundtrip.resources.flights.model import Flight
from roundtrip.resources.planes.model import Plane
from roundtrip.resources.weather.model import Weather

pytestmark = pytest.mark.on_both

ROWS = {Airline: 16, Airport: 1_458, Plane: 3_322, Weather: 26_115, Flight: 336_776}


@pytest.mark.parametrize(("model", "rows"), ROWS.items(), ids=lambda given: getattr(given, "__tablename__", None))
def test_all_rows_are_there(connection: Connection, model: Any, rows: int) -> None:
    assert connection.scalar(select(func.count()).select_from(model)) == rows


def test_the_first_flight_is_united_1545_to_houston(connection: Connection) -> None:
    first = connection.execute(select(Flight).order_by(Flight.sched_dep, Flight.id).limit(1)).one()
    assert (first.carrier, first.flight, first.tailnum) == ("UA", 1545, "N14228")
    assert (first.origin, first.dest) == ("EWR", "IAH")
    assert first.sched_dep == datetime(2013, 1, 1, 5, 15)
    assert first.dep == datetime(2013, 1, 1, 5, 17)
    assert first.arr == datetime(2013, 1, 1, 8, 30)
    assert (first.dep_delay, first.arr_delay, first.status) == (2, 11, "on_time")
    assert first.time_hour == datetime(2013, 1, 1, 10, tzinfo=UTC)


def test_flights_by_status(ask: Any) -> None:
    assert dict(ask("SELECT status, count(*) FROM flights GROUP BY status")) == {
        "on_time": 247_246,
        "delayed": 80_100,
        "cancelled": 8_255,
        "diverted": 1_175,
    }


def test_717_of_the_diverted_flights_have_an_arrival(ask: Any) -> None:
    assert ask("SELECT count(arr) FROM flights WHERE status = 'diverted'") == [(717,)]


def test_the_mean_arrival_delay_equals_the_published_value(ask: Any) -> None:
    assert float(ask("SELECT avg(arr_delay) FROM flights")[0][0]) == pytest.approx(6.895377)


def test_a_reference_to_a_missing_airport_or_plane_is_null(ask: Any) -> None:
    assert ask("SELECT dest, count(*) FROM flights WHERE dest_faa IS NULL GROUP BY dest ORDER BY dest") == [
        ("BQN", 896),
        ("PSE", 365),
        ("SJU", 5819),
        ("STT", 522),
    ]
    assert ask("SELECT count(*) FROM flights WHERE tailnum IS NULL") == [(2_512,)]
    assert ask("SELECT count(*) FROM flights WHERE plane_tailnum IS NULL") == [(2_512 + 50_094,)]
    assert ask("SELECT count(*) FROM flights WHERE weather_id IS NULL") == [(1_556,)]


def test_103_airports_are_served_and_each_by_some_flight(ask: Any) -> None:
    served = {faa for (faa,) in ask("SELECT faa FROM airports WHERE served")}
    ends = {faa for (faa,) in ask("SELECT origin FROM flights UNION SELECT dest_faa FROM flights")}
    assert len(served) == 103
    assert served == ends - {None}


def test_na_of_the_files_is_null_and_never_a_text_or_a_zero(ask: Any) -> None:
    for column in (column for table in db.metadata.sorted_tables for column in table.columns):
        in_vain = f"SELECT count(*) FROM {column.table} WHERE CAST({column} AS TEXT) IN ('NA', '')"
        assert ask(in_vain) == [(0,)], column
    assert ask("SELECT count(*), min(year) FROM planes WHERE year IS NOT NULL") == [(3_322 - 70, 1956)]
    assert ask("SELECT count(speed) FROM planes") == [(23,)]
    assert ask("SELECT faa FROM airports WHERE tzone IS NULL ORDER BY faa") == [("EEN",), ("LRO",), ("YAK",)]


def test_each_hour_of_weather_occurs_once_and_local_hours_are_new_yorks(connection: Connection) -> None:
    rows = connection.execute(select(Weather.origin, Weather.time_hour, Weather.local_hour)).all()
    assert len({(row.origin, row.time_hour) for row in rows}) == 26_115
    for row in rows:
        assert row.local_hour == row.time_hour.astimezone(NEW_YORK).replace(tzinfo=None)


def test_the_hour_that_new_yorks_clocks_repeat_is_two_hours_of_weather(connection: Connection) -> None:
    repeated = (Weather.origin == "JFK") & (Weather.local_hour == datetime(2013, 11, 3, 1))
    assert connection.scalars(select(Weather.time_hour).where(repeated).order_by(Weather.time_hour)).all() == [
        datetime(2013, 11, 3, 5, tzinfo=UTC),
        datetime(2013, 11, 3, 6, tzinfo=UTC),
    ]


def test_the_orm_reads_what_the_driver_wrote(connection: Connection) -> None:
    """The loader writes text past SQLAlchemy, which reads it as datetimes."""
    files, clock, ids = installed_files(), Clock(), dict[tuple[str, str], int]()
    assert connection.execute(select(*(getattr(Weather, name) for name in WEATHER)).order_by(Weather.id)).all() == [
        *weather(files, clock, ids)
    ]
    airports = frozenset(connection.scalars(select(Airport.faa)))
    planes = frozenset(connection.scalars(select(Plane.tailnum)))
    some = select(*(getattr(Flight, name) for name in FLIGHT)).where(Flight.id % 10 == 0).order_by(Flight.id)
    made = flights(files, clock, Known(airports, planes, ids))
    assert connection.execute(some.limit(10_000)).all() == list(islice(made, 9, 100_000, 10))


@pytest.mark.parametrize("unit", ["year", "month", "day"])
@pytest.mark.parametrize("summary", SUMMARIES, ids=lambda summary: summary.__tablename__)
def test_a_summary_adds_up_to_the_flights_in_each_unit_of_time(connection: Connection, summary: Any, unit: str) -> None:
    if unit not in summary.ROWS:
        assert unit == "day"
        assert connection.scalar(select(func.count()).where(summary.unit == unit)) == 0
        return
    measures = tuple(MEASURES)
    for by in ((), *((name,) for name in summary.DIMENSIONS), summary.DIMENSIONS if unit == "year" else ()):
        of_summary = [summary.period, *(getattr(summary, name) for name in by)]
        of_flights = [PERIODS[unit], *(getattr(Flight, name) for name in by)]
        summed = select(*of_summary, *(func.sum(getattr(summary, name)) for name in measures))
        counted = select(*of_flights, *(func.sum(MEASURES[name]) for name in measures))
        rows = connection.execute(summed.where(summary.unit == unit).group_by(*of_summary)).all()
        assert sorted(rows) == sorted(connection.execute(counted.group_by(*of_flights)).all())
        assert sum(row[len(of_summary)] for row in rows) == 336_776


@pytest.mark.parametrize("summary", SUMMARIES, ids=lambda summary: summary.__tablename__)
def test_no_unit_of_a_summary_has_more_rows_than_the_budget_counts_with(ask: Any, summary: Any) -> None:
    for unit, most in summary.ROWS.items():
        counted = f"SELECT count(*) AS n FROM {summary.__tablename__} WHERE unit = '{unit}' GROUP BY period"
        ((found,),) = ask(f"SELECT max(n) FROM ({counted}) AS of_unit")
        assert 0.9 * most < found <= most


def test_no_filter_leaves_more_flights_than_the_budget_counts_with(ask: Any) -> None:
    for column, share in SHARES.items():
        ((found,),) = ask(
            f"SELECT max(n) FROM (SELECT count({column}) AS n FROM flights GROUP BY {column}) AS of_value"
        )
        assert 0.8 * share < found / 336_776 <= share
    days = "SELECT count(*) AS n FROM flights GROUP BY substr(CAST(sched_dep AS VARCHAR), 1, 10)"
    ((found,),) = ask(f"SELECT max(n) FROM ({days}) AS of_day")
    assert 0.9 * FLIGHTS_A_DAY < found <= FLIGHTS_A_DAY


def test_the_measures_count_what_their_names_say(ask: Any) -> None:
    """MEASURES makes the summaries, so here the same is asked in plain SQL."""
    names = (
        *("count", "cancelled", "on_time", "arr_delay", "dep_delay", "class_0", "class_5", "class_10"),
        *("on_time_arr_delay", "class_5_arr_delay", "diverted_dep_delay", "class_10_dep_delay"),
    )
    (summed,) = ask(f"SELECT {', '.join(f'sum({name})' for name in names)} FROM delays_by_time WHERE unit = 'month'")
    assert [summed] == ask(
        """SELECT count(*), count(*) FILTER (WHERE dep_delay IS NULL), count(*) FILTER (WHERE arr_delay < 15),
                  sum(arr_delay), sum(dep_delay), count(*) FILTER (WHERE arr_delay < -30),
                  count(*) FILTER (WHERE arr_delay >= 30 AND arr_delay < 45),
                  count(*) FILTER (WHERE arr_delay >= 180),
                  sum(arr_delay) FILTER (WHERE arr_delay < 15),
                  sum(arr_delay) FILTER (WHERE arr_delay >= 30 AND arr_delay < 45),
                  sum(dep_delay) FILTER (WHERE dep_delay IS NOT NULL AND arr_delay IS NULL),
                  sum(dep_delay) FILTER (WHERE arr_delay >= 180)
           FROM flights"""
    )


def test_every_arrived_flight_is_in_one_class(ask: Any) -> None:
    classes = " + ".join(f"sum({name})" for name in CLASSES)
    assert ask(f"SELECT {classes} FROM delays_by_route WHERE unit = 'year'") == [(336_776 - 8_255 - 1_175,)]
