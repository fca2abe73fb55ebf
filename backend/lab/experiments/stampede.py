"""The stampede: fifty threads miss one key at once. Each computes the entry, or one computes and the others wait."""

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
    """Look, compute a missing entry, keep it. No thread knows that others compute the same."""
    cache, key, computations = _cold(run)

    def ask() -> Entry:
        entry = cache.get(key)
        if entry is None:
            entry = computations.entry()
            cache.put(key, entry)
        return entry

    return computations.told(_all_at_once(ask))


def single_flight(run: Run) -> Answer:
    """Look, and let one of the threads that miss compute."""
    cache, key, computations = _cold(run)
    return computations.told(_all_at_once(lambda: get_or_build(cache, key, computations.entry, Timing())[0]))


def _cold(run: Run) -> tuple[ResponseCache, str, Computations]:
    """Return an empty cache, the key that all threads ask for, and the function that computes its entry."""
    return ResponseCache(MemoryStore(1_000_000)), f"report {run.number}", Computations(run)


def _all_at_once(ask: Callable[[], Entry]) -> bytes:
    """Return the answer of all threads; all get the same."""
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
    shows=(
        "Fifty requests ask for the same report at a moment when the cache does not have it. Without single flight "
        "the server computes it up to fifty times at once. With single flight it computes it once."
    ),
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
            "The first thread that finds nothing computes. The others wait for its result.",
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
        (
            "A popular entry expires. Until one request has computed it again, all other requests find the cache "
            "empty too, and start the same work. They share the processor and the database, so each takes longer, "
            "and meanwhile more requests arrive."
        ),
        (
            "Single flight keeps a list of the keys that are being computed. A request that misses such a key waits "
            "for the computation in progress, and does not start another."
        ),
        (
            "The fifty threads start inside the server, and a barrier lets them go together. A browser opens only "
            "six connections to a server, and this server has sixteen threads, so fifty requests could not meet. The "
            "browser sends one request. The server answers it when all fifty threads have their report."
        ),
        (
            "Computations, statements and rows are the sums of all threads. The time in the database is that of the "
            "slowest thread, because the threads overlap."
        ),
    ),
    lesson="Let one request compute, and let the others wait for it.",
    take_away=(take_away.CACHED,),
    does_not_pay=(
        "Where requests for one key seldom meet, or where the computation ends before the next request arrives. "
        "Several processes still compute once each, unless they share a lock."
    ),
    heavy=True,
)
