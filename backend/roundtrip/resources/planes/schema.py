"""The fields of a plane, and the arguments of its lists."""

from flask_roundtrip.arguments import PageArguments, Phrase
from marshmallow import Schema, fields


class PlaneSchema(Schema):
    """A plane, as the FAA's registry has it."""

    class Meta:
        """The tag of every answer that holds a plane."""

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

    q = Phrase(metadata={"description": "The beginning of the tail number or a part of the model."})
    manufacturer = Phrase(metadata={"description": "The manufacturer, in full."})
    model = Phrase(metadata={"description": "The model, in full."})
