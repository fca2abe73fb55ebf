"""The GET of weather."""

from ...pipeline import Freshness, Route
from .queries import page
from .schema import WeatherArguments, WeatherSchema

ROUTES = (
    Route(
        "/weather",
        "Hours of weather, in order of time, a page at a time.",
        WeatherSchema,
        WeatherArguments,
        page,
        Freshness(max_age=300, stale_while_revalidate=86_400),
        default_fields="id,origin,local_hour,temp,wind_speed,precip,visib",
    ),
)
