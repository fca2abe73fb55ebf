"""The fields of an airport, and the arguments of its lists."""

from flask_roundtrip.arguments import PageArguments, Phrase
from marshmallow import Schema, fields


class AirportSchema(Schema):
    """An airport."""

    class Meta:
        """The tag of every answer that holds an airport."""

        tag = "airports"

    faa = fields.String(metadata={"description": "Three-letter code (FAA).", "example": "JFK"})
    name = fields.String(metadata={"example": "John F Kennedy Intl"})
    lat = fields.Float(metadata={"description": "Degrees north."})
    lon = fields.Float(metadata={"description": "Degrees east."})
    alt = fields.Integer(metadata={"description": "Feet above the sea."})
    tz = fields.Float(metadata={"description": "Hours from UTC in winter."})
    dst = fields.String(metadata={"description": "Summer time: A as in the US, N none, U unknown."})
    tzone = fields.String(allow_none=True, metadata={"description": "IANA time zone."})


class AirportArguments(PageArguments):
    """Filters of the list of airports."""

    q = Phrase(metadata={"description": "The beginning of the code or a part of the name."})
    served = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Whether a flight of the data set begins or ends there."},
    )
