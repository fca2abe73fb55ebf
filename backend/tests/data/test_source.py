"""The files, read in the plainest way, compared with the database for every one of 336,776 flights.

A failed claim reports the number of flights that break it, and the ids of the first ones.
"""

import csv
import io
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest

from roundtrip.data.source import airports, installed_files

Recorded = dict[str, str]
Claim = Callable[[Recorded, Any], bool]

CLAIMS: list[Claim] = []

# The four airports that the data set lacks keep Atlantic time.
STORED = """
    SELECT flights.*, coalesce(tzone, 'America/Puerto_Rico') AS zone,
           weather.origin AS weather_origin, weather.time_hour AS weather_hour
    FROM flights LEFT JOIN airports ON faa = dest_faa LEFT JOIN weather ON weather.id = weather_id
    ORDER BY flights.id
"""


def claim(function: Claim) -> Claim:
    CLAIMS.append(function)
    return function


@pytest.fixture(scope="session")
def broken(database_path: Path) -> dict[str, list[int]]:
    """The ids of the flights that break a claim, by the name of the claim. All flights are read once."""
    connection = sqlite3.connect(f"file:{database_path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    found: dict[str, list[int]] = {claim.__name__: [] for claim in CLAIMS}
    claims = [(found[claim.__name__].append, claim) for claim in CLAIMS]
    for recorded, stored in zip(recorded_flights(), connection.execute(STORED), strict=True):
        for note, holds in claims:
            if not holds(recorded, stored):
                note(stored["id"])
    connection.close()
    return found


def recorded_flights() -> Iterator[Recorded]:
    with (
        ZipFile(installed_files().folder / "flights.csv.zip") as archive,
        archive.open("flights.csv") as binary,
    ):
        yield from csv.DictReader(io.TextIOWrapper(binary, "utf-8", newline=""))


def recorded(name: str) -> list[Recorded]:
    with (installed_files().folder / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def known(name: str, key: str) -> frozenset[str]:
    return frozenset(row[key] for row in recorded(name))


@cache
def weather_hours() -> frozenset[tuple[str, str]]:
    return frozenset((row["origin"], row["time_hour"]) for row in recorded("weather.csv"))


def number(text: str) -> int | None:
    return None if text == "NA" else int(text)


def clock(local: str | None) -> str:
    """Write a time in the form of the file, but 2400 as 0: "2013-01-01T05:17:00" is "517"."""
    return "NA" if local is None else str(int(local[11:13] + local[14:16]))


def minutes(earlier: str, later: str) -> int:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)) // timedelta(minutes=1)


@cache
def offset(zone: str, hour: str) -> int:
    """Return the minutes by which the clocks of a zone are ahead of UTC in an hour, "2013-01-01T05"."""
    ahead = datetime.fromisoformat(hour + ":00").replace(tzinfo=ZoneInfo(zone)).utcoffset()
    assert ahead is not None
    return ahead // timedelta(minutes=1)


def duration(stored: Any, start: str, end: str) -> int:
    """Return the minutes from a time in New York to one at the destination."""
    dep, arr = stored[start], stored[end]
    return minutes(dep, arr) + offset("America/New_York", dep[:13]) - offset(stored["zone"], arr[:13])


@claim
def the_plain_columns_are_as_recorded(recorded: Recorded, stored: Any) -> bool:
    text = all(
        stored[name] == (None if recorded[name] == "NA" else recorded[name])
        for name in ("carrier", "tailnum", "origin", "dest")
    )
    return text and all(
        stored[name] == number(recorded[name])
        for name in ("flight", "dep_delay", "arr_delay", "air_time", "distance", "hour")
    )


@claim
def sched_dep_is_the_date_and_the_scheduled_time(recorded: Recorded, stored: Any) -> bool:
    date = f"{recorded['year']}-{int(recorded['month']):02}-{int(recorded['day']):02}"
    time = recorded["sched_dep_time"].zfill(4)
    return bool(stored["sched_dep"] == f"{date}T{time[:2]}:{time[2:]}:00")


@claim
def dep_is_the_recorded_time_on_the_clock_and_null_without_one(recorded: Recorded, stored: Any) -> bool:
    return clock(stored["dep"]) == recorded["dep_time"].replace("2400", "0")


