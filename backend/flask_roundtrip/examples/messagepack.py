"""MessagePack for a client that prefers it (`Accept: application/msgpack`), JSON for all others."""

from flask import Flask
from flask_roundtrip.query_plan import Answered
from marshmallow import Schema, fields

from flask_roundtrip import Roundtrip

app = Flask(__name__)
app.secret_key = "signs the cursors of pages"
rt = Roundtrip(app)


class FlightSchema(Schema):
    id, carrier = fields.Integer(), fields.String()


@app.get("/flight")
@rt.answers(FlightSchema)
def flight(ask):
    return Answered(FlightSchema(only=ask.selection.names).dump({"id": 7, "carrier": "UA"}))
