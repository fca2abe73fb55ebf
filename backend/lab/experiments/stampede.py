"""The stampede: fifty threads miss one key at once, and each computes it; or one computes and the others wait."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask_roundtrip.response_cache import Entry, MemoryStore, ResponseCache
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import IDENTITY, Answer

from .. import take_away
from ..experiment import Experiment, Side
from ..files import package
from ..reports import Computations, get_or_build
from ..run import Run
from ..workbench import MOST_THREADS, SQLITE

THREADS = MOST_THREADS


def get_compute_put(run: Run) -> Answer:
    """Look, compute what is not there, keep it: nobody knows that others are computing the same."""
    cache, key, computations = _cold(run)

    def ask() -> Entry:
        entry = cache.get(key)
        if entry is None:
            entry = computations.entry()
            cache.put(key, entry)
        return entry

    return computations.told(_all_at_once(ask))


def single_flight(run: Run) -> Answer:
    """Look, and let one of all who miss compute."""
    cache, key, computations = _cold(run)
    return computations.told(_all_at_once(lambda: get_or_build(cache, key, computations.entry, Timing())[0]))


def _cold(run: Run) -> tuple[ResponseCache, str, Computations]:
    """Return a cache that nobody has asked yet, the key that all ask for, and what computes its entry."""
    return ResponseCache(MemoryStore(1_000_000)), f"report {run.number}", Computations(run)


def _all_at_once(ask: Callable[[], Entry]) -> bytes:
    """Return what all threads got, which is the same for each."""
    start = Barrier(THREADS)

    def one() -> bytes:
        start.wait(timeout=10)
        return ask().bodies[IDENTITY]

    with ThreadPoolExecutor(THREADS, "stampede") as threads:
        asked = [threads.submit(one) for _ in range(THREADS)]
    bodies = {future.result() for future in asked}
    if len(bodies) != 1:
        raise AssertionError(f"expected one answer for all, got {len(bodies)}")
    return bodies.pop()


EXPERIMENT = Experiment(
    title="The stampede",
    chapter="Caching",
    shows="Fifty requests ask for the same report in the moment when the cache does not have it. Without care it is "
    "computed up to fifty times at once; with single flight, once.",
    technique=(package("response_cache.py"),),
    sides=(
        Side(
            "get_compute_put",
            "Get, compute, put",
            "Each of fifty threads finds nothing and computes the report.",
            (
                "browser -> server: let fifty ask",
                "server -> server: a thread asks ×50",
                "server -> cache: is it there? ×50",
                "server -> database: 10,000 flights, added up ×50",
                "server -> cache: keep it ×50",
                "server -> browser: the report that all got",
            ),
            get_compute_put,
            needs=SQLITE,
        ),
        Side(
            "single_flight",
            "Single flight",
            "The first that finds nothing computes; the others wait for what it gets.",
            (
                "browser -> server: let fifty ask",
                "server -> server: a thread asks ×50",
                "server -> cache: is it there? ×50",
                "server -> database: 10,000 flights, added up",
                "server -> cache: keep it",
                "server -> browser: the report that all got",
            ),
            single_flight,
        ),
    ),
    explanation=(
        "A popular entry expires. Until the first request has computed it anew, all others find the cache empty, "
        "too, and start the same work. They share the processor and the database, so each takes longer, and "
        "meanwhile more arrive.",
        "Single flight keeps a list of what is being computed. Whoever misses a key that is on the list waits for "
        "that computation instead of starting another.",
        "The fifty threads are started inside the server and let go together: a browser opens only six connections "
        "to a server, and this one has four threads, so that fifty requests could not meet. One request of the "
        "browser starts them, and is answered when all have their report.",
        "Computations, statements and rows are those of all threads together; the time in the database is that of "
        "the slowest thread, since they overlap.",
    ),
    lesson="Let one compute, and the others wait for it.",
    take_away=(take_away.CACHED,),
    does_not_pay="Where requests for one key seldom meet, or where the computation is so short that it ends before "
    "the next arrives. Over several processes each still computes once, unless they share a lock.",
    heavy=True,
)
