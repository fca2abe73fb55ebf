"""Measures the production topology against lower bounds of its cost, and reports which of its aims are reached.

cd backend && .venv/bin/python -m bench.stack            about four minutes, the start of the topology included
"""

import argparse
import os
import re
import secrets
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import create_engine

from roundtrip.config import Settings

from . import questions as q
from . import report
from .containers import FILE, Containers
from .figures import least, ratio
from .load import Ask, Contender, get, header, one
from .rounds import Work, run
from .servers import BACKEND, Server, cores, on_cores

README = BACKEND.parent / "README.md"
BEGIN, END = "<!-- make bench-stack: begin -->", "<!-- make bench-stack: end -->"
VARNISH_HIT, VARNISH_MISS = b"varnish; hit; ttl=", b"uri-miss; stored, varnish; fwd=uri-miss; stored"
SINGLY = 150  # questions that are asked one after the other in each round
_SPENT = re.compile(r"\b(app|db);dur=([\d.]+)")


def main() -> int:
    """Measure, print, and write the README's table."""
    parser = argparse.ArgumentParser(prog="python -m bench.stack")
    parser.add_argument("--rounds", type=int, default=7, help="the number of rounds (7)")
    parser.add_argument("--seconds", type=float, default=0.8, help="length of a slice of one contender (0.8)")
    parser.add_argument("--no-readme", action="store_true", help="leave the README as it is")
    options = parser.parse_args()
    began, load_before = time.monotonic(), os.getloadavg()[0]
    rounds, seconds = options.rounds, options.seconds
    url = Settings.from_environment().database_url
    asked = q.questions(create_engine(url))
    told: list[report.Aim] = []
    _say("starting the production topology")
    with Containers() as containers:
        _say("at the edge")
        told += _edge(containers, rounds, seconds)
        _say("uncached, on PostgreSQL and on SQLite")
        told += _databases(containers, url, asked, rounds)
        _say("one replica and two")
        told += _replicas(containers, url, asked, rounds, seconds)
    _say("with metrics and without")
    told += _metrics(url, asked, 2 * rounds, seconds / 2)
    table = _table(told, report.machine(load_before, pinned=False), rounds, time.monotonic() - began)
    print(table)
    if not options.no_readme:
        _write(README, table)
    return 0


def _edge(containers: Containers, rounds: int, seconds: float) -> list[report.Aim]:
    """The hot list, which Varnish has, beside the same bytes as a file of the same nginx."""
    server = containers.edge("edge", "varnish")
    work, bodies = [], []
    for contender, path, mark, marks in (("file", FILE, b"", 0), ("ours", q.HOT_LIST.ours, VARNISH_HIT, 1)):
        wire = get(path, Accept_Encoding="br")
        _, head, body = one(server, wire)
        bodies.append(body)
        known = get(path, Accept_Encoding="br", If_None_Match=header(head, "etag"))
        work += [
            Work("hot list", contender, "edge", [Ask(wire, 200, mark, marks)]),
            Work("304", contender, "edge", [Ask(known, 304, mark, marks)]),
        ]
    if bodies[0] != bodies[1]:
        raise ValueError("the file is not what the API answers")
    run(work, {"edge": server}, rounds, seconds)
    files, ours = work[:2], work[2:]
    return [
        report.Aim.at_least(
            f"at the edge, {our.name}: requests a second by CPU, Varnish's hit to the same bytes as a file",
            0.5,
            ratio(theirs.costs, our.costs),
            f"{our.cost * 1000:.0f} us to {theirs.cost * 1000:.0f}; by the clock {ratio(our.rates, theirs.rates)}",
        )
        for our, theirs in zip(ours, files, strict=True)
    ]


def _databases(containers: Containers, url: str, asked: q.Questions, rounds: int) -> list[report.Aim]:
    """The application's overhead on a statement, on PostgreSQL and on SQLite: each question to both, one by one."""
    told = []
    with ExitStack() as stack:
        sqlite = stack.enter_context(Server("wsgi:app", {"DATABASE_URL": url}))
        postgres = stack.enter_context(Server("wsgi:app", {"DATABASE_URL": containers.database_url}))
        statements = stack.enter_context(closing(containers.statements()))
        ways = stack.enter_context(closing(containers.ways()))
        for name, questions in (("list", asked.lists), ("detail", asked.details)):
            rest = iter(questions)
            medians = []  # of each round
            for question in [next(rest) for _ in range(20)]:  # the plan is compiled, the pages are read
                _spent(sqlite, question)
                _spent(postgres, question)
            for _ in range(rounds):
                seen = []
                for question in [next(rest) for _ in range(SINGLY)]:
                    app_sqlite, db_sqlite = _spent(sqlite, question)
                    before = next(statements)
                    app, db = _spent(postgres, question)
                    seen.append((app, next(statements) - before, app - db, app_sqlite - db_sqlite, next(ways)))
                medians.append([median(column) for column in zip(*seen, strict=True)])
            answers, own, around, around_sqlite, way = zip(*medians, strict=True)
            allowed = [a + b for a, b in zip(own, around_sqlite, strict=True)]
            told += [
                report.Aim.at_most(
                    f"{name}, uncached, on PostgreSQL: the answer, to the statement's own time + SQLite's overhead",
                    1,
                    ratio(answers, allowed),
                    f"{median(answers):.2f} ms to {median(own):.2f} + {median(around_sqlite):.2f}; "
                    f"an empty statement takes {median(way):.2f}, there and back",
                ),
                report.Aim.at_most(
                    f"{name}, uncached: overhead around the database, PostgreSQL's to SQLite's",
                    1,
                    ratio(around, around_sqlite),
                    f"{median(around):.2f} ms to {median(around_sqlite):.2f}",
                ),
            ]
    return told


