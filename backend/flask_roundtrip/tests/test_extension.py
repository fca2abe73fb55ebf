"""rt.answers(): each answer follows the arguments of the decorator."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.arguments import PageArguments
from flask_roundtrip.query_plan import Answered
from flask_sqlalchemy import SQLAlchemy
from marshmallow import Schema, fields
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from flask_roundtrip import Roundtrip


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Airline(db.Model):
    carrier: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Flight(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    carrier: Mapped[str] = mapped_column(ForeignKey(Airline.carrier))
    secret: Mapped[str]
    airline: Mapped[Airline] = relationship()


class AirlineSchema(Schema):
    carrier = fields.String()
    name = fields.String()


class FlightSchema(Schema):
    id = fields.Integer()
    carrier = fields.String()
    secret = fields.String()
    airline = fields.Nested(AirlineSchema)


SORTS = {"id": lambda descending: (Flight.id,)}
Serve = Callable[..., FlaskClient]


@pytest.fixture
def serve() -> Serve:
    """Return a function that serves one route, a list of flights, with these arguments of rt.answers()."""

    def client(*given: Any, **named: Any) -> FlaskClient:
        app = Flask(__name__)
        app.config.update(SECRET_KEY="a secret of the tests", SQLALCHEMY_DATABASE_URI="sqlite://")
        db.init_app(app)
        rt = Roundtrip(app, db=db)

        @app.get("/flights")
        @rt.answers(*given, arguments=PageArguments, **named)
        def flights(ask: Any) -> Answered:
            return rt.page(Flight, ask, filters={}, sorts=SORTS)

        with app.app_context():
            db.create_all()
            db.session.add(Flight(id=7, secret="s", airline=Airline(carrier="UA", name="United")))
            db.session.commit()
        return app.test_client()

    return client


UNITED = {"carrier": "UA", "name": "United"}
STORED = {"id": 7, "carrier": "UA", "secret": "s", "airline": UNITED}


@pytest.mark.parametrize(
    ("schema", "item"),
    [
        (FlightSchema(many=True), {"id": 7, "carrier": "UA", "secret": "s"}),
        (FlightSchema(only=("id", "carrier"), many=True), {"id": 7, "carrier": "UA"}),
        (FlightSchema(only=("id", "airline.name"), many=True), {"id": 7, "airline": {"name": "United"}}),
        (FlightSchema(only=("airline",), many=True), {"airline": UNITED}),
        (FlightSchema(exclude=("secret",), many=True), {"id": 7, "carrier": "UA"}),
        (FlightSchema(load_only=("secret",), many=True), {"id": 7, "carrier": "UA"}),
    ],
)
def test_a_schema_of_some_fields_answers_with_these_alone(serve: Serve, schema: Schema, item: dict[str, Any]) -> None:
    assert serve(schema).get("/flights").json["items"] == [item]


@pytest.mark.parametrize(
    ("schema", "hidden"),
    [
        (FlightSchema(only=("id", "carrier")), "secret"),
        (FlightSchema(only=("id", "airline.name")), "airline.carrier"),
        (FlightSchema(exclude=("secret",)), "secret"),
        (FlightSchema(exclude=("secret", "airline.name")), "airline.name"),
    ],
)
def test_a_field_that_the_schema_leaves_out_cannot_be_asked_for(serve: Serve, schema: Schema, hidden: str) -> None:
    client = serve(schema)
    refused = client.get(f"/flights?fields={hidden}")
    assert refused.status_code == 400
    (fault,) = refused.json["errors"]
    everything = client.get(f"/flights?fields={','.join(fault['allowed'])}").json["items"][0]
    assert everything == schema.dump(STORED)


def test_a_selection_by_default_that_the_schema_does_not_have_is_refused_at_start(serve: Serve) -> None:
    with pytest.raises(ValueError, match="secret"):
        serve(FlightSchema(only=("id",)), fields="id,secret")


def test_a_schema_that_is_made_with_arguments_of_its_own_is_refused_at_start(serve: Serve) -> None:
    class Own(FlightSchema):
        def __init__(self, currency: str = "USD", **named: Any) -> None:
            super().__init__(**named)
            self.currency = currency

    assert serve(Own).get("/flights").status_code == 200
    with pytest.raises(TypeError, match="Own"):
        serve(Own(currency="EUR"))
