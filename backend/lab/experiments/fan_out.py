"""Five answers of a slow service: one after another, in threads, or on an event loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask_roundtrip.wire import Answer

from ..calling import fetch, fetch_async, session, urls
from ..experiment import Experiment, Side
from ..files import package
from ..run import Run
from ..workbench import SQLITE

CALLS = 5
DELAY = 40  # milliseconds that the service takes for each


def one_after_another(run: Run) -> Answer:
    """Wait for each call before the next begins."""
    with run.timing.span("upstream"):
        answers = [fetch(url) for url in urls(run, CALLS, DELAY)]
    return _told(run, answers)


def in_threads(run: Run) -> Answer:
    """Let a thread wait for each call."""
    with run.timing.span("upstream"), ThreadPoolExecutor(CALLS, "fan-out") as threads:
        answers = list(threads.map(fetch, urls(run, CALLS, DELAY)))
    return _told(run, answers)


async def on_an_event_loop(run: Run) -> Answer:
    """Let one thread wait for all calls at once. Each view gets an event loop from Flask, and each loop a session."""
    with run.timing.span("upstream"):
        async with session() as calls:
            answers = await asyncio.gather(*(fetch_async(calls, url) for url in urls(run, CALLS, DELAY)))
    return _told(run, answers)


def _told(run: Run, answers: list[Any]) -> Answer:
    run.facts["calls"] = len(answers)
    return run.json({"items": answers})


EXPERIMENT = Experiment(
    title="Waiting for five at once",
    chapter="Asynchrony",
    shows=(
        "A view needs five answers of another service, and the service takes 40 milliseconds for each. One after "
        "another that is 200 milliseconds. Together it is a little more than 40."
    ),
    technique=(package("batch.py"),),
    sides=(
        Side(
            "one_by_one",
            "One after another",
            "Calls, waits for the answer, calls again.",
            (
                "browser -> server: five hours of weather",
                "server -> upstream: first hour",
                "server -> upstream: second hour",
                "server -> upstream: third hour",
                "server -> upstream: fourth hour",
                "server -> upstream: fifth hour",
                "server -> browser: all five",
            ),
            one_after_another,
            needs=SQLITE,
        ),
        Side(
            "asyncio",
            "An async view",
            "One thread. Its event loop waits for all five calls.",
            (
                "browser -> server: five hours of weather",
                "server -> upstream: first hour",
                "& server -> upstream: second hour",
                "& server -> upstream: third hour",
                "& server -> upstream: fourth hour",
                "& server -> upstream: fifth hour",
                "server -> browser: all five",
            ),
            on_an_event_loop,
            needs=SQLITE,
        ),
        Side(
            "threads",
            "Five threads",
            "One thread for each call, over connections that stay open.",
            (
                "browser -> server: five hours of weather",
                "server -> upstream: first hour",
                "& server -> upstream: second hour",
                "& server -> upstream: third hour",
                "& server -> upstream: fourth hour",
                "& server -> upstream: fifth hour",
                "server -> browser: all five",
            ),
            in_threads,
            needs=SQLITE,
        ),
    ),
    explanation=(
        (
            "While a program waits for another computer, its processor is idle. Calls that do not need each other's "
            "answers can wait at the same time. The total is then the time of the slowest call, not the sum."
        ),
        (
            "Threads do this, and so does an event loop. For five calls the two are nearly equal. Under a WSGI "
            "server Flask makes a new event loop for each async view, so the HTTP client must open new connections "
            "each time. Threads share a pool of open connections."
        ),
        (
            "The product does the same with the parts of a batch: each part runs in a thread of its own, as soon as "
            "one is free."
        ),
    ),
    lesson="Start all calls that do not need each other's answers, then wait once.",
    instead="Take ThreadPoolExecutor of Python's standard library, and a client that keeps connections: urllib3.",
    does_not_pay=(
        "Where one call needs the answer of another, where the service allows few calls at a time, or where the "
        "program computes instead of waiting: Python's threads share one interpreter."
    ),
)
