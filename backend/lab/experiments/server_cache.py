"""The server's cache: none, values in Flask-Caching, or ready bytes in this process or in a server."""

from typing import Any

from flask import current_app
from flask_caching import Cache
from flask_roundtrip.response_cache import ResponseCache
from flask_roundtrip.shared.store import SharedStore
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import IDENTITY, Answer, Head

from roundtrip.config import Settings

from .. import take_away
from ..experiment import Experiment, Side
from ..files import package
from ..reports import DAY, compute, entry_of, get_or_build, values
from ..run import Run
from ..workbench import Workbench

TRIES = 10  # to find a new entry: a server may be slow once
REPORTS = 8  # so few that the caches hold all of them before the first run
IN_PROCESS = "this process"
TAGS = ("flights",)  # as the product's reports: each look-up reads the version of a tag too
flask_caching = Cache(config={"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": DAY})
_caches: dict[str, ResponseCache] = {}


def prepare(bench: Workbench) -> None:
    """Fill all caches."""
    flask_caching.init_app(bench.app)
    _caches[IN_PROCESS] = _cache_at(bench, "memory:", 1_000_000)
    for name in ("Redis", "Memcached"):
        if name in bench.engines:  # without copies in this process, so that all hits come from the server
            _caches[name] = _cache_at(bench, bench.engines[name], 0)
    with bench.app.app_context():
        for number in range(REPORTS):
            cached_values(number)
            entry = entry_of(compute(_run(bench), number))
            for cache in _caches.values():
                get_or_build(cache, _key(number), lambda entry=entry: entry, Timing(), TAGS)  # type: ignore[misc]  # mypy knows no default in a lambda


def _cache_at(bench: Workbench, url: str, most_bytes: int) -> ResponseCache:
    """Make a response cache, as the setting CACHE_URL does."""
    keeper = Cache(config=Settings(cache_url=url, cache_max_bytes=most_bytes).cache_config())
    keeper.init_app(bench.app)
    backend = bench.app.extensions["cache"][keeper]
    if isinstance(backend, SharedStore):
        bench.opened.callback(backend.close)
    return ResponseCache(backend)


def no_cache(run: Run) -> Answer:
    """Compute the report for each request."""
    return run.bytes(compute(run, run.number % REPORTS))


def cached(run: Run) -> Answer:
    """Take the values from Flask-Caching, which unpickles them, and encode them for each request."""
    with run.timing.span("cache"):
        value = cached_values(run.number % REPORTS)
    return run.json(value)


# The default key is the path without the query: all numbers would get the report of the first.
@flask_caching.cached(make_cache_key=lambda number: f"lab view {number}")
def cached_values(number: int) -> Any:
    """Return the values of the report. A view may return such values, and Flask makes JSON of them."""
    bench: Workbench = current_app.extensions["lab"]
    return values(_run(bench), number)


def ready_bytes(run: Run) -> Answer:
    """Take the bytes of the whole answer from the response cache."""
    return _kept_in(IN_PROCESS, run)


def in_redis(run: Run) -> Answer:
    """Take the bytes from Redis."""
    return _kept_in("Redis", run)


def in_memcached(run: Run) -> Answer:
    """Take the bytes from Memcached."""
    return _kept_in("Memcached", run)


def _kept_in(name: str, run: Run) -> Answer:
    number = run.number % REPORTS
    for _ in range(TRIES):
        entry, how = get_or_build(_caches[name], _key(number), lambda: entry_of(compute(run, number)), run.timing, TAGS)
        if how == "hit":
            return run.bytes(entry.bodies[IDENTITY])
    raise ConnectionError(f"{name} keeps nothing")  # the report was computed, and this side measures hits


def _key(number: int) -> str:
    return f"lab report {number}"


def _run(bench: Workbench) -> Run:
    return Run(bench, Head("GET", ""))


EXPERIMENT = Experiment(
    title="The server's cache",
    chapter="Caching",
    shows=(
        "A report adds up about 10,000 flights, which takes milliseconds. From the server's memory it comes at once: "
        "as values, encoded again for each request, or as the bytes of the answer."
    ),
    technique=(
        package("response_cache.py"),
        package("shared/store.py"),
    ),
    sides=(
        Side(
            "no_cache",
            "No cache",
            "Computes the report for each request.",
            (
                "browser -> server: report",
                "server -> database: 10,000 flights, added up",
                "server -> browser: report",
            ),
            no_cache,
        ),
        Side(
            "cached",
            "Flask-Caching, @cached",
            "Keeps the view's return value, pickled, in a SimpleCache. Each request unpickles and encodes it again.",
            (
                "browser -> server: report",
                "server -> cache: the values, pickled",
                "server -> browser: unpickled and encoded",
            ),
            cached,
        ),
        Side(
            "memcached",
            "Ready bytes in Memcached",
            "Keeps the bytes of the answer in a server that all processes share.",
            (
                "browser -> server: report",
                "server -> cache: the answer's bytes, over a socket",
                "server -> browser: report",
            ),
            in_memcached,
            needs="Memcached",
        ),
        Side(
            "redis",
            "Ready bytes in Redis",
            "The same in Redis. Redis also keeps the leases of the processes that build.",
            (
                "browser -> server: report",
                "server -> cache: the answer's bytes, over a socket",
                "server -> browser: report",
            ),
            in_redis,
            needs="Redis",
        ),
        Side(
            "ready_bytes",
            "Ready bytes",
            "Keeps the bytes of the answer in this process, as the product's response cache does by default.",
            (
                "browser -> server: report",
                "server -> cache: the answer's bytes",
                "server -> browser: report",
            ),
            ready_bytes,
        ),
    ),
    explanation=(
        (
            "Many people ask the same question, and its answer changes seldom. A cache keeps the answer under a key, "
            "made of the question. The next person gets the kept answer, and the database does nothing."
        ),
        (
            "The form of the kept answer matters. Flask-Caching's @cached keeps the values of a view. Each request "
            "must unpickle them and turn them into JSON again. If the cache keeps the bytes of the answer, a hit has "
            "nothing left to do."
        ),
        (
            "A cache in the process is the nearest. But each process has its own, and the cache ends with the "
            "process. A cache server is shared by all processes, and costs a request over a socket for each hit. The "
            "product keeps copies in front of it for a second."
        ),
        (
            "This experiment measures hits only: all caches are filled before the first run. The next experiments "
            "show a cache without the entry."
        ),
    ),
    lesson="Keep the finished answer, as close to the network as you can.",
    take_away=(take_away.CACHED, take_away.REDIS, take_away.MEMCACHED, take_away.TAGS, take_away.PRIVATE),
    does_not_pay=(
        "Where nearly every question is different, where the answer must be of this very moment, or where to compute "
        "it costs no more than to find it."
    ),
    prepare=prepare,
)
