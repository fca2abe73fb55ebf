"""The GETs of airlines."""

from flask_roundtrip.query_plan import Answered, Ask

from flask_roundtrip import Freshness

from ...extensions import api, rt
from .model import Airline
from .queries import FILTERS, SORTS
from .schema import AirlineArguments, AirlineSchema

FRESHNESS = Freshness(3600, stale=86_400)


@api.get("/airlines")
@rt.answers(
    AirlineSchema(many=True), arguments=AirlineArguments, fields="carrier,name", fresh=FRESHNESS, tags=("airlines",)
)
def airlines(ask: Ask) -> Answered:
    """Airlines, a page at a time."""
    return rt.page(Airline, ask, filters=FILTERS, sorts=SORTS)


@api.get("/airlines/<code:carrier>")
@rt.answers(AirlineSchema, fresh=FRESHNESS, tags=("airlines",))
def airlines_by_carrier(ask: Ask) -> Answered:
    """One airline."""
    return rt.one(Airline, ask, "carrier")
