"""The fields of an airline, and the arguments of its lists."""

from flask_roundtrip.arguments import PageArguments, Phrase
from marshmallow import Schema, fields


class AirlineSchema(Schema):
    """A carrier."""

    class Meta:
        """The tag of every answer that holds an airline."""

        tag = "airlines"

    carrier = fields.String(metadata={"description": "Two-letter code (IATA).", "example": "UA"})
    name = fields.String(metadata={"example": "United Air Lines Inc."})


class AirlineArguments(PageArguments):
    """Filters of the list of airlines."""

    q = Phrase(metadata={"description": "The beginning of the code or a part of the name."})
