"""Random questions with all arguments of lists and reports."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from urllib.parse import urlencode

from flask_roundtrip.arguments import declared
from flask_roundtrip.fields import MOST_NAMES, leaves_of
from marshmallow import Schema

from roundtrip.resources.airlines.schema import AirlineArguments, AirlineSchema
from roundtrip.resources.airports.schema import AirportArguments, AirportSchema
from roundtrip.resources.delays.schema import DIMENSIONS, DelayArguments, DelaySchema, dimensions_of
from roundtrip.resources.flights.schema import SORTS, STATUSES, FlightArguments, FlightSchema
from roundtrip.resources.planes.schema import PlaneArguments, PlaneSchema
from roundtrip.resources.weather.schema import WeatherArguments, WeatherSchema

LISTS = {
    "/flights": (FlightArguments, FlightSchema),
    "/weather": (WeatherArguments, WeatherSchema),
    "/airports": (AirportArguments, AirportSchema),
    "/planes": (PlaneArguments, PlaneSchema),
    "/airlines": (AirlineArguments, AirlineSchema),
    "/delays": (DelayArguments, DelaySchema),
}
_FIRST = date(2013, 1, 1)
# The values of each parameter: some match many rows, some few, some none.
_VALUES: dict[str, list[str]] = {
    "origin": ["EWR", "JFK", "LGA", "XXX"],
    "dest": ["ORD", "LAX", "ATL", "HNL", "LEX", "XXX"],
    "carrier": ["UA", "B6", "HA", "OO", "XX"],
    "flight": ["15", "1", "1545", "9999"],
    "tailnum": ["N725MQ", "N14228", "N0"],
    "status": [*STATUSES],
    "min_delay": ["-1440", "-30", "0", "15", "61", "120", "1000", "1440"],
    "weekday": ["5", "6,7", "1-6", "7-1", "1,3"],
    "hour": ["1", "17", "17-21", "22-3", "5-22", "23", "6,7,17,18"],
    "month": ["2013-01", "2013-07", "2012-01"],
    "sort": [*SORTS],
    "limit": ["1", "8", "50", "200"],
    "q": ["a", "air", "n", "zzz", "J", "737"],
    "served": ["true", "false"],
    "manufacturer": ["BOEING", "AIRBUS", "NONE"],
    "model": ["737-824", "NONE"],
}


def questions(chance: Random, resource: str) -> Iterator[str]:
    """Draw questions without end."""
    arguments, schema = LISTS[resource]
    names = [name for name in declared(arguments) if name in _VALUES and name not in ("sort", "limit")]
    while True:
        asked = {name: chance.choice(_VALUES[name]) for name in chance.sample(names, min(len(names), _few(chance)))}
        asked |= {name: chance.choice(_VALUES[name]) for name in ("sort", "limit") if name in declared(arguments)}
        if "from" in declared(arguments) and chance.random() < 0.5:
            asked |= _dates(chance)
        if resource == "/delays":
            asked["by"] = ",".join(chance.sample([*DIMENSIONS], chance.randint(0, 2)))
            asked = {name: value for name, value in asked.items() if value}
        asked |= _fields(chance, schema, asked.get("by", ""))
        yield f"{resource}?{urlencode(asked)}"


def _few(chance: Random) -> int:
    return chance.choice([0, 1, 1, 2, 2, 3, 4, 11])


def _dates(chance: Random) -> dict[str, str]:
    days = sorted(chance.sample(range(365), 2))
    dates = {"from": _FIRST + timedelta(days[0]), "to": _FIRST + timedelta(days[1])}
    if chance.random() < 0.3:
        del dates[chance.choice(["from", "to"])]
    return {name: day.isoformat() for name, day in dates.items()}


def _fields(chance: Random, schema: type[Schema], by: str) -> dict[str, str]:
    """Choose the default fields, all that there are, or some of them."""
    kind = chance.choice(["default", "default", "all", "some"])
    if kind == "default":
        return {}
    leaves = [*leaves_of(schema)]
    if schema is DelaySchema:
        elsewhere = {name for names in DIMENSIONS.values() for name in names} - {*dimensions_of(by)}
        leaves = [leaf for leaf in leaves if leaf not in elsewhere]
    most = min(len(leaves), MOST_NAMES)
    chosen = leaves[:most] if kind == "all" else chance.sample(leaves, chance.randint(1, most))
    return {"fields": ",".join(chosen)}
