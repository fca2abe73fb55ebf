"""The statements about flights.

A list by departure walks the index of its most selective filter; these indexes are in the order of departure. Any other
list walks the index of its order, with any filters. Only a filter that matches at most a few thousand flights (a flight
number, a tail number, a week) is read by its own index, and the matches are sorted.
"""

from collections.abc import Mapping
from typing import Any

from flask_roundtrip.pagination import Sorts
from flask_roundtrip.query_plan import Filters
from sqlalchemy import ColumnElement, and_, bindparam, func

from ...data.types import OneOf
from .model import EARLIEST_FIRST, LATEST_FIRST, Flight

# Each filter; the index of its column serves it, if there is one.
FILTERS: Filters = {
    "origin": lambda: Flight.origin == bindparam("origin"),
    "dest": lambda: Flight.dest == bindparam("dest"),
    "carrier": lambda: Flight.carrier == bindparam("carrier"),
    "flight": lambda: Flight.flight == bindparam("flight"),
    "tailnum": lambda: Flight.tailnum == bindparam("tailnum"),
    "from": lambda: Flight.sched_dep >= bindparam("from"),
    "before": lambda: Flight.sched_dep < bindparam("before"),
    "status": lambda: Flight.status == bindparam("status"),
    "min_delay": lambda: Flight.arr_delay >= bindparam("min_delay"),
    "weekday": lambda: OneOf(Flight.weekday, bindparam("weekday")),
    "hour": lambda: OneOf(Flight.hour, bindparam("hour")),
}


def _unserved(column: Any) -> ColumnElement[Any]:
    """Return the column as an expression for which no index can be used."""
    return func.coalesce(column, column)


# The filters for lists whose order must choose the index.
_BESIDE_AN_ORDER: Filters = {
    **FILTERS,
    "dest": lambda: _unserved(Flight.dest) == bindparam("dest"),
    "carrier": lambda: _unserved(Flight.carrier) == bindparam("carrier"),
    "from": lambda: _unserved(Flight.sched_dep) >= bindparam("from"),
    "before": lambda: _unserved(Flight.sched_dep) < bindparam("before"),
}
_BESIDE_THE_DELAY: Filters = {
    **_BESIDE_AN_ORDER,
    # The first condition implies the other two, which let SQLite begin or end within an index of delays.
    "min_delay": lambda: and_(
        *(delay >= bindparam("min_delay") for delay in (Flight.arr_delay, EARLIEST_FIRST, LATEST_FIRST))
    ),
}
SORTS: Sorts = {
    "departure": lambda descending: (Flight.sched_dep, Flight.id),
    "delay": lambda descending: (LATEST_FIRST if descending else EARLIEST_FIRST, Flight.id),
    "distance": lambda descending: (Flight.distance, Flight.id),
}
# The filters of a list by each order.
FILTERS_BESIDE: Mapping[str, Filters] = {
    "departure": FILTERS,
    "delay": _BESIDE_THE_DELAY,
    "distance": _BESIDE_AN_ORDER,
}
