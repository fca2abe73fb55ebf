"""The fields of a flight, and the arguments of its lists."""

from flask_roundtrip.arguments import Chosen, Code, Dates, PageArguments, Whole
from marshmallow import Schema, fields, validate

from ..airlines.schema import AirlineSchema
from ..airports.schema import AirportSchema
from ..planes.schema import PlaneSchema
from ..weather.schema import WeatherSchema

STATUSES = ("on_time", "delayed", "cancelled", "diverted")
WITHOUT_DELAY = ("cancelled", "diverted")
SORTS = ("departure", "-departure", "delay", "-delay", "distance", "-distance")


class FlightSchema(Schema):
    """A flight: its schedule and its actual times. Each time is local at its airport."""

    class Meta:
        """The tag of every answer that holds a flight."""

        tag = "flights"

    id = fields.Integer()
    carrier = fields.String(metadata={"description": "Two-letter code of the airline.", "example": "UA"})
    flight = fields.Integer(metadata={"description": "Flight number.", "example": 1545})
    tailnum = fields.String(allow_none=True, metadata={"example": "N14228"})
    origin = fields.String(metadata={"example": "EWR"})
    dest = fields.String(metadata={"example": "IAH"})
    sched_dep = fields.NaiveDateTime(metadata={"description": "Scheduled departure, local time at the origin."})
    dep = fields.NaiveDateTime(allow_none=True, metadata={"description": "Departure; null if cancelled."})
    dep_delay = fields.Integer(allow_none=True, metadata={"description": "Minutes; negative if early."})
    sched_arr = fields.NaiveDateTime(metadata={"description": "Scheduled arrival, local time at the destination."})
    arr = fields.NaiveDateTime(allow_none=True, metadata={"description": "Arrival; null if not recorded."})
    arr_delay = fields.Integer(allow_none=True, metadata={"description": "Minutes; negative if early."})
    air_time = fields.Integer(allow_none=True, metadata={"description": "Minutes in the air."})
    distance = fields.Integer(metadata={"description": "Miles."})
    status = fields.String(
        validate=validate.OneOf(STATUSES),
        metadata={
            "description": "on_time: arrived less than 15 minutes late, as the US Bureau of Transportation "
            "Statistics counts; diverted: left, and no arrival delay was recorded."
        },
    )
    time_hour = fields.AwareDateTime(metadata={"description": "The hour of the scheduled departure, in UTC."})
    airline = fields.Nested(AirlineSchema)
    plane = fields.Nested(PlaneSchema, allow_none=True)
    origin_airport = fields.Nested(AirportSchema)
    dest_airport = fields.Nested(AirportSchema, allow_none=True)
    weather = fields.Nested(WeatherSchema, allow_none=True)


class FlightFilters(Dates):
    """The filters that lists and reports of flights share."""

    origin = Code(3, 3, metadata={"description": "Airport of departure: EWR, JFK or LGA."})
    dest = Code(3, 3, metadata={"description": "Airport of the planned arrival."})
    carrier = Code(2, 2, metadata={"description": "Code of the airline."})
    flight = Whole(validate=validate.Range(1, 9999), metadata={"description": "Flight number."})
    tailnum = Code(1, 6, metadata={"description": "Tail number of the plane."})
    status = fields.String(validate=validate.OneOf(STATUSES))
    min_delay = Whole(
        validate=validate.Range(-1440, 1440),
        metadata={"description": "Smallest arrival delay in minutes."},
    )
    weekday = Chosen(
        *(1, 7, "[1-7]", "weekdays such as 5, 6,7 or 1-5"),
        metadata={"description": "Weekday of the departure, 1 is Monday: one, several with commas, or a range."},
    )
    hour = Chosen(
        *(0, 23, "([01]?[0-9]|2[0-3])", "hours such as 17, 6,7, 17-21 or 22-3"),
        metadata={
            "description": "Hour of the scheduled departure, local: one, several with commas, or a range, which may "
            "go over midnight. 17-21 is 17:00 to 21:59."
        },
    )


class FlightArguments(FlightFilters, PageArguments):
    """Filters and order of the list of flights."""

    sort = fields.String(
        load_default="departure",
        validate=validate.OneOf(SORTS),
        metadata={"description": "`delay` is that of the arrival; flights without one come last. `-` reverses it."},
    )
