"""Keyset pages: a signed cursor names the last row seen, so that page 1,000 costs no more than page 1."""

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from flask_roundtrip import keyset

app = Flask(__name__)
app.config.update(SECRET_KEY="signs the cursors", SQLALCHEMY_DATABASE_URI="sqlite://")
db = SQLAlchemy(app)


class Flight(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)


@app.get("/flights")
def flights():
    page = keyset(select(Flight), by=(Flight.id,), after=request.args.get("after"), limit=3, secret=app.secret_key)
    found, cursor = page.read(db.session)
    return {"items": [flight.id for flight in found], "next": cursor}


with app.app_context():
    db.create_all()
    db.session.add_all(Flight(id=number) for number in range(1, 8))
    db.session.commit()
