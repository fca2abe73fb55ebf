"""The statements about flights."""

from flask_roundtrip.pagination import Sorts
from flask_roundtrip.query_plan import Filters
from sqlalchemy import and_, bindparam

from ...data.types import OneOf
from .model import EARLIEST_FIRST, LATEST_FIRST, Flight

FILTERS: Filters = {
    "origin": lambda: Flight.origin == bindparam("origin"),
    "dest": lambda: Flight.dest == bindparam("dest"),
    "carrier": lambda: Flight.carrier == bindparam("carrier"),
    "flight": lambda: Flight.flight == bindparam("flight"),
    "tailnum": lambda: Flight.tailnum == bindparam("tailnum"),
    "from": lambda: Flight.sched_dep >= bindparam("from"),
    "before": lambda: Flight.sched_dep < bindparam("before"),
    "status": lambda: Flight.status == bindparam("status"),
    # The last two are implied by the first: each lets SQLite seek in one of the indexes that sort by delay.
    "min_delay": lambda: and_(
        *(delay >= bindparam("min_delay") for delay in (Flight.arr_delay, EARLIEST_FIRST, LATEST_FIRST))
    ),
    "weekday": lambda: OneOf(Flight.weekday, bindparam("weekday")),
    "hour": lambda: OneOf(Flight.hour, bindparam("hour")),
}

SORTS: Sorts = {
    "departure": lambda descending: (Flight.sched_dep, Flight.id),
    "delay": lambda descending: (LATEST_FIRST if descending else EARLIEST_FIRST, Flight.id),
    "distance": lambda descending: (Flight.distance, Flight.id),
}
