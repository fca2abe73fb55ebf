"""The number of waiting requests in one worker: one, one for each thread, or one for each task of an event loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask_roundtrip.wire import Answer

from ..calling import fetch, fetch_async, session, urls
from ..experiment import Experiment, Side
from ..run import Run
from ..workbench import SQLITE

REQUESTS = 24
THREADS = 4  # of a small worker
DELAY = 50  # milliseconds that each request waits


def one_thread(run: Run) -> Answer:
    """Answer 24 requests as a worker with one thread does: the next starts after the one before."""
    with run.timing.span("upstream"):
        answers = [fetch(url) for url in urls(run, REQUESTS, DELAY)]
    return _told(run, answers)


def four_threads(run: Run) -> Answer:
    """Answer them as a worker with four threads does."""
    with run.timing.span("upstream"), ThreadPoolExecutor(THREADS, "waiting") as threads:
        answers = list(threads.map(fetch, urls(run, REQUESTS, DELAY)))
    return _told(run, answers)


async def event_loop(run: Run) -> Answer:
    """Answer them as an asynchronous worker does: one task for each, all in one thread."""
    with run.timing.span("upstream"):
        async with session() as calls:
            answers = await asyncio.gather(*(fetch_async(calls, url) for url in urls(run, REQUESTS, DELAY)))
    return _told(run, answers)


def _told(run: Run, answers: list[Any]) -> Answer:
    run.facts["calls"] = len(answers)
    return run.json({"items": answers})


EXPERIMENT = Experiment(
    title="Waiting requests in one worker",
    chapter="Asynchrony",
    shows=(
        "Twenty-four requests arrive at once, and each waits 50 milliseconds for another service. One thread takes "
        "24 times as long as one request, four threads six times, an event loop about once."
    ),
    technique=("backend/gunicorn.conf.py",),
    sides=(
        Side(
            "one_thread",
            "One thread",
            "Each request waits until the one before it is done.",
            (
                "browser -> server: let 24 requests arrive",
                "server -> server: a request ×24",
                "server -> upstream: one at a time ×24",
                "server -> browser: what all got",
            ),
            one_thread,
            needs=SQLITE,
        ),
        Side(
            "four_threads",
            "Four threads",
            "Four requests wait at a time, and the others queue.",
            (
                "browser -> server: let 24 requests arrive",
                "server -> server: a request ×24",
                "server -> upstream: four at a time ×6",
                "server -> browser: what all got",
            ),
            four_threads,
            needs=SQLITE,
        ),
        Side(
            "event_loop",
            "One event loop",
            "All 24 wait at the same time in one thread.",
            (
                "browser -> server: let 24 requests arrive",
                "server -> server: a request ×24",
                "server -> upstream: 24 at a time",
                "server -> browser: what all got",
            ),
            event_loop,
            needs=SQLITE,
        ),
    ),
    explanation=(
        (
            "A thread that waits for another service can do nothing else. A worker with four threads holds four "
            "requests. The fifth request waits in a queue, although the processor is idle. (This server has sixteen "
            "threads.)"
        ),
        (
            "On an event loop a waiting request is only a small object. One thread holds thousands of them, as long "
            "as none of them computes for long. While one computes, all others stand still."
        ),
        (
            "The server plays the 24 requests inside itself, in the manner of each side, so that only the manner "
            "differs. A browser would open six connections and keep the other requests waiting itself. So it sends "
            "one request, and the server answers when the last of the 24 is done."
        ),
    ),
    lesson="For much waiting and little computing, an event loop holds more requests than threads do.",
    instead="Take gunicorn's gthread worker with more threads, or an asynchronous framework such as Quart.",
    does_not_pay=(
        "Where requests wait little. Most answers of this product come from SQLite or from memory in less than a "
        "millisecond. There is no waiting to overlap, and a few threads are enough."
    ),
    heavy=True,
)
