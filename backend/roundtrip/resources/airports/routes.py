"""The GETs of airports."""

from flask_roundtrip.query_plan import Answered, Ask

from flask_roundtrip import Freshness

from ...extensions import api, rt
from .model import Airport
from .queries import FILTERS, SORTS
from .schema import AirportArguments, AirportSchema

FRESHNESS = Freshness(3600, stale=86_400)


@api.get("/airports")
@rt.answers(
    AirportSchema(many=True),
    arguments=AirportArguments,
    fields="faa,name,lat,lon",
    fresh=FRESHNESS,
    tags=("airports",),
)
def airports(ask: Ask) -> Answered:
    """Airports, a page at a time."""
    return rt.page(Airport, ask, filters=FILTERS, sorts=SORTS)


@api.get("/airports/<code:faa>")
@rt.answers(AirportSchema, fresh=FRESHNESS, tags=("airports",))
def airports_by_faa(ask: Ask) -> Answered:
    """One airport."""
    return rt.one(Airport, ask, "faa")
