"""At expiry: whoever asks next waits for the new entry, or gets the old one while the new is made behind it."""

from concurrent.futures import ThreadPoolExecutor

from roundtrip.http import Answer
from roundtrip.reading import Reader
from roundtrip.techniques.memory_backend import MemoryBackend
from roundtrip.techniques.response_cache import Entry, ResponseCache
from roundtrip.techniques.timing import Timing

from ..experiment import Experiment, Side
from ..reports import compute, entry_of
from ..run import Run
from ..workbench import Workbench

REPORTS = 8  # of which the last entries are at hand, and at most so many are renewed at a time
FRESH_FOR = 60  # seconds


class Expiring:
    """A cache for each side, what the entries held until they expired, and who renews them (as in pipeline.py)."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self.waiting = ResponseCache(MemoryBackend(1_000_000))
        self.renewing = ResponseCache(MemoryBackend(1_000_000))
        self.background = ThreadPoolExecutor(1, "lab-renew")
        self.bodies = [self.computed(number).body for number in range(REPORTS)]

    def computed(self, number: int) -> Entry:
        """Compute a report."""
        return entry_of(compute(Reader(self._bench.database, self._bench.cursors, Timing()), number), FRESH_FOR)

    def expire(self, cache: ResponseCache, number: int) -> str:
        """Let the cache hold an entry that has just expired; return its key."""
        key = f"report {number}"
        cache.put(key, entry_of(self.bodies[number], FRESH_FOR, age=FRESH_FOR))
        return key


def prepare(bench: Workbench) -> None:
    """Compute what the entries hold."""
    bench.app.extensions["lab.stale"] = Expiring(bench)


def wait_for_the_new(run: Run) -> Answer:
    """Take what has expired as if it were not there."""
    expiring = _expiring(run)
    number = run.number % REPORTS
    key = expiring.expire(expiring.waiting, number)
    with run.timing.span("cache"):
        entry = expiring.waiting.get(key)
    if entry is None or expiring.waiting.ttl(entry) <= 0:
        entry = entry_of(compute(run.reader(), number), FRESH_FOR)
        expiring.waiting.put(key, entry)
    run.facts["waited"] = run.timing.statements
    return run.bytes(entry.body)


def old_at_once(run: Run) -> Answer:
    """Give what has just expired, and have a new one made behind it."""
    expiring = _expiring(run)
    number = run.number % REPORTS
    key = expiring.expire(expiring.renewing, number)
    with run.timing.span("cache"):
        entry, how = expiring.renewing.get_or_build(key, lambda: expiring.computed(number))
    if how == "stale":
        expiring.renewing.renew(key, lambda: expiring.computed(number), expiring.background)
    run.timing.cache = how
    run.facts["waited"] = int(how == "miss")
    return run.bytes(entry.body)


def _expiring(run: Run) -> Expiring:
    expiring: Expiring = run.bench.app.extensions["lab.stale"]
    return expiring


EXPERIMENT = Experiment(
    title="Stale while revalidate",
    chapter="Caching",
    shows="A report is asked for just after its entry in the cache expired. Either that request waits for the new "
    "one, or it gets the old one at once and the new one is made behind it.",
    technique=("backend/roundtrip/techniques/response_cache.py", "backend/roundtrip/pipeline.py"),
    sides=(
        Side(
            "wait",
            "Wait for the new one",
            "Takes the expired entry as gone: the request pays for computing it.",
            (
                "browser -> server: report",
                "server -> cache: expired",
                "server -> database: 9,000 flights, added up",
                "server -> cache: keep it",
                "server -> browser: new report",
            ),
            wait_for_the_new,
        ),
        Side(
            "stale",
            "The old one at once",
            "Gives the expired entry, and a thread behind the answer makes the new one.",
            (
                "browser -> server: report",
                "server -> cache: just expired",
                "server -> browser: old report",
                "& server -> database: 9,000 flights, added up",
                "server -> cache: keep it",
            ),
            old_at_once,
        ),
    ),
    explanation=(
        "A cache's entries expire, so that they are not wrong for long. At that moment somebody has bad luck: their "
        "request is slow although all others were quick. Averages hide it; the slowest percent of requests shows it.",
        "stale-while-revalidate (RFC 5861) allows an answer to be used for a while after it expired, as long as a "
        "new one is being fetched. Nobody waits, and the answer is a little older.",
        "Each run begins by putting an entry that has just expired into the cache. The data does not change here, "
        "so old and new are equal. The computing behind one run may slow down the next a little, and counts in its "
        "CPU time.",
    ),
    lesson="If a slightly old answer is good enough, nobody needs to wait for a new one.",
    does_not_pay="Where an old answer is a wrong one, such as a balance or the last free seat. The work is moved, "
    "not saved: the server computes as often as before.",
    prepare=prepare,
)
