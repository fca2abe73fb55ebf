"""The GETs of planes."""

from ...arguments import Arguments
from ...pipeline import Freshness, Route
from .queries import page, single
from .schema import PlaneArguments, PlaneSchema

FRESHNESS = Freshness(max_age=3600, stale_while_revalidate=86_400)

ROUTES = (
    Route(
        "/planes",
        "Planes, a page at a time.",
        PlaneSchema,
        PlaneArguments,
        page,
        FRESHNESS,
        default_fields="tailnum,year,manufacturer,model,seats",
    ),
    Route(
        "/planes/<tailnum>",
        "One plane.",
        PlaneSchema,
        Arguments,
        single,
        FRESHNESS,
        default_fields=",".join(PlaneSchema().fields),
    ),
)
