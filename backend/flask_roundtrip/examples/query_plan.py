"""One SQL statement: `?fields=id,airline.name` decides its columns and joins."""

from flask import Flask
from flask_roundtrip.arguments import PageArguments
from flask_sqlalchemy import SQLAlchemy
from marshmallow import Schema, fields
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flask_roundtrip import Roundtrip

app = Flask(__name__)
app.config.update(SECRET_KEY="signs the cursors", SQLALCHEMY_DATABASE_URI="sqlite://")
db = SQLAlchemy(app)
rt = Roundtrip(app, db=db)


class Airline(db.Model):
    carrier: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Flight(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    carrier: Mapped[str] = mapped_column(ForeignKey(Airline.carrier))
    airline: Mapped[Airline] = relationship()


class FlightSchema(Schema):
    id = fields.Integer()
    airline = fields.Nested(Schema.from_dict({"name": fields.String()}))


FILTERS = {}
SORTS = {"id": lambda descending: (Flight.id,)}


@app.get("/flights")
@rt.answers(FlightSchema(many=True), arguments=PageArguments, fields="id")
def flights(ask):
    return rt.page(Flight, ask, filters=FILTERS, sorts=SORTS)


with app.app_context():
    db.create_all()
    db.session.add_all(Flight(id=number, airline=Airline(carrier=f"{number}", name="United")) for number in (1, 2, 3))
    db.session.commit()
