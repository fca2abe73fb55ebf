"""The GETs of flights."""

from datetime import date

from flask_roundtrip.query_plan import Answered, Ask

from flask_roundtrip import Freshness

from ...extensions import api, rt
from .model import Flight
from .queries import FILTERS, FILTERS_BESIDE, SORTS
from .schema import WITHOUT_DELAY, FlightArguments, FlightSchema

OF_A_LIST = "id,carrier,flight,origin,dest,sched_dep,dep_delay,arr_delay,status"
OF_ONE = (
    "id,carrier,flight,tailnum,origin,dest,sched_dep,dep,dep_delay,sched_arr,arr,arr_delay,"
    "air_time,distance,status,time_hour,airline.name"
)
FRESHNESS = Freshness(300, stale=86_400)
FEW_DAYS = 7


@api.get("/flights")
@rt.answers(FlightSchema(many=True), arguments=FlightArguments, fields=OF_A_LIST, fresh=FRESHNESS, tags=("flights",))
def flights(ask: Ask) -> Answered:
    """Flights that match the filters, a page at a time."""
    sort = ask["sort"]
    if ask.get("status") in WITHOUT_DELAY and sort.endswith("delay"):  # all are equal in that order
        sort = "departure"
    filters = FILTERS if _few_days(ask) else FILTERS_BESIDE[sort.removeprefix("-")]
    return rt.page(Flight, ask, filters=filters, sorts=SORTS, sort=sort)


@api.get("/flights/<int:id>")
@rt.answers(FlightSchema, fields=OF_ONE, fresh=FRESHNESS, tags=("flights",))
def flights_by_id(ask: Ask) -> Answered:
    """One flight."""
    return rt.one(Flight, ask, "id")


def _few_days(ask: Ask) -> bool:
    """Tell whether the list covers few days, so that sorting their flights is quicker than walking an index."""
    if ask.get("from") is None or ask.get("before") is None:
        return False
    first, before = (date.fromisoformat(ask[end][:10]) for end in ("from", "before"))
    return (before - first).days <= FEW_DAYS
