"""Whether this process lives, and whether it can answer.

/healthz: it answers; whoever runs it restarts it where this does not come. It touches nothing: a database that is
away is no reason to restart what waits for it.
/readyz: it can answer questions; whoever routes to it leaves it out where this says 503. A cache or a replica that is
away makes it slower ("degraded"), not useless; nor does a database that is away, while its replica answers.

Neither is for the public: the edge answers 404 to /readyz (and to /metrics).
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any
from wsgiref.util import setup_testing_defaults

import orjson
from flask_caching.backends.base import BaseCache
from flask_roundtrip.doors.wsgi import WSGI
from flask_roundtrip.extension import State
from flask_roundtrip.read_replica import ReplicatedDatabase
from flask_roundtrip.wire import NOSNIFF, Head
from sqlalchemy import Engine, inspect, select

from ..data.model import Dataset
from ..extensions import API

log = logging.getLogger(__name__)
PATIENCE = 0.8  # seconds for all checks together
OK = "ok"
QUESTION = Head("GET", f"{API}/flights", "limit=1")  # has the most joins, and takes a millisecond


@dataclass(frozen=True)
class Check:
    """Something that is asked how it is: `ok`, or what is missing."""

    ask: Callable[[], str]
    needed: bool  # or the site works without it
    substitute: str = ""  # another check's name: while that is well, this one is not needed


class Readiness:
    """Asks all checks side by side, and no longer than PATIENCE.

    One that hangs keeps its thread; it is asked no second time while it does.
    """

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._executor = ThreadPoolExecutor(len(checks), "ready")
        self._asked: dict[str, Future[str]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer with 200 where everything that is needed is there, otherwise with 503; say what is missing."""
        found = self._ask()
        missing = [name for name, said in found.items() if said != OK]
        ready = not any(self._is_needed(name, found) for name in missing)
        status = ("degraded" if missing else "ready") if ready else "not ready"
        return _json(start_response, "200 OK" if ready else "503 Service Unavailable", {"status": status, **found})

    def _is_needed(self, name: str, found: Mapping[str, str]) -> bool:
        check = self._checks[name]
        return check.needed and found.get(check.substitute) != OK

    def _ask(self) -> dict[str, str]:
        for name, check in self._checks.items():
            if name not in self._asked or self._asked[name].done():
                self._asked[name] = self._executor.submit(check.ask)
        asked = dict(self._asked)
        wait(asked.values(), timeout=PATIENCE)
        return {name: _said(name, future) for name, future in asked.items()}


def refuse_a_broken_release(application: WSGI) -> None:
    """Raise SystemExit where the data is there and yet no question is answered: other replicas can do better.

    Whoever is without a database serves what the caches have. To ask opens the first connection, too: SQLite shares
    memory through a file, which it could not make on a disk that was full by the first request.
    """
    statuses: list[str] = []
    for _ in range(5):
        environ = {"PATH_INFO": "/readyz"}
        setup_testing_defaults(environ)
        body = b"".join(application(environ, lambda status, *_: statuses.append(status)))
        if not statuses[-1].startswith("503"):
            return  # it is ready, or an application without this probe
        found = orjson.loads(body)
        if found["database"] == OK and found["answers"].startswith("failed"):
            raise SystemExit(f"This release answers no question ({found['answers']}): it takes none.")
        if "did not answer" not in " ".join(found.values()):
            return


def _said(name: str, future: "Future[str]") -> str:
    if not future.done():
        return f"did not answer within {PATIENCE:g} s"
    error = future.exception()
    if error is None:
        return future.result()
    log.warning("%s is not ready: %r", name, error)
    return f"failed: {type(error).__name__}"  # no more: its words may hold a password


def alive(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer that the process answers."""
    return _json(start_response, "200 OK", {"status": "alive"})


def data_is_loaded(engine: Engine) -> Callable[[], str]:
    """Return a check that the database answers and has the whole data set."""

    def ask() -> str:
        if not inspect(engine).has_table(Dataset.__tablename__):
            return "has no tables: run `flask db upgrade`"
        with engine.connect() as connection:
            loaded_at = connection.scalar(select(Dataset.loaded_at))
        return OK if loaded_at is not None else "has no data: run `flask data load`"

    return ask


def question_is_answered(state: State) -> Callable[[], str]:
    """Return a check that an answer can be made: a release may start and find its data, and yet fail at each one.

    It is made past the cache, where an earlier release may have left it.
    """

    def ask() -> str:
        state.responder.build_anew(QUESTION)
        return OK

    return ask


def replica_answers(database: ReplicatedDatabase, last_modified: Callable[[], object]) -> Callable[[], str]:
    """Return a check that reads can go to the replica, for which the database has once said what it has to have."""

    def ask() -> str:
        last_modified()
        return OK if database.look() else "is away or behind: the database itself is read"

    return ask


def cache_answers(backend: BaseCache) -> Callable[[], str]:
    """Return a check that the response cache keeps what it is given."""
    return lambda: OK if backend.set("readyz", b"", timeout=10) else "is away: each process keeps its own"


class Probes:
    """Answers the probes' paths in front of everything: no limit, log or metric is about them."""

    def __init__(self, application: WSGI, probes: Mapping[str, WSGI]) -> None:
        self._application = application
        self._probes = probes

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a GET of a probe; hand everything else on."""
        probe = self._probes.get(environ["PATH_INFO"])
        if probe is None or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._application(environ, start_response)
        return probe(environ, start_response)


def _json(start_response: Callable[..., Any], status: str, told: object) -> Iterable[bytes]:
    body = orjson.dumps(told)
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        NOSNIFF,
    ]
    start_response(status, headers)
    return (body,)
