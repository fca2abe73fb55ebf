"""The benchmark's tutorial: Flask-SQLAlchemy, marshmallow, jsonify, and Flask-Caching's own cached() on some views."""

import sys
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask
from foreign_checks import Checks

from flask_roundtrip import Batch, ServerTiming, cached

BACKEND = Path(__file__).parents[3]


def add(app: Flask, fresh: int = 60) -> None:
    app.view_functions = {name: cached(fresh, stale=600)(view) for name, view in app.view_functions.items()}
    app.wsgi_app = ServerTiming(Batch(app.wsgi_app, at="/batch", prefix="/"))  # type: ignore[method-assign]


class OfTutorial(Checks):
    missing = "/flights/999999"
    add = add

    @pytest.fixture
    def make(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Flask]:
        monkeypatch.syspath_prepend(BACKEND)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'flights.sqlite'}")

        def make() -> Flask:
            sys.modules.pop("bench.tutorial.app", None)  # the import makes the application
            app: Flask = import_module("bench.tutorial.app").app
            fill(app)
            return app

        return make


class TestList(OfTutorial):
    url = "/flights?date=2013-01-01&origin=JFK"
    endpoint = "plain /flights"


class TestDetail(OfTutorial):
    url = "/flights/1"
    endpoint = "plain /flights/<int:id>"


class TestListWithAnETagOfItsOwn(OfTutorial):
    url = "/etag/flights?date=2013-01-01&origin=JFK"
    endpoint = "etag /flights"
    missing = "/etag/flights/999999"


def fill(app: Flask) -> None:
    models = import_module("bench.tutorial.models")
    noon = datetime(2013, 1, 1, 12)
    place = {"lat": 40.6, "lon": -73.8, "alt": 13, "tz": -5.0, "dst": "A", "tzone": "America/New_York", "served": True}
    flown = {
        "carrier": "UA",
        "origin": "JFK",
        "dest": "LAX",
        "distance": 1,
        "sched_dep": noon,
        "sched_arr": noon,
        "time_hour": noon,
        "status": "arrived",
        "month": "2013-01",
    }
    with app.app_context():
        models.db.create_all()
        if models.db.session.get(models.Airline, "UA") is None:
            models.db.session.add(models.Airline(carrier="UA", name="United Air Lines Inc."))
            models.db.session.add(models.Airport(faa="JFK", name="John F Kennedy Intl", **place))
            models.db.session.flush()
            for number in range(1, 10):
                models.db.session.add(models.Flight(id=number, flight=number, **flown))
            models.db.session.commit()
        models.db.engine.dispose()
