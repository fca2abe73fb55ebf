"""The GETs of planes."""

from flask_roundtrip.query_plan import Answered, Ask

from flask_roundtrip import Freshness

from ...extensions import api, rt
from .model import Plane
from .queries import FILTERS, SORTS
from .schema import PlaneArguments, PlaneSchema

FRESHNESS = Freshness(3600, stale=86_400)


@api.get("/planes")
@rt.answers(
    PlaneSchema(many=True),
    arguments=PlaneArguments,
    fields="tailnum,year,manufacturer,model,seats",
    fresh=FRESHNESS,
    tags=("planes",),
)
def planes(ask: Ask) -> Answered:
    """Planes, a page at a time."""
    return rt.page(Plane, ask, filters=FILTERS, sorts=SORTS)


@api.get("/planes/<code:tailnum>")
@rt.answers(PlaneSchema, fresh=FRESHNESS, tags=("planes",))
def planes_by_tailnum(ask: Ask) -> Answered:
    """One plane."""
    return rt.one(Plane, ask, "tailnum")
