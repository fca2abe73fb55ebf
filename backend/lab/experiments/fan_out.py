"""Five answers from a slow service: one after another, in threads, or on an event loop."""

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
    """Let one thread wait for all calls at once. A session belongs to its loop, and Flask makes one for each view."""
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
    shows="A view needs five answers of another service, which takes 40 milliseconds for each. One after another "
    "that is 200 milliseconds; together it is a little more than 40.",
    technique=(package("batch.py"),),
    sides=(
        Side(
            "one_by_one",
            "One after another",
            "Calls, waits, calls again.",
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
            "One thread, whose event loop waits for all five calls.",
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
            "A thread for each call, over connections that are kept.",
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
        "While a program waits for another computer its processor has nothing to do. Calls that do not need each "
        "other's answers can wait together: then the slowest of them decides, not their sum.",
        "Threads do it, and so does an event loop; for five calls there is little between them. Under a WSGI server "
        "Flask makes a new event loop for each async view, so its HTTP client must connect anew each time. Threads "
        "share a pool of open connections.",
        "The product does the same with the parts of a batch: each is answered in a thread of its own as soon as one "
        "is free.",
    ),
    lesson="Begin every call that needs no other's answer, then wait once.",
    instead="Take ThreadPoolExecutor of Python's standard library, and a client that keeps connections: urllib3.",
    does_not_pay="Where one call needs the answer of the one before, where the service allows few at a time, or "
    "where the time goes into computing: Python's threads share one interpreter.",
)
