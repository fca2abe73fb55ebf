"""The Lab's GETs, below /api/lab: the list of experiments, and one run of one side."""

import logging
import os
import platform
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from inspect import iscoroutinefunction
from pathlib import Path
from time import perf_counter
from typing import Any

from aiohttp import ClientError
from flask import Blueprint, Flask, Response, current_app, jsonify, request
from flask_roundtrip.arguments import Arguments, Whole, parse
from flask_roundtrip.compression import SMALLEST, compress, negotiated
from flask_roundtrip.doors.flask import sent
from flask_roundtrip.doors.wsgi import head_of
from flask_roundtrip.wire import IDENTITY, Problem
from marshmallow import validate
from urllib3.exceptions import HTTPError

from roundtrip.config import address

from .audit import recent
from .experiment import CHAPTERS, NETWORKS, Experiment, Side, all_experiments, experiment
from .files import REPOSITORY, exists
from .run import Run
from .spans import PANEL
from .workbench import ENGINES, Workbench

LAB = "/api/lab"
LONGEST_QUEUE = 2.0  # seconds that a heavy run waits for another
AWAY = (OSError, HTTPError, ClientError)  # the errors of a slow service that is away or hangs
log = logging.getLogger(__name__)


class RunArguments(Arguments):
    """The number of the question that a run answers."""

    class Meta(Arguments.Meta):
        """No fields: an experiment chooses its own."""

        exclude = ("fields_",)

    number = Whole(load_default=0, validate=validate.Range(0, 999_999))
    part = Whole(load_default=0, validate=validate.Range(0, 19))


def blueprint() -> Blueprint:
    """Return the Lab's routes."""
    lab = Blueprint("lab", __name__, url_prefix=LAB)
    lab.before_request(admit)
    lab.add_url_rule("/experiments", view_func=list_experiments, methods=["GET"])
    lab.add_url_rule("/experiments/<name>/<side>", view_func=run_side, methods=["GET"])
    lab.add_url_rule("/source/<path:path>", view_func=show_source, methods=["GET"])
    lab.add_url_rule("/spans", view_func=list_spans, methods=["GET"])
    lab.add_url_rule("/audit", view_func=show_audit, methods=["GET"])
    lab.add_url_rule("/ping", view_func=ping, methods=["GET"])
    return lab


def bench_of(app: Flask) -> Workbench:
    """Return the application's workbench."""
    bench: Workbench = app.extensions["lab"]
    return bench


def admit() -> None:
    """Refuse a client that sends more requests than a browser needs."""
    bench_of(current_app).admit(request.remote_addr or "")


def list_experiments() -> Response:
    """Describe all experiments, the links that lead to this port, and the machine."""
    bench = bench_of(current_app)
    return no_store(
        jsonify(
            chapters=CHAPTERS,
            networks=NETWORKS,
            experiments=[_described(name, found, bench) for name, found in all_experiments().items()],
            port=int(os.environ.get("LAB_PORT") or address()[1]),  # as browsers see it
            links=bench.companion.links,
            machine=machine(),
        )
    )


def run_side(name: str, side: str) -> Response:
    """Run one side of an experiment once."""
    arguments = parse(RunArguments, request.query_string.decode("latin-1"), {})
    bench = bench_of(current_app)
    found = experiment(name)
    chosen = found.side(side)
    if chosen.answer is None:
        raise Problem(404, "This side is the browser's alone: there is nothing to ask the server.")
    if chosen.needs and chosen.needs not in bench.engines:
        raise Problem(503, f"This side needs {chosen.needs}, which is missing here.")
    with told_if_away(chosen):
        bench.prepare(name, found.prepare)
        with heavy_run(bench) if found.heavy else nullcontext(0.0) as queued:
            return answer(chosen, Run(bench, head_of(request.environ), queued=queued, **arguments))


@contextmanager
def told_if_away(side: Side) -> Iterator[None]:
    """Answer 503 if an engine or the slow service is away or hangs. Raises Problem (503)."""
    try:
        yield
    except Problem:
        raise
    except Exception as error:  # each driver has errors of its own
        if side.needs not in ENGINES and not isinstance(error, AWAY):
            raise
        log.warning("The Lab's side %s could not run.", side.name, exc_info=True)
        what = side.needs if side.needs in ENGINES else "what it asks"
        detail = f"This side cannot run: {what} does not answer as it should ({type(error).__name__})."
        raise Problem(503, detail, headers=[("Retry-After", "5")]) from error


