"""What an airline is on the wire, and what its lists may be asked."""

from flask_roundtrip.arguments import PageArguments, Phrase
from marshmallow import Schema, fields


class AirlineSchema(Schema):
    """A carrier."""

    class Meta:
        """An answer that holds one of these has this tag."""

        tag = "airlines"

    carrier = fields.String(metadata={"description": "Two-letter code (IATA).", "example": "UA"})
    name = fields.String(metadata={"example": "United Air Lines Inc."})


class AirlineArguments(PageArguments):
    """Filters of the list of airlines."""

    q = Phrase(metadata={"description": "The beginning of the code, or a part of the name."})
