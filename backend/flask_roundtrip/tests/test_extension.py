"""rt.answers(): what the decorator is told, each answer holds to."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.arguments import PageArguments
from flask_roundtrip.extension import state_of
from flask_roundtrip.query_plan import Answered
from flask_roundtrip.response_cache import MemoryStore
from flask_sqlalchemy import SQLAlchemy
from marshmallow import Schema, fields
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from flask_roundtrip import Freshness, Roundtrip


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
    """Return a function that serves one route, a list of flights, with what rt.answers() is given."""

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


# Whatever fails is told as application/problem+json


class Broken(MemoryStore):
    """A store that fails from when it is told to."""

    is_broken = False

    def get_many(self, *keys: str) -> list[Any]:
        if self.is_broken:
            raise ConnectionError("the store is away")
        return super().get_many(*keys)


@pytest.mark.parametrize("fault", ["store", "identify", "version"])
def test_a_fault_before_the_route_is_told_as_a_problem(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    broken: list[bool] = []
    store = Broken(1_000_000)

    def fail_if_broken(*_: Any) -> Any:
        if broken:
            raise ConnectionError("it is away")
        return None if fault == "identify" else ("1", None)

    app = Flask(__name__)
    app.config.update(SECRET_KEY="a secret of the tests", ROUNDTRIP_BATCH="/batch")
    rt = Roundtrip()
    options: Any = {"identify": {"identify": fail_if_broken}, "version": {"changed": fail_if_broken}}
    rt.init_app(app, **options.get(fault, {}))
    state_of(app).cache._store = store
    app.add_url_rule("/thing", view_func=rt.answers(AirlineSchema, tags=("things",), fresh=Freshness(60))(united))
    client, parts = app.test_client(), {"requests": [{"id": "1", "url": "/thing"}]}
    assert [client.get("/thing").json for _ in range(2)] == [UNITED] * 2  # a miss and a hit

    broken.append(True)
    store.is_broken = fault == "store"
    state_of(app).responder._version_until = 0.0
    for answer in (client.get("/thing"), client.get("/thing?fields=name")):
        assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
        assert answer.json["detail"] == "The server failed; the reason is in its log."
    assert client.head("/thing").status_code == 500
    batch = client.post("/batch", json=parts)
    told = batch.json if fault == "identify" else batch.json["responses"][0]
    assert told["status"] == 500
    assert "ConnectionError" in caplog.text

    broken.clear()
    store.is_broken = False
    assert client.get("/thing").json == UNITED


def united(ask: Any) -> Answered:
    return Answered(UNITED)
