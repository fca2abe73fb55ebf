"""The fields of an hour of weather, and the arguments of its lists."""

from flask_roundtrip.arguments import Code, Dates, PageArguments
from marshmallow import Schema, fields


class WeatherSchema(Schema):
    """The weather of one hour at one airport."""

    class Meta:
        """The tag of every answer that holds an hour of weather."""

        tag = "weather"

    id = fields.Integer()
    origin = fields.String(metadata={"description": "The airport.", "example": "JFK"})
    time_hour = fields.AwareDateTime(metadata={"description": "The hour, in UTC."})
    local_hour = fields.NaiveDateTime(metadata={"description": "The hour on the airport's clock."})
    temp = fields.Float(allow_none=True, metadata={"description": "Degrees Fahrenheit."})
    dewp = fields.Float(allow_none=True, metadata={"description": "Dew point, degrees Fahrenheit."})
    humid = fields.Float(allow_none=True, metadata={"description": "Relative humidity, percent."})
    wind_dir = fields.Integer(allow_none=True, metadata={"description": "Degrees."})
    wind_speed = fields.Float(allow_none=True, metadata={"description": "Miles per hour."})
    wind_gust = fields.Float(allow_none=True, metadata={"description": "Miles per hour."})
    precip = fields.Float(allow_none=True, metadata={"description": "Inches."})
    pressure = fields.Float(allow_none=True, metadata={"description": "At sea level, millibars."})
    visib = fields.Float(allow_none=True, metadata={"description": "Visibility, miles."})


class WeatherArguments(Dates, PageArguments):
    """Filters of the list of weather."""

    origin = Code(3, 3, metadata={"description": "The airport: EWR, JFK or LGA."})
