"""The workbench: the product's parts that experiments use, made once, and the engines that are available."""

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

# Bounds for a server that stays on. A browser on the same machine sends about 500 requests a second while an
# experiment runs. All browsers behind a link are one client, 127.0.0.1. Heavy runs compute for tens of milliseconds,
# and only one heavy run of all clients runs at a time. The others hold a thread while they wait, so they wait briefly.
MOST_REQUESTS = RateLimitItemPerSecond(6_000, 10)
MOST_THREADS = 50  # of one run; they wait for a connection of the pool, and are never refused
EDGE = "a caching edge (make lab-stack)"
# Engines that a site may have, and the variables with their addresses. A side without its engine says so.
ENGINES = {
    "PostgreSQL": "LAB_POSTGRES_URL",
    "pgbouncer": "LAB_PGBOUNCER_URL",
    "Redis": "LAB_REDIS_URL",
    "Memcached": "LAB_MEMCACHED_URL",
    EDGE: "LAB_EDGE",  # any word, if each request comes through an edge (compose.yml)
}
SQLITE = "SQLite (make run)"  # available if the site's own database is SQLite
BUILT = "the built frontend (make build)"  # counts as an engine


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
        self.opened = ExitStack()  # connections of experiments to the engines
        self.one_heavy_run = Semaphore()
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._prepared: set[str] = set()
        self._preparing = Lock()

    def admit(self, client: str) -> None:
        """Count a request of a client. Raises Problem (429)."""
        if not self._limiter.hit(MOST_REQUESTS, client):
            raise Problem(429, "One browser needs fewer requests. Wait ten seconds.", headers=[("Retry-After", "10")])

    def prepare(self, name: str, prepare: object) -> None:
        """Call an experiment's `prepare` once."""
        with self._preparing:
            if name not in self._prepared and callable(prepare):
                prepare(self)
            self._prepared.add(name)


def _number(variable: str) -> int | None:
    """Return the number in a variable, if it is set."""
    text = os.environ.get(variable)
    return int(text) if text else None
