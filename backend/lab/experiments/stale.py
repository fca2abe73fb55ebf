"""An expired entry: the next request waits for the new one, or gets the old one while a thread builds the new one."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from flask_roundtrip.response_cache import Entry, MemoryStore, ResponseCache
from flask_roundtrip.wire import IDENTITY, Answer, Head

from .. import take_away
from ..experiment import Experiment, Side
from ..files import package
from ..reports import compute, entry_of, get_or_build
from ..run import Run
from ..workbench import Workbench

REPORTS = 8  # different reports, and at most as many renewals at a time
FRESH_FOR = 60  # seconds
LONGEST_RENEWAL = 10  # seconds
WAIT = 1  # the part that waits for the background work of the part before; it is not measured


class Expiring:
    """A cache for each side, the bytes of the expired entries, and the thread that renews them (as in respond.py)."""

    def __init__(self, bench: Workbench) -> None:
        self.waiting = ResponseCache(MemoryStore(1_000_000))
        self.renewing = ResponseCache(MemoryStore(1_000_000))
        self.background = ThreadPoolExecutor(1, "lab-renew")
        self.bodies = [compute(Run(bench, Head("GET", "")), number) for number in range(REPORTS)]
        self.renewed: tuple[Run, float] | None = None  # background work and its CPU time, until a run reports it

    def expire(self, cache: ResponseCache, number: int) -> str:
        """Put an entry into the cache that has just expired; return its key."""
        key = f"report {number}"
        cache.put(key, entry_of(self.bodies[number], FRESH_FOR, age=FRESH_FOR))
        return key

    def renew(self, run: Run, key: str) -> None:
        """Build a new entry in the background."""

        def computed() -> Entry:
            behind = Run(run.bench, run.head)
            body = compute(behind, run.number % REPORTS)
            self.renewed = behind, behind.cpu
            return entry_of(body, FRESH_FOR)

        self.renewing.renew(key, (), computed, self.background)

    def tell_renewed(self, run: Run) -> None:
        """Add the background work of the run before to this run, but not its time: nobody waited for it."""
        renewed, self.renewed = self.renewed, None
        if renewed is not None:
            behind, cpu = renewed
            run.rows += behind.rows
            run.spent_elsewhere += cpu
            run.timing.statements += behind.timing.statements
            run.timing.spans.setdefault("db", 0.0)

    def wait(self) -> None:
        """Return when no entry is being built in the background."""
        self.background.submit(lambda: None).result(timeout=LONGEST_RENEWAL)


def prepare(bench: Workbench) -> None:
    """Compute the bytes of the entries."""
    bench.app.extensions["lab.stale"] = Expiring(bench)


def wait_for_the_new(run: Run) -> Answer:
    """Treat an expired entry as missing."""
    expiring = _expiring(run)
    number = run.number % REPORTS
    key = expiring.expire(expiring.waiting, number)
    with run.timing.span("cache"):
        entry = expiring.waiting.get(key)
    if entry is None or expiring.waiting.ttl(entry) <= 0:
        entry = _new_entry(run, number)
        expiring.waiting.put(key, entry)
    return run.bytes(entry.bodies[IDENTITY])


def old_at_once(run: Run) -> Answer:
    """Answer with the expired entry, and build a new one in the background."""
    expiring = _expiring(run)
    if run.part == WAIT:
        expiring.wait()
        return run.json({})
    expiring.tell_renewed(run)
    number = run.number % REPORTS
    key = expiring.expire(expiring.renewing, number)
    build = partial(_new_entry, run, number)
    entry, how = get_or_build(expiring.renewing, key, build, run.timing)
    if how == "stale":
        expiring.renew(run, key)
    return run.bytes(entry.bodies[IDENTITY])


def _new_entry(run: Run, number: int) -> Entry:
    return entry_of(compute(run, number), FRESH_FOR)


def _expiring(run: Run) -> Expiring:
    expiring: Expiring = run.bench.app.extensions["lab.stale"]
    return expiring


EXPERIMENT = Experiment(
    title="Stale while revalidate",
    chapter="Caching",
    shows=(
        "A request asks for a report just after its cache entry expired. Either the request waits for the new entry, "
        "or it gets the old one at once and a thread builds the new one."
    ),
    technique=(package("response_cache.py"), package("respond.py")),
    sides=(
        Side(
            "wait",
            "Wait for the new one",
            "Treats the expired entry as missing. The request waits until the report is computed.",
            (
                "browser -> server: report",
                "server -> cache: expired",
                "server -> database: 10,000 flights, added up",
                "server -> cache: keep it",
                "server -> browser: new report",
            ),
            wait_for_the_new,
        ),
        Side(
            "stale",
            "The old one at once",
            "Answers with the expired entry. A background thread builds the new one.",
            (
                "browser -> server: report",
                "server -> cache: just expired",
                "server -> browser: old report",
                "& server -> database: 10,000 flights, added up",
                "server -> cache: keep it",
            ),
            old_at_once,
        ),
    ),
    explanation=(
        (
            "Cache entries expire, so that they are not wrong for long. At that moment one request is slow, although "
            "all others were fast. An average hides it; the slowest percent of requests shows it."
        ),
        (
            "stale-while-revalidate (RFC 5861) allows a cache to give an answer for some time after it expired, "
            "while it builds a new one. Nobody waits, and the answer is a little older."
        ),
        (
            "Each run first puts an entry that has just expired into the cache. The data does not change here, so "
            "the old and the new report are equal. Before the page measures the next run, it waits for the end of "
            "the background work. The next run of that side reports the statement, the rows and the CPU time of this "
            "work. So all the work is counted, but nobody waits for it."
        ),
    ),
    lesson="If a slightly old answer is good enough, nobody needs to wait for a new one.",
    take_away=(take_away.CACHED,),
    does_not_pay=(
        "Where an old answer is a wrong one, such as a balance or the last free seat. The work moves to the "
        "background; the server computes as often as before."
    ),
    prepare=prepare,
)
