"""The GETs of weather."""

from flask_roundtrip.query_plan import Answered, Ask

from flask_roundtrip import Freshness

from ...extensions import api, rt
from .model import Weather
from .queries import FILTERS, SORTS
from .schema import WeatherArguments, WeatherSchema

SHOWN = "id,origin,local_hour,temp,wind_speed,precip,visib"
FRESHNESS = Freshness(300, stale=86_400)


@api.get("/weather")
@rt.answers(WeatherSchema(many=True), arguments=WeatherArguments, fields=SHOWN, fresh=FRESHNESS, tags=("weather",))
def weather(ask: Ask) -> Answered:
    """Hours of weather, in order of time, a page at a time."""
    return rt.page(Weather, ask, filters=FILTERS, sorts=SORTS)
