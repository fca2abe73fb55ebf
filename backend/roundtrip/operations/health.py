"""Health probes: whether this process is alive, and whether it is ready for requests.

/healthz: the process is alive. An operator restarts a process without this answer. The probe checks nothing else: a
lost database is no reason to restart the process.
/readyz: the process can answer requests. A balancer sends no requests to a process that answers 503 here. Without its
cache or its replica a process is slower ("degraded") but ready; so is one without its database while the replica
answers.

The probes are not public: the edge answers 404 to /readyz (and to /metrics).
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
QUESTION = Head("GET", f"{API}/flights", "limit=1")  # the question with the most joins; it takes a millisecond


@dataclass(frozen=True)
class Check:
    """One check: it returns `ok`, or a text that says what is missing."""

    ask: Callable[[], str]
    needed: bool  # otherwise the site works without it
    substitute: str = ""  # the name of another check: while that one is ok, this one is not needed


class Readiness:
    """Runs all checks side by side, for at most PATIENCE.

    A check that hangs keeps its thread, and is not started again while it hangs.
    """

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._executor = ThreadPoolExecutor(len(checks), "ready")
        self._asked: dict[str, Future[str]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer with 200 if every needed check is ok, otherwise with 503; list the results."""
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
    """Raise SystemExit if the data is loaded and yet no question can be answered, so that older replicas stay.

    A process without a database starts, and serves answers from the caches. The check also opens the first connection:
    SQLite needs a file for shared memory, which it could not make later on a full disk.
    """
    statuses: list[str] = []
    for _ in range(5):
        environ = {"PATH_INFO": "/readyz"}
        setup_testing_defaults(environ)
        body = b"".join(application(environ, lambda status, *_: statuses.append(status)))
        if not statuses[-1].startswith("503"):
            return  # the process is ready, or the application has no probes
        found = orjson.loads(body)
        if found["database"] == OK and found["answers"].startswith("failed"):
            raise SystemExit(f"This release cannot answer a question ({found['answers']}), so it does not start.")
        if "did not answer" not in " ".join(found.values()):
            return


def _said(name: str, future: "Future[str]") -> str:
    if not future.done():
        return f"did not answer within {PATIENCE:g} s"
    error = future.exception()
    if error is None:
        return future.result()
    log.warning("%s is not ready: %r", name, error)
    return f"failed: {type(error).__name__}"  # only the type: the error's text may hold a password


def alive(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer with 200: the process is alive."""
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
    """Return a check that builds an answer: a release may start and find its data, and yet fail at each question.

    The answer is built without the cache, which may hold an answer of an earlier release.
    """

    def ask() -> str:
        state.responder.build_anew(QUESTION)
        return OK

    return ask


def replica_answers(database: ReplicatedDatabase, last_modified: Callable[[], object]) -> Callable[[], str]:
    """Return a check that reads can go to the replica: it answers, and it has replayed the required position."""

    def ask() -> str:
        last_modified()
        return OK if database.look() else "is away or behind: reads go to the primary"

    return ask


def cache_answers(backend: BaseCache) -> Callable[[], str]:
    """Return a check that the response cache keeps a value."""
    return lambda: OK if backend.set("readyz", b"", timeout=10) else "is away: each process keeps its own entries"


class Probes:
    """Answers the probes in front of all other layers: limits, logs and metrics do not include them."""

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
