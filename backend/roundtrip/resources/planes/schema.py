"""What a plane is on the wire, and what its lists may be asked."""

from flask_roundtrip.arguments import PageArguments, Phrase
from marshmallow import Schema, fields


class PlaneSchema(Schema):
    """A plane, as the FAA's registry has it."""

    class Meta:
        """An answer that holds one of these has this tag."""

        tag = "planes"

    tailnum = fields.String(metadata={"example": "N14228"})
    year = fields.Integer(allow_none=True, metadata={"description": "Of manufacture."})
    type = fields.String(metadata={"example": "Fixed wing multi engine"})
    manufacturer = fields.String(metadata={"example": "BOEING"})
    model = fields.String(metadata={"example": "737-824"})
    engines = fields.Integer()
    seats = fields.Integer()
    speed = fields.Integer(allow_none=True, metadata={"description": "Average cruising speed, miles per hour."})
    engine = fields.String(metadata={"example": "Turbo-fan"})


class PlaneArguments(PageArguments):
    """Filters of the list of planes."""

    q = Phrase(metadata={"description": "The beginning of the tail number, or a part of the model."})
    manufacturer = Phrase(metadata={"description": "The manufacturer, in full."})
    model = Phrase(metadata={"description": "The model, in full."})