@contextmanager
def heavy_run(bench: Workbench) -> Iterator[float]:
    """Wait until no other heavy run is going on; yield the wait in ms. Raises Problem (503)."""
    began = perf_counter()
    if not bench.one_heavy_run.acquire(timeout=LONGEST_QUEUE):
        detail = "Another heavy run is going on. Try again when it has ended."
        raise Problem(503, detail, headers=[("Retry-After", "5")])
    try:
        yield (perf_counter() - began) * 1000
    finally:
        bench.one_heavy_run.release()


def answer(side: Side, run: Run) -> Response:
    """Call a side, plain or asynchronous (as Flask calls an asynchronous view), and add its costs."""
    made: Any = side.answer
    answered = current_app.async_to_sync(made)(run) if iscoroutinefunction(made) else made(run)
    response = sent(answered, run.timing)
    response.headers.add("Server-Timing", run.costs())
    return response


def show_source(path: str) -> Response:
    """Show a file that an experiment or a span names, or an experiment's own, as text."""
    if path not in _shown():
        raise Problem(404, "The Lab shows the files that its experiments name, and their own.")
    text = (REPOSITORY / path).read_text()
    return no_store(Response(text, content_type="text/plain; charset=utf-8"))


def list_spans() -> Response:
    """Say where each span of the timing panel leads."""
    titles = {name: found.title for name, found in all_experiments().items()}
    return no_store(
        jsonify(
            spans={
                name: {**lead._asdict(), "title": titles[lead.experiment]}
                for name, lead in PANEL.items()
                if exists(lead.technique)
            }
        )
    )


def show_audit() -> Response:
    """List the layers and hooks around the views of this application, with their costs."""
    return no_store(jsonify(items=recent(bench_of(current_app).app)))


def ping() -> Response:
    """Answer at once, to measure a round trip without any work."""
    return no_store(Response(status=204))


def machine() -> dict[str, Any]:
    """Describe the machine of this server."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def no_store(response: Response) -> Response:
    """Keep an answer out of every cache, and compress it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Encoding"
    coding = negotiated(request.headers.get("Accept-Encoding", ""))
    body = response.get_data()
    if coding != IDENTITY and len(body) >= SMALLEST:
        response.set_data(compress(body, coding))
        response.headers["Content-Encoding"] = coding
    return response


def _described(name: str, found: Experiment, bench: Workbench) -> dict[str, Any]:
    halves = [f"{folder}/{name}{ending}" for folder, ending in _HALVES]
    return {
        "name": name,
        "title": found.title,
        "chapter": found.chapter,
        "shows": found.shows,
        "technique": [path for path in found.technique if exists(path)],
        "code": [path for path in halves if exists(path)],
        "sides": [
            {
                "name": side.name,
                "label": side.label,
                "says": side.says,
                "pattern": side.pattern,
                "needs": side.needs if side.needs and side.needs not in bench.engines else None,
            }
            for side in found.sides
        ],
        "explanation": found.explanation,
        "lesson": found.lesson,
        "does_not_pay": found.does_not_pay,
        "take_away": [example._asdict() for example in found.take_away],
        "instead": found.instead,
        "network": found.network,
        "whole": found.seen is None,
    }


_HALVES = (("backend/lab/experiments", ".py"), ("frontend/src/lab/experiments", ".ts"))


def _shown() -> set[str]:
    """Return the paths that may be shown. An installation may be without the frontend's sources."""
    found = all_experiments().values()
    named = {path for experiment in found for path in experiment.technique}
    named |= {
        path for experiment in found for example in experiment.take_away for path in (example.path, example.beside)
    }
    named |= {lead.technique for lead in PANEL.values()}
    own = {f"{folder}/{name}{ending}" for name in all_experiments() for folder, ending in _HALVES}
    return {path for path in named | own if exists(path)}


def _cpu() -> str:
    """Return the name of the processor, if it is known."""
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine() or sys.platform
