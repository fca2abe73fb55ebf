"""Reads what `make profile URL=... [WITH=...] [TIMES=...] [CACHED=1]` was given, and says where the profile is.

Each profiler slows down what it looks at, so the same requests run without it first, and the report has both times.
The profile is of uncached answers, unless CACHED=1: a cached one is ready bytes.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import perf_counter_ns
from typing import NamedTuple

from roundtrip import create_app
from roundtrip.config import INSTANCE, Settings

from .question import Question
from .tools import TOOLS, Asked

FOLDER = INSTANCE / "profiles"
MOST = 100_000


class Order(NamedTuple):
    """The checked arguments of the command."""

    url: str
    tool: str
    times: int
    is_cached: bool


def main(environment: Mapping[str, str], folder: Path = FOLDER) -> None:
    """Profile, and print the report. Raises SystemExit with one sentence where that cannot be."""
    order = ordered(environment)
    question = Question(create_app(Settings.from_environment()), order.url, order.is_cached)
    question.try_once()
    plain = timed(question, order.times)
    folder.mkdir(parents=True, exist_ok=True)
    under: list[float] = []
    made = TOOLS[order.tool](
        Asked(order.url, order.times, question, lambda: under.extend(timed(question, order.times))), folder
    )
    print(
        f"{order.times} requests, {'cached' if order.is_cached else 'uncached'}: {median(plain):.3f} ms each (median)."
    )
    if under:
        slower = median(under) / median(plain)
        print(f"Under {order.tool} {median(under):.3f} ms, {slower:.1f} times as long.")
    print(made.said)
    for file in made.files:
        print(f"Saved: {os.path.relpath(file, INSTANCE.parent.parent)}")


def timed(question: Question, times: int) -> list[float]:
    """Return the milliseconds that each of so many requests took."""
    spent = []
    for _ in range(times):
        question.prepare()
        began = perf_counter_ns()
        question.ask()
        spent.append((perf_counter_ns() - began) / 1e6)
    return spent


def ordered(environment: Mapping[str, str]) -> Order:
    """Return the order. Raises SystemExit that names the first thing that is wrong, and what would do."""
    url = environment.get("URL", "").strip()
    tool = environment.get("WITH", "") or "pyinstrument"
    times = environment.get("TIMES", "") or "200"
    if not url:
        sys.exit("URL is missing: make profile URL='/api/v1/flights?origin=JFK&limit=50'")
    if (
        not url.startswith("/")
        or url.startswith("//")
        or not (url.isascii() and url.isprintable())
        or set(url) & set(' "#<>')
    ):
        sys.exit(f"URL: expected a path of this application with its query, such as /api/v1/airlines, got {url!r}.")
    if tool not in TOOLS:
        sys.exit(f"WITH: expected {', '.join(TOOLS)}, got {tool!r}.")
    if not (times.isascii() and times.isdecimal() and 1 <= int(times) <= MOST):
        sys.exit(f"TIMES: expected a whole number from 1 to {MOST}, got {times!r}.")
    cached = environment.get("CACHED", "")
    if cached not in ("", "0", "1"):
        sys.exit(f"CACHED: expected 1 or 0, got {cached!r}.")
    return Order(url, tool, int(times), cached == "1")


if __name__ == "__main__":
    main(os.environ)
