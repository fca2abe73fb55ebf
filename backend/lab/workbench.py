"""What experiments are made of: the product's parts, made once, and the engines that are there."""

import os
from contextlib import ExitStack
from pathlib import Path
from threading import Lock, Semaphore

from flask import Flask
from flask_roundtrip.database import Database, FairShare
from flask_roundtrip.pagination import Cursors
from flask_roundtrip.wire import Problem
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from roundtrip import database
from roundtrip.config import Settings, address
from roundtrip.extensions import db

from .companion import Companion

# Bounds for a server that is left on. A browser on the same machine makes about 500 requests a second when an
# experiment runs; all who come through a link are one client, 127.0.0.1. Cost has a bound of its own: what computes
# for tens of milliseconds is heavy, and of all clients' heavy runs one is under way at a time. The others hold a
# thread while they wait, so they do not wait long.
MOST_REQUESTS = RateLimitItemPerSecond(6_000, 10)
MOST_THREADS = 50  # of one run; they wait for a connection of the pool, and are never refused
EDGE = "a caching edge (make lab-stack)"
# Engines that a site may have, and where they are; without one the sides that need it say so.
ENGINES = {
    "PostgreSQL": "LAB_POSTGRES_URL",
    "pgbouncer": "LAB_PGBOUNCER_URL",
    "Redis": "LAB_REDIS_URL",
    "Memcached": "LAB_MEMCACHED_URL",
    EDGE: "LAB_EDGE",  # any word where each request comes through one (compose.yml)
}
SQLITE = "SQLite (make run)"  # is there where the site's own database is one
BUILT = "the built frontend (make build)"  # is there as an engine is, where it is


class Workbench:
    """The parts that sides are composed from."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.engine = db.engine
            self.database = Database(database.reader(db.engine))
        self.database.turns = FairShare(MOST_THREADS)
        self.cursors = Cursors("the Lab's own")
        url = self.engine.url
        file = (url.database or "") if url.get_backend_name() == "sqlite" else ""
        host, port = address()
        self.companion = Companion(port, file, _number("LAB_LINKS_FROM"), host)
        self.engines = {name: os.environ[variable] for name, variable in ENGINES.items() if os.environ.get(variable)}
        self.dist = Path(Settings.from_environment().frontend_dist).resolve()
        if file:
            self.engines[SQLITE] = file
        if (self.dist / "index.html").is_file():
            self.engines[BUILT] = str(self.dist)
        self.opened = ExitStack()  # what experiments keep open to the engines
        self.one_heavy_run = Semaphore()
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._prepared: set[str] = set()
        self._preparing = Lock()

    def admit(self, client: str) -> None:
        """Count a request of a client. Raises Problem (429)."""
        if not self._limiter.hit(MOST_REQUESTS, client):
            raise Problem(429, "That is more than one browser needs; wait a little.", headers=[("Retry-After", "10")])

    def prepare(self, name: str, prepare: object) -> None:
        """Make what an experiment needs, once."""
        with self._preparing:
            if name not in self._prepared and callable(prepare):
                prepare(self)
            self._prepared.add(name)


def _number(variable: str) -> int | None:
    """Return the number that a variable holds, if it is set."""
    text = os.environ.get(variable)
    return int(text) if text else None