@claim
def dep_is_as_late_as_recorded(recorded: Recorded, stored: Any) -> bool:
    if stored["dep"] is None:
        return recorded["dep_delay"] == "NA"
    return minutes(stored["sched_dep"], stored["dep"]) == int(recorded["dep_delay"])


@claim
def sched_arr_is_the_recorded_time_within_the_next_day(recorded: Recorded, stored: Any) -> bool:
    ahead = minutes(stored["sched_dep"], stored["sched_arr"])
    return clock(stored["sched_arr"]) == recorded["sched_arr_time"] and 0 <= ahead < 1440


@claim
def arr_is_the_recorded_time_on_the_clock_and_null_without_one(recorded: Recorded, stored: Any) -> bool:
    return clock(stored["arr"]) == recorded["arr_time"].replace("2400", "0")


@claim
def arr_is_as_late_as_recorded(recorded: Recorded, stored: Any) -> bool:
    if recorded["arr_delay"] == "NA":
        return True
    return minutes(stored["sched_arr"], stored["arr"]) == int(recorded["arr_delay"])


@claim
def a_diverted_flight_arrives_within_the_day_after_its_departure(recorded: Recorded, stored: Any) -> bool:
    if stored["status"] != "diverted" or stored["arr"] is None:
        return True
    return 0 < minutes(stored["dep"], stored["arr"]) <= 1440


@claim
def the_planned_duration_is_plausible_for_the_distance(recorded: Recorded, stored: Any) -> bool:
    planned = duration(stored, "sched_dep", "sched_arr")
    return 50 <= planned <= 700 and stored["distance"] / planned * 60 < 560  # miles per hour, gate to gate


@claim
def a_flight_took_its_time_in_the_air_and_some_on_the_ground(recorded: Recorded, stored: Any) -> bool:
    if stored["air_time"] is None:
        return True
    return bool(0 < duration(stored, "dep", "arr") - stored["air_time"] < 270)


@claim
def time_hour_is_as_recorded_and_in_utc(recorded: Recorded, stored: Any) -> bool:
    return bool(stored["time_hour"] == recorded["time_hour"].replace("Z", "+00:00"))


@claim
def time_hour_is_the_scheduled_hour_of_new_york(recorded: Recorded, stored: Any) -> bool:
    ahead = minutes(stored["time_hour"][:19], stored["sched_dep"][:14] + "00:00")
    return ahead == offset("America/New_York", stored["sched_dep"][:13])


@claim
def month_weekday_and_hour_are_those_of_sched_dep(recorded: Recorded, stored: Any) -> bool:
    local = datetime.fromisoformat(stored["sched_dep"])
    expected = (f"{local:%Y-%m}", local.isoweekday(), local.hour)
    return (stored["month"], stored["weekday"], stored["hour"]) == expected


@claim
def status_follows_from_what_was_recorded(recorded: Recorded, stored: Any) -> bool:
    if recorded["dep_time"] == "NA":
        expected = "cancelled"
    elif recorded["arr_delay"] == "NA":
        expected = "diverted"
    else:
        expected = "on_time" if int(recorded["arr_delay"]) < 15 else "delayed"
    return bool(stored["status"] == expected)


@claim
def foreign_keys_are_set_exactly_where_the_other_table_has_a_row(recorded: Recorded, stored: Any) -> bool:
    plane = recorded["tailnum"] if recorded["tailnum"] in known("planes.csv", "tailnum") else None
    airport = recorded["dest"] if recorded["dest"] in known("airports.csv", "faa") else None
    return (stored["plane_tailnum"], stored["dest_faa"]) == (plane, airport)


@claim
def weather_is_that_of_the_origin_in_the_scheduled_hour(recorded: Recorded, stored: Any) -> bool:
    if (recorded["origin"], recorded["time_hour"]) not in weather_hours():
        return stored["weather_id"] is None
    return bool((stored["weather_origin"], stored["weather_hour"]) == (stored["origin"], stored["time_hour"]))


@pytest.mark.parametrize("name", [claim.__name__ for claim in CLAIMS])
def test_of_every_flight(name: str, broken: dict[str, list[int]]) -> None:
    ids = broken[name]
    assert not ids, f"{len(ids):,} flights break it, the first have the ids {ids[:5]}"


def test_an_escaped_apostrophe_is_read_as_one() -> None:
    names = {row[0]: row[1] for row in airports(installed_files())}
    assert names["MVY"] == "Martha's Vineyard"
    assert not [name for name in names.values() if "\\" in name]
