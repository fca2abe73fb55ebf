"""The GET of delays."""

from ...pipeline import Freshness, Route
from .queries import report
from .schema import DelayArguments, DelaySchema

ROUTES = (
    Route(
        "/delays",
        "Delays of the flights that match, added up along at most two dimensions.",
        DelaySchema,
        DelayArguments,
        report,
        Freshness(max_age=300, stale_while_revalidate=86_400),
    ),
)
