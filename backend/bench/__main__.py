"""Measures this application beside others, and reports which of its aims are reached.

cd backend && .venv/bin/python -m bench            about 5 minutes, ten times the rows included
cd backend && .venv/bin/python -m bench --before ../elsewhere/backend    beside the same folder of another commit
cd backend && .venv/bin/python -m bench --quick    under a minute, for whether all of it works: no figures to quote
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import create_engine

from roundtrip.config import Settings

from . import questions as q
from . import report
from .load import get, one
from .rounds import Work, all_work, before, check_equal, run
from .servers import BACKEND, Server, cores, without_settings

RESULTS = Path(__file__).resolve().parent / "results"
SCALE = 10
ROOM = 4 * 1024**3  # bytes that ten times the rows may need
NOTHING_KEPT = {"CACHE_MAX_BYTES": "1"}  # a response cache in which no entry has room
NOT_TO_QUOTE = "This was the quick form with few and short rounds: do not quote its figures."


def main() -> int:
    """Measure and print. The full form also writes results/latest.json and latest.md."""
    options = _options()
    began, load_before = time.monotonic(), os.getloadavg()[0]
    url = Settings.from_environment().database_url
    asked = q.questions(create_engine(url))
    on_server, on_load = cores()
    if on_load:
        os.sched_setaffinity(0, on_load)
    work, memory = _compare(url, asked, on_server, options)
    scaled = _scaled(url, asked, on_server, options)
    result = report.Result(
        machine=report.machine(load_before, pinned=bool(on_server)),
        rounds=options.rounds,
        seconds=options.seconds,
        took=time.monotonic() - began,
        work=work,
        scaled=scaled,
        memory=memory,
    )
    print(report.as_markdown(result))
    if options.quick:
        print(NOT_TO_QUOTE)
        return 0
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps(report.as_json(result), indent=2) + "\n")
    (RESULTS / "latest.md").write_text(report.as_markdown(result))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--quick", action="store_true", help="2 short rounds: no figures to quote")
    parser.add_argument("--rounds", type=int, help="the number of rounds (7)")
    parser.add_argument("--seconds", type=float, help="length of a slice of one contender (0.8)")
    parser.add_argument(
        "--before", metavar="FOLDER", type=Path, help="the backend of another commit, with its data loaded"
    )
    parser.add_argument("--no-scaled", action="store_true", help=f"do not measure at {SCALE} times the rows")
    parser.add_argument("--scaled", metavar="FILE", help=f"a SQLite database loaded with --scale {SCALE}")
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 7)
    options.seconds = options.seconds or (0.25 if options.quick else 0.8)
    options.no_scaled = options.no_scaled or (options.quick and not options.scaled)
    return options


def _compare(
    url: str, asked: q.Questions, on: tuple[int, ...], options: argparse.Namespace
) -> tuple[list[Work], dict[str, float]]:
    with ExitStack() as stack:

        def start(application: str, **environment: str) -> Server:
            return stack.enter_context(Server(application, {"DATABASE_URL": url, **environment}, on))

        ours, tutorial = start("wsgi:app"), start("bench.tutorial.app:app")
        compared = check_equal(asked, ours, tutorial)
        print(f"{compared} answers of ours and of the tutorial's compared: equal.", file=sys.stderr)
        size = str(len(one(ours, get(q.HOT_LIST.ours))[2]))
        servers = {
            "bare WSGI": start("bench.bare:wsgi", BENCH_BYTES=size),
            "bare Flask": start("bench.bare:flask", BENCH_BYTES=size),
            "tutorial": tutorial,
            "ours": ours,
            # There are too few different reports and names of airlines for every question to be new.
            "ours, nothing kept": start("wsgi:app", **NOTHING_KEPT),
        }
        for question in asked.pages[0]:  # a hot question must have been asked once, in a batch too
            one(ours, get(question.ours))
        work = all_work(asked, ours, tutorial)
        if options.before:
            for name, environment in (("ours", {}), ("ours, nothing kept", NOTHING_KEPT)):
                server = Server(
                    "wsgi:app", {"DATABASE_URL": _url_of(options.before), **environment}, on, options.before
                )
                servers[f"before: {name}"] = stack.enter_context(server)
            for question in asked.pages[0]:
                one(servers["before: ours"], get(question.ours))
            work = [part for now in work for part in (now, before(now, servers["before: ours"])) if part]
        run(work, servers, options.rounds, options.seconds)
        return work, ours.memory()


def _url_of(backend: Path) -> str:
    return f"sqlite:///{backend.resolve() / 'instance' / 'roundtrip.sqlite3'}"


def _scaled(url: str, asked: q.Questions, on: tuple[int, ...], options: argparse.Namespace) -> list[Work]:
    """Measure list and detail with few and with ten times as many rows, side by side."""
    if options.no_scaled:
        return []
    with ExitStack() as stack:
        if options.scaled:
            large = f"sqlite:///{Path(options.scaled).resolve()}"
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="roundtrip-bench-"))
            if shutil.disk_usage(folder).free < ROOM:
                print(f"Not measured at {SCALE} times the rows: {folder} has no room for them.", file=sys.stderr)
                return []
            large = f"sqlite:///{folder}/scaled.sqlite3"
            _load(large)
        asked_of_large = q.questions(create_engine(large))
        servers: Mapping[str, Server] = {
            name: stack.enter_context(Server("wsgi:app", {"DATABASE_URL": where, **NOTHING_KEPT}, on))
            for name, where in (("1 x", url), (f"{SCALE} x", large))
        }
        work = [
            Work("list", "1 x", "1 x", q.ours(asked.lists)),
            Work("list", f"{SCALE} x", f"{SCALE} x", q.ours(asked_of_large.lists)),
            Work("detail", "1 x", "1 x", q.ours(asked.details)),
            Work("detail", f"{SCALE} x", f"{SCALE} x", q.ours(asked_of_large.details)),
        ]
        run(work, servers, options.rounds, options.seconds)
        return work


def _load(url: str) -> None:
    """Make a database with ten times the rows."""
    print(f"Loading {SCALE} times the rows into a temporary folder.", file=sys.stderr)
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    for command in (["db", "upgrade"], ["data", "load", "--scale", str(SCALE)]):
        environment = {**without_settings(), "DATABASE_URL": url}
        subprocess.run([*flask, *command], cwd=BACKEND, env=environment, check=True, stdout=sys.stderr)  # noqa: S603 - fixed commands


if __name__ == "__main__":
    sys.exit(main())
