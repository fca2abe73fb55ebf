"""The statements about flights."""

from flask_roundtrip.pagination import Sorts
from flask_roundtrip.query_plan import Filters
from sqlalchemy import bindparam

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
    # The second is implied by the first, and lets SQLite seek in the index that sorts by delay.
    "min_delay": lambda: (Flight.arr_delay >= bindparam("min_delay")) & (EARLIEST_FIRST >= bindparam("min_delay")),
    "weekday": lambda: Flight.weekday == bindparam("weekday"),
    "hour": lambda: Flight.hour == bindparam("hour"),
}

SORTS: Sorts = {
    "departure": lambda descending: (Flight.sched_dep, Flight.id),
    "delay": lambda descending: (LATEST_FIRST if descending else EARLIEST_FIRST, Flight.id),
    "distance": lambda descending: (Flight.distance, Flight.id),
}
