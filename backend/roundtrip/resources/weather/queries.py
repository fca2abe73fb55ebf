"""The statements about weather."""

from sqlalchemy import bindparam

from ...reading import Page
from .model import Weather

page = Page(
    Weather,
    filters={
        "origin": lambda: Weather.origin == bindparam("origin"),
        "from": lambda: Weather.local_hour >= bindparam("from"),
        "before": lambda: Weather.local_hour < bindparam("before"),
    },
    # One clock serves all three airports, so this is the order of the instants, also in the hour that clocks repeat;
    # and the filters' bounds on the local hour are a stretch of the index.
    sorts={"time": lambda descending: (Weather.local_hour, Weather.time_hour, Weather.id)},
    default_sort="time",
)
