"""All together: chosen fields, one statement, keyset pages, cache, 304, compression, Server-Timing, and batches."""

from flask import Flask
from flask_roundtrip.arguments import PageArguments
from flask_sqlalchemy import SQLAlchemy
from marshmallow import Schema, fields
from sqlalchemy.orm import Mapped, mapped_column

from flask_roundtrip import Freshness, Roundtrip

app = Flask(__name__)
app.config.update(SECRET_KEY="signs the cursors", SQLALCHEMY_DATABASE_URI="sqlite://", ROUNDTRIP_BATCH="/batch")
db = SQLAlchemy(app)
rt = Roundtrip(app, db=db)


class Flight(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    carrier: Mapped[str]


class FlightSchema(Schema):
    id, carrier = fields.Integer(), fields.String()


FILTERS = {}
SORTS = {"id": lambda descending: (Flight.id,)}


@app.get("/flights")
@rt.answers(FlightSchema(many=True), arguments=PageArguments, fresh=Freshness(300, stale=86_400), tags=("flights",))
def flights(ask):
    return rt.page(Flight, ask, filters=FILTERS, sorts=SORTS)


with app.app_context():
    db.create_all()
    db.session.add_all(Flight(id=number, carrier="UA") for number in range(1, 101))
    db.session.commit()
