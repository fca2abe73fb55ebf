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
    sorts={"time": lambda descending: (Weather.local_hour, Weather.id)},
    default_sort="time",
)
