"""The ASGI door: an event loop answers hits and batches, and Flask all others; for uvicorn, granian or gunicorn."""

from flask import Flask
from flask_roundtrip.query_plan import Answered
from marshmallow import Schema, fields

from flask_roundtrip import Freshness, Roundtrip

flask_app = Flask(__name__)
flask_app.config.update(SECRET_KEY="signs the cursors of pages", ROUNDTRIP_BATCH="/batch")
rt = Roundtrip(flask_app)


@flask_app.get("/flight")
@rt.answers(Schema.from_dict({"id": fields.Integer()}), fresh=Freshness(60))
def flight(ask):
    return Answered({"id": 7})


@flask_app.get("/plain")
def plain():
    return {"by": "Flask"}


app = rt.asgi(flask_app)  # uvicorn asgi:app; granian --interface asgi asgi:app; gunicorn -k asgi asgi:app
