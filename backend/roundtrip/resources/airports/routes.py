"""The GETs of airports."""

from ...arguments import Arguments
from ...pipeline import Freshness, Route
from .queries import page, single
from .schema import AirportArguments, AirportSchema

FRESHNESS = Freshness(max_age=3600, stale_while_revalidate=86_400)

ROUTES = (
    Route(
        "/airports",
        "Airports, a page at a time.",
        AirportSchema,
        AirportArguments,
        page,
        FRESHNESS,
        default_fields="faa,name,lat,lon",
    ),
    Route(
        "/airports/<faa>",
        "One airport.",
        AirportSchema,
        Arguments,
        single,
        FRESHNESS,
        default_fields=",".join(AirportSchema().fields),
    ),
)
