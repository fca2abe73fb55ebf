"""The results as tables, as JSON, and compared with each aim."""

import os
import platform
import sqlite3
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .figures import Ratio, ratio
from .load import CONNECTIONS
from .rounds import Work

MOST_MEMORY = 120  # MiB
MOST_GROWTH = 1.2
LEAST_OF_BEFORE = 0.97
PACKAGES = ("flask", "werkzeug", "gunicorn", "sqlalchemy", "marshmallow", "flask-caching", "orjson")


@dataclass(frozen=True)
class Result:
    """All results of one run."""

    machine: dict[str, Any]
    rounds: int
    seconds: float
    took: float
    work: list[Work]
    scaled: list[Work]
    memory: dict[str, float]


@dataclass(frozen=True)
class Aim:
    """One aim, and the measured value."""

    name: str
    asked: str
    measured: str
    beside: str  # the same by the clock; or in milliseconds
    reached: str  # yes, no; "narrowly" where the interval holds the limit

    @classmethod
    def at_least(cls, name: str, least: float, measured: Ratio, beside: object) -> "Aim":
        """Ask for a ratio of at least so much."""
        sure = measured.low >= least or measured.high < least
        reached = "yes" if measured.value >= least else "no"
        return cls(name, f">= {least:g}", str(measured), str(beside), reached if sure else f"{reached}, narrowly")

    @classmethod
    def at_most(cls, name: str, most: float, measured: Ratio, beside: str = "") -> "Aim":
        """Ask for a ratio of at most so much."""
        sure = measured.high <= most or measured.low > most
        reached = "yes" if measured.value <= most else "no"
        return cls(name, f"<= {most:.3g}", str(measured), beside, reached if sure else f"{reached}, narrowly")


def aims(result: Result) -> list[Aim]:
    """Return every aim with the measured value.

    Requests a second are counted by the CPU seconds of the worker, so that other work on the machine does not change
    them. The value by the clock stands beside; on a quiet machine both agree.
    """

    def faster(name: str, to: str, least: float) -> Aim:
        ours, theirs = _find(result.work, name, "ours"), _find(result.work, name, to)
        by_cpu, by_clock = ratio(theirs.costs, ours.costs), ratio(ours.rates, theirs.rates)
        return Aim.at_least(f"{name}: requests a second, ours to {to}", least, by_cpu, by_clock)

    def cheaper(name: str, to: str, most: float, of: str = "") -> Aim:
        batch, six = _find(result.work, name, "ours, one batch"), _find(result.work, of or name, to)
        title = f"{name}: CPU, one batch to {'our' if to == 'ours, singly' else 'tutorial'} six"
        return Aim.at_most(f"{title}{', nothing cached' if of else ''}", most, ratio(batch.costs, six.costs))

    told = [
        faster("list", "tutorial", 4),
        faster("detail", "tutorial", 2.4),
        faster("report", "tutorial", 3),
        faster("hot", "bare WSGI", 0.9),
        faster("hot", "tutorial", 2),
        faster("304", "bare WSGI", 0.9),
        faster("304", "tutorial", 2),
        cheaper("page, hot", "ours, singly", 1 / 3),
        cheaper("page, hot", "tutorial", 1 / 10),
        cheaper("page, hot", "tutorial", 1 / 10, of="page, cold"),  # tutorials cache a route or two, not six
        cheaper("page, cold", "ours, singly", 1 / 3),
        cheaper("page, cold", "tutorial", 1 / 10),
    ]
    for now in result.work:
        earlier = [
            work for work in result.work if (work.name, work.contender) == (now.name, f"before: {now.contender}")
        ]
        if earlier:
            by_cpu, by_clock = ratio(earlier[0].costs, now.costs), ratio(now.rates, earlier[0].rates)
            name = f"{now.name}, {now.contender}: requests a second, now to before"
            told.append(Aim.at_least(name, LEAST_OF_BEFORE, by_cpu, by_clock))
    for name in ("list", "detail") if result.scaled else ():
        small, large = (_find(result.scaled, name, scale) for scale in ("1 x", "10 x"))
        told.append(Aim.at_most(f"{name}: CPU, 10 x the rows to 1 x", MOST_GROWTH, ratio(large.costs, small.costs)))
    if result.memory:
        reached = "yes" if result.memory["rss"] <= MOST_MEMORY else "no"
        measured = f"{result.memory['rss']:.0f} MiB (PSS {result.memory['pss']:.0f})"
        told.append(Aim("memory of our worker at the end", f"<= {MOST_MEMORY} MiB", measured, "", reached))
    return told


def as_markdown(result: Result) -> str:
    """Return the tables for people."""
    machine = result.machine
    lines = [
        f"{machine['cpu']}, {machine['cores']} cores; Python {machine['python']}, SQLite {machine['sqlite']}; "
        + ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
        + ".",
        f"{result.rounds} interleaved rounds of {result.seconds:g} s each, {CONNECTIONS} connections, "
        "one gthread worker"
        + (", server and load on a core each" if machine["pinned"] else "")
        + f"; load average before and after: {machine['load'][0]:.1f}, {machine['load'][1]:.1f}; "
        f"the whole run took {result.took:.0f} s.",
        "",
        "| work | contender | a second | CPU ms | busy |",
        "|---|---|--:|--:|--:|",
    ]
    lines += [
        f"| {work.name} | {work.contender} | {work.rate:,.0f} | {work.cost:.3f} | {work.busy:.0%} |"
        for work in (*result.work, *result.scaled)
    ]
    lines += ["", "| aim | asked | measured | by the clock | reached |", "|---|---|---|---|---|"]
    lines += [f"| {aim.name} | {aim.asked} | {aim.measured} | {aim.beside} | {aim.reached} |" for aim in aims(result)]
    return "\n".join(lines) + "\n"


def as_json(result: Result) -> dict[str, Any]:
    """Return everything, each round included, for programs."""
    return {
        "machine": result.machine,
        "rounds": result.rounds,
        "seconds": result.seconds,
        "took": result.took,
        "work": [_work_as_json(work) for work in result.work],
        "scaled": [_work_as_json(work) for work in result.scaled],
        "memory": result.memory,
        "aims": [vars(aim) for aim in aims(result)],
    }


def machine(load_before: float, pinned: bool) -> dict[str, Any]:
    """Describe the machine of the measurement."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line]
    return {
        "cpu": names[0] if names else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "packages": {name: version(name) for name in PACKAGES},
        "load": [load_before, os.getloadavg()[0]],
        "pinned": pinned,
    }


def _find(all_work: list[Work], name: str, contender: str) -> Work:
    return next(work for work in all_work if (work.name, work.contender) == (name, contender))


def _work_as_json(work: Work) -> dict[str, Any]:
    return {
        "work": work.name,
        "contender": work.contender,
        "rate": work.rate,
        "cpu_ms": work.cost,
        "busy": work.busy,
        "rates": work.rates,
        "cpu_ms_each": work.costs,
    }
