"""The door: it sends a cached answer before Flask is entered, so that no hook of Flask delays the answer."""

from flask import Flask
from flask_roundtrip.query_plan import Answered
from marshmallow import Schema, fields

from flask_roundtrip import Freshness, Roundtrip

app = Flask(__name__)
app.secret_key = "signs the cursors of pages"
rt = Roundtrip(app)
hooks = []


@app.before_request
def hook():
    hooks.append("ran")


@app.get("/flight")
@rt.answers(Schema.from_dict({"id": fields.Integer()}), fresh=Freshness(60))
def flight(ask):
    return Answered({"id": 7})


@app.get("/plain")
def plain():
    return {"hooks": hooks}
