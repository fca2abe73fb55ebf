"""The GETs of flights."""

from ...arguments import Arguments
from ...pipeline import Freshness, Route
from .queries import page, single
from .schema import FlightArguments, FlightSchema

FRESHNESS = Freshness(max_age=300, stale_while_revalidate=86_400)

ROUTES = (
    Route(
        "/flights",
        "Flights that match the filters, a page at a time.",
        FlightSchema,
        FlightArguments,
        page,
        FRESHNESS,
        default_fields="id,carrier,flight,origin,dest,sched_dep,dep_delay,arr_delay,status",
    ),
    Route(
        "/flights/<int:id>",
        "One flight.",
        FlightSchema,
        Arguments,
        single,
        FRESHNESS,
        default_fields="id,carrier,flight,tailnum,origin,dest,sched_dep,dep,dep_delay,sched_arr,arr,arr_delay,"
        "air_time,distance,status,time_hour,airline.name",
    ),
)
