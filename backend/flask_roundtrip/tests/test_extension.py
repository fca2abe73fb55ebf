"""rt.answers(): each answer follows the arguments of the decorator."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest
from engines import Connect, Engine
from flask import Flask, abort
from flask.testing import FlaskClient
from flask_roundtrip.arguments import PageArguments, UpperCode
from flask_roundtrip.extension import state_of
from flask_roundtrip.query_plan import Answered
from flask_roundtrip.respond import VERSION_AGE
from flask_roundtrip.response_cache import MemoryStore, ResponseCache
from flask_sqlalchemy import SQLAlchemy
from helpers import in_time
from marshmallow import Schema, fields
from over_asgi import OverAsgi
from sqlalchemy import ForeignKey, bindparam
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from flask_roundtrip import Freshness, Problem, Roundtrip, cached


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


# Every failure is application/problem+json


class Broken(MemoryStore):
    """A store that fails from when it is told to."""

    is_broken = False

    def get_many(self, *keys: str) -> list[Any]:
        if self.is_broken:
            raise ConnectionError("the store is away")
        return super().get_many(*keys)


@pytest.mark.parametrize("through", ["wsgi", "asgi"])
@pytest.mark.parametrize("fault", ["store", "identify", "version"])
def test_a_fault_before_the_route_is_told_as_a_problem(
    fault: str, through: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    broken: list[bool] = []
    store = Broken(1_000_000)

    def fail_if_broken(*_: Any) -> Any:
        if broken:
            raise ConnectionError("it is away")
        return None if fault == "identify" else ("1", None)

    app = Flask(__name__)
    app.config.update(SECRET_KEY="a secret of the tests", ROUNDTRIP_BATCH="/batch")
    app.extensions["cache"] = {"a cache": store}
    rt = Roundtrip(cache="a cache")
    options: Any = {"identify": {"identify": fail_if_broken}, "version": {"changed": fail_if_broken}}
    rt.init_app(app, **options.get(fault, {}))
    app.add_url_rule("/thing", view_func=rt.answers(AirlineSchema, tags=("things",), fresh=Freshness(60))(united))
    client, parts = Client(app), {"requests": [{"id": "1", "url": "/thing"}]}
    if through == "asgi":
        server = OverAsgi(rt.asgi(app))
        request.addfinalizer(server.close)
        client = Client(server)
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


# The headers of an answer


def routes(rt: Roundtrip, store: Any = None, **views: Any) -> FlaskClient:
    """Serve each view at its name and a text, over a store of flask-caching or in memory."""
    app = Flask(__name__)
    app.extensions["cache"] = {"a cache": store}
    app.config.update(SECRET_KEY="a secret of the tests", ROUNDTRIP_BATCH="/batch", ROUNDTRIP_CACHE_BYTES=20_000)
    for name, view in views.items():
        app.add_url_rule(f"/{name}/<text>", name, view)
    rt.init_app(app, identify=lambda environ: environ.get("HTTP_X_USER"))
    return app.test_client()


def said(ask: Any) -> Answered:
    return Answered({"carrier": ask["text"], "name": "long " * (5000 if ask["text"] == "long" else 1)})


@pytest.mark.parametrize(
    ("text", "fresh", "status"),
    [
        ("short", Freshness(60), ["fwd=uri-miss; stored", "hit; ttl=60"]),
        ("short", Freshness(0), ["fwd=uri-miss", "fwd=uri-miss"]),
        ("long", Freshness(60), ["fwd=uri-miss", "fwd=uri-miss"]),
    ],
)
def test_an_answer_says_stored_only_if_it_is_kept(text: str, fresh: Freshness, status: list[str]) -> None:
    rt = Roundtrip()
    client = routes(
        rt, kept=rt.answers(AirlineSchema, fresh=fresh)(said), seen=cached(*fresh)(lambda text: text * 5000)
    )
    told = [client.get(f"/kept/{text}").headers["Cache-Status"] for _ in status]
    assert told == [f"roundtrip; {each}" for each in status]
    if text == "long":
        assert client.get(f"/seen/{text}").headers["Cache-Status"] == "roundtrip; fwd=uri-miss"


def test_a_value_in_a_path_is_read_as_it_is_written() -> None:
    rt = Roundtrip()
    client = routes(rt, text=rt.answers(AirlineSchema, fresh=Freshness(60))(said))
    assert [client.get(f"/text/{text}").json["carrier"] for text in ("ua", "UA", "Ua")] == ["ua", "UA", "Ua"]


def test_a_code_in_a_path_may_be_written_in_lower_case() -> None:
    rt, app = Roundtrip(), Flask(__name__)
    app.secret_key = "a secret of the tests"
    app.url_map.converters["code"] = UpperCode
    app.add_url_rule("/<code:text>", view_func=rt.answers(AirlineSchema, fresh=Freshness(60))(said))
    rt.init_app(app)
    first, second = app.test_client().get("/ua"), app.test_client().get("/UA")
    assert first.json == second.json
    assert (first.json["carrier"], second.headers["Cache-Status"]) == ("UA", "roundtrip; hit; ttl=60")


@pytest.mark.parametrize("mount", ["", "/mount"])
def test_the_link_leads_to_the_next_page_wherever_the_application_is_mounted(serve: Serve, mount: str) -> None:
    first = serve(FlightSchema)
    with first.application.app_context():
        db.session.add(Flight(id=8, secret="s", carrier="UA"))
        db.session.commit()
    mounted = Client(DispatcherMiddleware(Flask("outer"), {mount: first.application}) if mount else first.application)
    for _ in range(2):
        page = mounted.get(f"{mount}/flights?limit=1&fields=id")
        link, _, relation = page.headers["Link"].partition("; ")
        following = mounted.get(urljoin(f"{mount}/flights?limit=1&fields=id", link.strip("<>")))
        assert (relation, following.json) == ('rel="next"', {"items": [{"id": 8}], "next": None})


@pytest.mark.parametrize("refuse", [lambda: abort(401), lambda: (_ for _ in ()).throw(Problem(401, "Sign in."))])
def test_a_401_names_a_way_to_sign_in(refuse: Callable[[], Any]) -> None:
    rt = Roundtrip()
    client = routes(
        rt, mine=rt.answers(AirlineSchema, private=True)(said), own=rt.answers(AirlineSchema)(lambda _: refuse())
    )
    for url in ("/mine/x", "/own/x"):
        answer = client.get(url)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Cookie")
    named = Problem(401, "Sign in.", headers=[("www-authenticate", 'Bearer realm="x"')]).get_response()
    assert named.headers.getlist("WWW-Authenticate") == ['Bearer realm="x"']
    of_flask = Unauthorized(www_authenticate=WWWAuthenticate("basic", {"realm": "x"}))
    assert Problem.of_http(of_flask).get_response().headers.getlist("WWW-Authenticate") == ["Basic realm=x"]


def test_filters_that_are_written_in_a_view_are_compiled_once() -> None:
    app, rt = Flask(__name__), Roundtrip(db=db)
    app.config.update(SECRET_KEY="a secret of the tests", SQLALCHEMY_DATABASE_URI="sqlite://")
    db.init_app(app)
    rt.init_app(app)

    class Wanted(PageArguments):
        carrier = fields.String()
        secret = fields.String()

    @app.get("/flights")
    @rt.answers(FlightSchema, arguments=Wanted, fields="id")
    def flights(ask: Any) -> Answered:
        filters = {name: lambda name=name: getattr(Flight, name) == bindparam(name) for name in ("carrier", "secret")}
        return rt.page(Flight, ask, filters=filters, sorts={"id": lambda descending: (Flight.id,)})

    with app.app_context():
        db.create_all()
        db.session.add_all([Flight(id=7, secret="s", carrier="UA"), Flight(id=8, secret="t", carrier="AA")])
        db.session.commit()
    client = app.test_client()
    asked = {"carrier=UA": [7], "carrier=AA": [8], "secret=t": [8], "secret=s": [7], "secret=s&carrier=AA": []}
    for _ in range(3):
        for query, ids in asked.items():
            assert [item["id"] for item in client.get(f"/flights?{query}").json["items"]] == ids
    database = state_of(app).database
    assert database is not None
    assert database.compiled.cache_info().misses == 3  # by carrier, by secret, by both


# Tags of routes


def test_an_answer_has_the_tags_of_its_route_and_of_each_resource_that_was_selected() -> None:
    class Tagged(AirlineSchema):
        class Meta:
            tag = "airlines"

    class Joined(FlightSchema):
        airline = fields.Nested(Tagged)

    made: list[str] = []
    rt, app = Roundtrip(), Flask(__name__)
    app.secret_key = "a secret of the tests"

    @app.get("/flight")
    @rt.answers(Joined, fields="id", fresh=Freshness(60), tags=("flights", "flight:7"))
    def flight(ask: Any) -> Answered:
        made.append(ask.selection.text)
        return Answered({"id": len(made)})

    rt.init_app(app)
    client = app.test_client()
    plain, joined = "/flight", "/flight?fields=id,airline.name"
    for tag, renewed in [
        ("airlines", [joined]),
        ("flights", [plain, joined]),
        ("flight:7", [plain, joined]),
        ("flight:8", []),
        ("flight", []),
    ]:
        for url, groups in ((plain, '"flights", "flight:7"'), (joined, '"flights", "flight:7", "airlines"')):
            assert client.get(url).headers["Cache-Groups"] == groups
            assert "hit" in client.get(url).headers["Cache-Status"]
        with app.app_context():
            rt.invalidate(tag)
        assert [url for url in (plain, joined) if "hit" not in client.get(url).headers["Cache-Status"]] == renewed, tag


# Private routes


def test_a_private_answer_is_of_one_user_in_no_shared_store_and_private_on_the_wire(
    server: Engine, connect: Connect
) -> None:
    made: list[str] = []
    rt = Roundtrip(cache="a cache")

    @rt.answers(AirlineSchema, private=True, fresh=Freshness(60), tags=("mine",))
    def mine(ask: Any) -> Answered:
        made.append(ask["text"])
        return Answered({"carrier": f"{len(made)}"})

    backend = connect(server)
    client = routes(rt, backend, mine=mine)
    stored: list[str] = []
    for name in ("_store", "_add"):
        real = getattr(backend, name)
        setattr(backend, name, lambda key, *given, real=real: (stored.append(key), real(key, *given))[1])

    def ask(user: str) -> Any:
        return client.get("/mine/x", headers={"X-User": user})

    assert [ask(user).json["carrier"] for user in ("ann", "ben", "ann", "ben")] == ["1", "2", "1", "2"]
    assert "hit" in ask("ann").headers["Cache-Status"]
    for answer in (ask("ann"), ask("cid")):  # a hit and a miss
        assert answer.headers["Cache-Control"] == "private, max-age=60"
        assert {"Authorization", "Cookie"} <= {name.strip() for name in answer.headers["Vary"].split(",")}
    assert all(":tag:" in key for key in stored), "nothing but the versions of its tags"
    etag = ask("ann").headers["ETag"]
    assert client.get("/mine/x", headers={"X-User": "ann", "If-None-Match": etag}).status_code == 304
    assert client.get("/mine/x", headers={"X-User": "ben", "If-None-Match": etag}).status_code == 200
    assert client.get("/mine/x").status_code == 401

    parts = {"requests": [{"id": number, "url": "/mine/x"} for number in "12"]}
    for user, carrier in (("ann", "1"), ("ben", "2"), ("cid", "3")):
        told = client.post("/batch", json=parts, headers={"X-User": user}).json["responses"]
        assert [part["body"]["carrier"] for part in told] == [carrier] * 2
        assert {part["headers"]["cache-control"] for part in told} == {"private, max-age=60"}
    assert {part["status"] for part in client.post("/batch", json=parts).json["responses"]} == {401}

    del backend._store, backend._add
    ResponseCache(connect(server)).invalidate("mine")  # in another process
    assert in_time(lambda: int(ask("ann").json["carrier"]) > 3)


def test_a_user_whose_name_looks_like_part_of_a_key_gets_no_answer_of_another() -> None:
    rt = Roundtrip()
    view = rt.answers(AirlineSchema, private=True, fresh=Freshness(60))(
        lambda ask: Answered({"carrier": next(numbers)})
    )
    numbers = map(str, range(10))
    client = routes(rt, mine=view)
    users = ("a", "1:a", "1:a x", "2:a", "a 1:a")
    told = [client.get("/mine/x", headers={"X-User": user}).json["carrier"] for user in users]
    assert len(set(told)) == len(users)


# The data is loaded anew while it is served


def test_other_data_changes_last_modified_and_every_key_at_once() -> None:
    versions = [("1", "Tue, 01 Jan 2013 12:00:00 GMT")]
    app, rt = Flask(__name__), Roundtrip()
    app.secret_key = "a secret of the tests"
    view = rt.answers(AirlineSchema, fresh=Freshness(60))(lambda ask: Answered({"carrier": versions[-1][0]}))
    app.add_url_rule("/<text>", view_func=view)
    rt.init_app(app, changed=lambda: versions[-1])
    client, urls = app.test_client(), ("/a", "/b", "/a?fields=carrier")
    for _ in range(2):
        before = [client.get(url) for url in urls]
    assert {answer.headers["Last-Modified"] for answer in before} == {versions[0][1]}
    assert all("hit" in answer.headers["Cache-Status"] for answer in before)

    versions.append(("2", "Wed, 02 Jan 2013 12:00:00 GMT"))
    time.sleep(VERSION_AGE)
    for url, old in zip(urls, before, strict=True):
        since = client.get(url, headers={"If-Modified-Since": old.headers["Last-Modified"]})
        assert (since.status_code, since.json["carrier"]) == (200, "2")
        assert since.headers["Last-Modified"] == versions[1][1]
        assert client.get(url, headers={"If-None-Match": old.headers["ETag"]}).status_code == 200