def _spent(server: Contender, question: q.Question) -> tuple[float, float]:
    """Ask once. Return the milliseconds in the application, and of them in the database."""
    status, head, _ = one(server, get(question.ours))
    if status != 200 or q.MISS not in head:
        raise ValueError(f"expected a miss, got {head!r}")
    spent = {name: float(ms) for name, ms in _SPENT.findall(header(head, "server-timing"))}
    return spent["app"], spent["db"]


def _replicas(containers: Containers, url: str, asked: q.Questions, rounds: int, seconds: float) -> list[report.Aim]:
    """Uncached lists of one replica and of two, one process each, beside the tutorial in one process and in two."""
    on = len(os.sched_getaffinity(0))
    # As many as it takes: each is asked once, so that neither Varnish nor the API has it.
    lists = [f"{question.ours}{order}" for order in ("", "&sort=-departure") for question in asked.lists]
    new = [Ask(get(path), mark=VARNISH_MISS, marks=1) for path in lists]
    with ExitStack() as stack:
        servers: dict[str, Contender] = {}
        for n in ("1", "2"):
            # gunicorn.conf.py starts two processes where they share a cache; the tutorial's views ask none here.
            environment = {"DATABASE_URL": url, "WORKERS": n, "CACHE_URL": "redis://unused", "RATE_LIMIT": ""}
            servers[f"tutorial {n}"] = _WithLoad(stack.enter_context(Server("bench.tutorial.app:app", environment)))
        warm = Work("list", "warming up", "ours", new)
        run([warm], {"ours": containers.edge()}, 1, seconds)  # or the pool's connections would not be counted
        servers["ours"] = _WithLoad(containers.edge())
        ours = [Work("list", f"ours, {n}", "ours", new) for n in (1, 2)]
        ours[0].next = ours[1].next = warm.next
        tutorial = [Work("list", f"tutorial, {n}", f"tutorial {n}", q.tutorial(asked.lists)) for n in (1, 2)]
        for _ in range(rounds):
            with containers.one_replica():
                run([ours[0], tutorial[0]], servers, 1, seconds)
            run([ours[1], tutorial[1]], servers, 1, seconds)
    near = [_nearness(one_, two, on) for one_, two in (ours, tutorial)]
    speeds = [
        f"{two.rate / one_.rate:.2f} x ({one_.rate:,.0f} and {two.rate:,.0f} a second)"
        for one_, two in (ours, tutorial)
    ]
    return [
        report.Aim.at_least(
            "list, uncached: two replicas, as near to the cores' limit as the tutorial's two processes",
            1,
            ratio(*near),
            f"{median(near[0]):.0%} of the limit to {median(near[1]):.0%}; {speeds[0]} to {speeds[1]}",
        )
    ]


def _nearness(single: Work, double: Work, cores: int) -> list[float]:
    """Return in each round the rate of two as a share of what two could reach with the CPU that there is.

    By the CPU of a request, as one takes it, load and all, the cores are good for so many; or for twice as many as
    one answers.
    """
    return [
        reached / min(2 * rate, 1000 * cores / cost)
        for reached, rate, cost in zip(double.rates, single.rates, single.costs, strict=True)
    ]


class _WithLoad:
    """A contender whose CPU is counted together with that of the load."""

    def __init__(self, contender: Contender) -> None:
        self.connect = contender.connect
        self._contender = contender

    def cpu_seconds(self) -> float:
        """Return the CPU time of both."""
        return self._contender.cpu_seconds() + time.process_time()


def _metrics(url: str, asked: q.Questions, rounds: int, seconds: float) -> list[report.Aim]:
    """The cost of counting for Prometheus, with everything else as in production."""
    on_server, on_load = cores()
    with ExitStack() as stack:
        production = {
            "DATABASE_URL": url,
            "PROFILE": "production",
            "SECRET_KEY": secrets.token_hex(32),
            "TRUSTED_HOSTS": "bench",
            "RATE_LIMIT": "1000000000/minute",
        }
        servers = {
            metrics: stack.enter_context(Server("wsgi:app", {**production, "METRICS": metrics}, on_server))
            for metrics in ("off", "on")
        }
        for server in servers.values():
            one(server, get(q.HOT_LIST.ours))
        hits = [Work("hit", metrics, metrics, q.ours([q.HOT_LIST], q.HIT)) for metrics in servers]
        misses = [Work("miss", metrics, metrics, q.ours(asked.lists)) for metrics in servers]
        with on_cores(on_load):
            run(hits + misses, servers, rounds, seconds)
    return [
        report.Aim.at_most(
            f"{off.name} of the list: least CPU with metrics, to without",
            1.05,
            least(on.costs, off.costs),
            f"{min(on.costs) * 1000:.0f} us to {min(off.costs) * 1000:.0f}",
        )
        for off, on in (hits, misses)
    ]


def _table(aims: Sequence[report.Aim], machine: dict[str, Any], rounds: int, took: float) -> str:
    lines = [
        f"On {datetime.now().astimezone():%-d %B %Y}, {machine['cpu']}, {machine['cores']} cores for all of it; "
        f"Python {machine['python']}; {rounds} interleaved rounds; load average before and after: "
        f"{machine['load'][0]:.1f}, {machine['load'][1]:.1f}; {took:.0f} s:",
        "",
        "| production topology | asked | measured | that is | reached |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {aim.name} | {aim.asked} | {aim.measured} | {aim.beside} | {aim.reached} |" for aim in aims]
    return "\n".join(lines)


def _write(path: Path, table: str) -> None:
    """Put the table between the marks."""
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{path} has no place for the table: {BEGIN} ... {END}")
    path.write_text(f"{before}{begin}\n{table}\n{end}{after}")


def _say(doing: str) -> None:
    print(f"{doing} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
