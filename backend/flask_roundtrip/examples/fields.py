"""Chosen fields: `?fields=id,airline.name` names the fields that the client shows, and no other field is sent."""

from flask import Flask, request
from flask_roundtrip.doors.flask import told
from marshmallow import Schema, fields

from flask_roundtrip import Problem
from flask_roundtrip import fields as chosen

app = Flask(__name__)
app.register_error_handler(Problem, told)  # a wrong name gets a 400 that lists the allowed names
FLIGHTS = [{"id": 7, "dest": "LAX", "airline": {"carrier": "UA", "name": "United Air Lines"}}]


class AirlineSchema(Schema):
    carrier, name = fields.String(), fields.String()


class FlightSchema(Schema):
    id, dest = fields.Integer(), fields.String()
    airline = fields.Nested(AirlineSchema)


@app.get("/flights")
def flights():
    selection = chosen.select(FlightSchema, request.args.get("fields", "id,dest"))
    return FlightSchema(only=selection.names, many=True).dump(FLIGHTS)
