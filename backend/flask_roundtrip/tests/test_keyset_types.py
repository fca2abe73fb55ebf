"""Pages of any column: by each kind of column, through keyset() and through rt.page(), compiled or dumped."""

import uuid
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from flask_roundtrip.arguments import Dates, PageArguments
from flask_roundtrip.query_plan import Answered
from flask_sqlalchemy import SQLAlchemy
from marshmallow import Schema, fields
from sqlalchemy import DateTime, ForeignKey, TypeDecorator, bindparam, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from flask_roundtrip import Roundtrip, keyset

# SQLAlchemy tells that SQLite stores a Decimal as a float. These are exact in both.
pytestmark = pytest.mark.filterwarnings("ignore:Dialect sqlite:sqlalchemy.exc.SAWarning")


class Own(TypeDecorator[datetime]):
    """A type of the application's own."""

    impl = DateTime
    cache_ok = True


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Visit(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    own: Mapped[datetime] = mapped_column(Own)
    day: Mapped[date]
    clock: Mapped[time]
    price: Mapped[Decimal]
    code: Mapped[uuid.UUID]
    share: Mapped[float]
    name: Mapped[str]
    guests: Mapped[list["Guest"]] = relationship(back_populates="visit", order_by="Guest.id")


class Guest(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey(Visit.id))
    visit: Mapped[Visit] = relationship(back_populates="guests")

    def __str__(self) -> str:
        return f"guest {self.id}"


class VisitSchema(Schema):
    id = fields.Integer()
    at = fields.DateTime()
    guests = fields.List(fields.String())


class Hooked(VisitSchema):
    """A schema that only marshmallow's own dump can answer."""

    twice = fields.Function(lambda visit: 2 * visit.id)


class VisitArguments(PageArguments, Dates):
    sort = fields.String()
    code = fields.UUID()
    price = fields.Decimal()


COLUMNS = ("at", "own", "day", "clock", "price", "code", "share", "name")
FILTERS = {
    "from": lambda: Visit.at >= bindparam("from"),
    "before": lambda: Visit.at < bindparam("before"),
    "code": lambda: Visit.code == bindparam("code"),
    "price": lambda: Visit.price == bindparam("price"),
}
SORTS = {name: lambda _, name=name: (getattr(Visit, name), Visit.id) for name in COLUMNS}
ROWS = 7


def visit(number: int) -> Visit:
    """Return one of several rows; two by two they have the same values."""
    step = number // 2
    return Visit(
        id=number,
        at=datetime(2013, 1, 1 + step, 5, 15, 0, 250_000 * step),
        own=datetime(2013, 1, 1 + step, 5, 15),
        day=date(2013, 1, 1 + step),
        clock=time(5 + step, 15),
        price=Decimal(step) / 4,
        code=uuid.UUID(int=step),
        share=step / 3,
        name=f"n{step}",
        guests=[Guest(id=10 * number + 1), Guest(id=10 * number + 2)],
    )


@pytest.fixture
def client() -> FlaskClient:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="a secret of the tests", SQLALCHEMY_DATABASE_URI="sqlite://")
    db.init_app(app)
    rt = Roundtrip(app, db=db)

    def visits(ask: Any) -> Answered:
        return rt.page(Visit, ask, filters=FILTERS, sorts=SORTS)

    app.add_url_rule("/compiled", "compiled", rt.answers(VisitSchema, fields="id", arguments=VisitArguments)(visits))
    app.add_url_rule("/dumped", "dumped", rt.answers(Hooked, fields="id,twice", arguments=VisitArguments)(visits))
    app.add_url_rule("/lists", "lists", rt.answers(VisitSchema, fields="id,guests", arguments=VisitArguments)(visits))

    @app.get("/keyset")
    def by_keyset() -> dict[str, Any]:
        sort = request.args["sort"]
        by = (getattr(Visit, sort.removeprefix("-")), Visit.id)
        found = keyset(select(Visit), by, "a secret", request.args.get("after"), 2, sort.startswith("-"))
        visits, cursor = found.read(db.session)
        return {"items": [{"id": visit.id} for visit in visits], "next": cursor}

    with app.app_context():
        db.create_all()
        db.session.add_all(map(visit, range(1, ROWS + 1)))
        db.session.commit()
    return app.test_client()


@pytest.mark.parametrize("path", ["/keyset", "/compiled", "/dumped"])
@pytest.mark.parametrize("direction", ["", "-"])
@pytest.mark.parametrize("column", COLUMNS)
def test_pages_by_any_column_hold_each_row_once_and_in_order(
    client: FlaskClient, column: str, direction: str, path: str
) -> None:
    seen: list[int] = []
    query = {"sort": f"{direction}{column}", "limit": "2"}
    for _ in range(ROWS):
        answer = client.get(
            path, query_string={key: query[key] for key in query if (path, key) != ("/keyset", "limit")}
        )
        assert answer.status_code == 200, answer.text
        seen += [item["id"] for item in answer.json["items"]]
        if answer.json["next"] is None:
            break
        query["after"] = answer.json["next"]
    assert seen == (sorted(range(1, ROWS + 1), reverse=bool(direction)))


@pytest.mark.parametrize("path", ["/compiled", "/dumped"])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("date=2013-01-01", [1]),
        ("date=2013-01-02", [2, 3]),
        ("from=2013-01-02&to=2013-01-03", [2, 3, 4, 5]),
        ("to=2013-01-02", [1, 2, 3]),
        (f"code={uuid.UUID(int=3)}", [6, 7]),
        ("price=0.25", [2, 3]),
    ],
)
def test_dates_and_other_values_filter_plain_columns(
    client: FlaskClient, path: str, query: str, found: list[int]
) -> None:
    answer = client.get(f"{path}?{query}")
    assert (answer.status_code, [item["id"] for item in answer.json["items"]]) == (200, found)


def test_a_relationship_written_as_a_list_is_left_to_marshmallow(client: FlaskClient) -> None:
    answer = client.get("/lists?limit=1")
    assert (answer.status_code, answer.json["items"]) == (200, [{"id": 1, "guests": ["guest 11", "guest 12"]}])
