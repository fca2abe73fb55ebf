"""The GETs of airlines."""

from ...arguments import Arguments
from ...pipeline import Freshness, Route
from .queries import page, single
from .schema import AirlineArguments, AirlineSchema

FRESHNESS = Freshness(max_age=3600, stale_while_revalidate=86_400)

ROUTES = (
    Route(
        "/airlines",
        "Airlines, a page at a time.",
        AirlineSchema,
        AirlineArguments,
        page,
        FRESHNESS,
        default_fields="carrier,name",
    ),
    Route(
        "/airlines/<carrier>",
        "One airline.",
        AirlineSchema,
        Arguments,
        single,
        FRESHNESS,
        default_fields=",".join(AirlineSchema().fields),
    ),
)
