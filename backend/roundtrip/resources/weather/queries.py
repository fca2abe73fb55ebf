"""The statements about weather."""

from flask_roundtrip.pagination import Sorts
from flask_roundtrip.query_plan import Filters
from sqlalchemy import bindparam

from .model import Weather

FILTERS: Filters = {
    "origin": lambda: Weather.origin == bindparam("origin"),
    "from": lambda: Weather.local_hour >= bindparam("from"),
    "before": lambda: Weather.local_hour < bindparam("before"),
}
# All three airports have one clock, so this order is that of the instants, also in the hour that clocks repeat. The
# filters' bounds on the local hour are one stretch of the index.
SORTS: Sorts = {"time": lambda descending: (Weather.local_hour, Weather.time_hour, Weather.id)}
