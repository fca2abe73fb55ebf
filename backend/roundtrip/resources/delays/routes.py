"""The GETs of delays."""

from flask_roundtrip.query_plan import Answered, Ask

from flask_roundtrip import Freshness

from ...extensions import api, rt
from .queries import report
from .schema import DelayArguments, DelaySchema


@api.get("/delays")
@rt.answers(DelaySchema(many=True), arguments=DelayArguments, fresh=Freshness(300, stale=86_400), tags=("flights",))
def delays(ask: Ask) -> Answered:
    """Delays of the matching flights, added up by at most two dimensions."""
    return report(ask)
