"""The views. Each is there three times: plain; below /cached; and below /etag, cached with a validator."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import wraps
from os import environ
from typing import Any

from flask import Flask, Response, jsonify, request
from flask_caching import Cache
from sqlalchemy import Select, case, event, func, select
from sqlalchemy.orm import joinedload

from .models import Airline, Airport, Flight, Weather, db
from .schemas import (
    airlines_schema,
    airports_schema,
    by_carrier_schema,
    by_month_schema,
    flight_schema,
    flights_schema,
    rows_schema,
    weathers_schema,
)

app = Flask(__name__, static_folder=None)
app.config["SQLALCHEMY_DATABASE_URI"] = environ["DATABASE_URL"]
app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 8, "max_overflow": 0}
app.config["CACHE_TYPE"] = "SimpleCache"
app.config["CACHE_DEFAULT_TIMEOUT"] = 300
db.init_app(app)
cache = Cache(app)


def list_flights() -> Response:
    """The flights of a day at an airport, in the order of their departure."""
    day = date.fromisoformat(request.args["date"])
    begin = datetime.combine(day, time())
    query = (
        select(Flight)
        .where(Flight.origin == request.args["origin"])
        .where(Flight.sched_dep >= begin, Flight.sched_dep < begin + timedelta(days=1))
        .order_by(Flight.sched_dep, Flight.id)
        .limit(request.args.get("limit", 50, type=int))
    )
    return jsonify(items=flights_schema.dump(db.session.scalars(query).all()))


def get_flight(id: int) -> Response:  # noqa: A002 - the name that such a view has
    """One flight with all that belongs to it."""
    options = (
        joinedload(Flight.plane),
        joinedload(Flight.origin_airport, innerjoin=True),
        joinedload(Flight.dest_airport),
        joinedload(Flight.weather),
    )
    return jsonify(flight_schema.dump(db.get_or_404(Flight, id, options=options)))


def list_same_number() -> Response:
    """The last flights under one number."""
    query = (
        select(Flight)
        .where(Flight.carrier == request.args["carrier"])
        .where(Flight.flight == request.args.get("flight", type=int))
        .order_by(Flight.sched_dep.desc(), Flight.id.desc())
        .limit(12)
    )
    return jsonify(items=rows_schema.dump(db.session.scalars(query).all()))


def _delays(*by: Any) -> Select[Any]:
    on_time = func.sum(case((Flight.arr_delay < 15, 1), else_=0))
    return (
        select(
            *by,
            func.count().label("count"),
            func.sum(case((Flight.dep.is_(None), 1), else_=0)).label("cancelled"),
            (on_time * 1.0 / func.count()).label("on_time_share"),
            func.avg(Flight.arr_delay).label("mean_delay"),
        )
        .group_by(*by)
        .order_by(*by)
    )


def delays_by_carrier() -> Response:
    """Delays of each carrier, at one airport in one month."""
    begin = datetime.fromisoformat(f"{request.args['month']}-01")
    end = (begin + timedelta(days=31)).replace(day=1)
    query = _delays(Flight.carrier).where(
        Flight.origin == request.args["origin"], Flight.sched_dep >= begin, Flight.sched_dep < end
    )
    return jsonify(items=by_carrier_schema.dump(db.session.execute(query).all()))


def delays_by_month() -> Response:
    """Delays of one flight number, month by month."""
    query = _delays(Flight.month).where(
        Flight.carrier == request.args["carrier"], Flight.flight == request.args.get("flight", type=int)
    )
    return jsonify(items=by_month_schema.dump(db.session.execute(query).all()))


def list_airlines() -> Response:
    """All airlines."""
    query = select(Airline).order_by(Airline.carrier)
    return jsonify(items=airlines_schema.dump(db.session.scalars(query).all()))


def list_airports() -> Response:
    """The airports that the flights use."""
    query = select(Airport).where(Airport.served).order_by(Airport.faa)
    return jsonify(items=airports_schema.dump(db.session.scalars(query).all()))


def list_weather() -> Response:
    """The weather of a day at an airport, hour by hour."""
    begin = datetime.combine(date.fromisoformat(request.args["date"]), time())
    query = (
        select(Weather)
        .where(Weather.origin == request.args["origin"])
        .where(Weather.local_hour >= begin, Weather.local_hour < begin + timedelta(days=1))
        .order_by(Weather.local_hour, Weather.id)
    )
    return jsonify(items=weathers_schema.dump(db.session.scalars(query).all()))


def with_etag(view: Callable[..., Response]) -> Callable[..., Response]:
    """Answer 304 to a client that has the answer already."""

    @wraps(view)
    def conditional(**arguments: Any) -> Response:
        response = view(**arguments)
        response.add_etag()
        response.make_conditional(request)  # which changes the response, and returns it
        return response

    return conditional


ROUTES: dict[str, Callable[..., Response]] = {
    "/flights": list_flights,
    "/flights/<int:id>": get_flight,
    "/flights/same": list_same_number,
    "/delays/carrier": delays_by_carrier,
    "/delays/month": delays_by_month,
    "/airlines": list_airlines,
    "/airports": list_airports,
    "/weather": list_weather,
}
for path, plain in ROUTES.items():
    cached = cache.cached(query_string=True)(plain)
    app.add_url_rule(path, f"plain {path}", plain)
    app.add_url_rule(f"/cached{path}", f"cached {path}", cached)
    app.add_url_rule(f"/etag{path}", f"etag {path}", with_etag(cached))

PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -4000", "temp_store = MEMORY")

with app.app_context():

    @event.listens_for(db.engine, "connect")
    def prepare(connection: Any, entry: object) -> None:
        """Give SQLite the settings that the application gives it."""
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
