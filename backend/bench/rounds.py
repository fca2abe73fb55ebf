"""The measurements: each piece of work of each contender, in interleaved rounds."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median

from . import questions as q
from .load import Ask, Contender, Slice, drive, get, header, one

LEAST_MARKED = 0.9  # of the answers must have come by the measured path; of 36 reports some are asked at the same time


@dataclass
class Work:
    """One contender's part in one piece of work."""

    name: str  # list, detail, ...
    contender: str
    server: str
    asks: Sequence[Ask]
    requests: int = 1  # requests in one unit of work: six for a page without a batch
    slices: list[Slice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.next: Iterator[Ask] = cycle(self.asks)  # goes on from round to round

    @property
    def rates(self) -> list[float]:
        """Units of work in a second, in each round."""
        return [part.requests / part.seconds / self.requests for part in self.slices]

    @property
    def costs(self) -> list[float]:
        """Milliseconds of the server's CPU for a unit of work, in each round."""
        return [part.cpu * 1000 * self.requests / part.requests for part in self.slices]

    @property
    def rate(self) -> float:
        """The median of the rates."""
        return median(self.rates)

    @property
    def cost(self) -> float:
        """The median of the costs."""
        return median(self.costs)

    @property
    def busy(self) -> float:
        """The share of its core that the server had: less than 0.9 means that other programs used the core."""
        return median(part.cpu / part.seconds for part in self.slices)


def all_work(asked: q.Questions, ours: Contender, tutorial: Contender) -> list[Work]:
    """Return the parts to measure."""
    page = asked.pages[0]
    six_cold = [question for page in asked.pages for question in page]
    _, head, _ = one(ours, get(q.HOT_LIST.ours))
    etag = header(head, "etag")
    _, head, _ = one(tutorial, get(f"/etag{q.HOT_LIST.tutorial}"))
    etag_of_tutorial = header(head, "etag")
    hot_304 = Ask(get(q.HOT_LIST.ours, If_None_Match=etag), 304, q.HIT, 1)
    hot_304_of_tutorial = Ask(get(f"/etag{q.HOT_LIST.tutorial}", If_None_Match=etag_of_tutorial), 304)
    constant = [Ask(get(q.HOT_LIST.ours))]  # the same request as ours, whose answer looks at none of it
    constant_304 = [Ask(get(q.HOT_LIST.ours, If_None_Match=etag))]
    return [
        Work("list", "tutorial", "tutorial", q.tutorial(asked.lists)),
        Work("list", "ours", "ours", q.ours(asked.lists)),
        Work("detail", "tutorial", "tutorial", q.tutorial(asked.details)),
        Work("detail", "ours", "ours", q.ours(asked.details)),
        Work("report", "tutorial", "tutorial", q.tutorial(asked.reports)),
        Work("report", "ours", "ours, nothing kept", q.ours(asked.reports)),
        Work("hot", "bare WSGI", "bare WSGI", constant),
        Work("hot", "bare Flask", "bare Flask", constant),
        Work("hot", "tutorial", "tutorial", q.tutorial([q.HOT_LIST], "/cached")),
        Work("hot", "ours", "ours", q.ours([q.HOT_LIST], q.HIT)),
        Work("304", "tutorial", "tutorial", [hot_304_of_tutorial]),
        Work("304", "ours", "ours", [hot_304]),
        Work("304", "bare WSGI", "bare WSGI", constant_304),
        Work("page, hot", "tutorial", "tutorial", q.tutorial(page, "/cached"), 6),
        Work("page, hot", "ours, singly", "ours", q.ours(page, q.HIT), 6),
        Work("page, hot", "ours, one batch", "ours", [q.batch(page, q.HIT)]),
        Work("page, cold", "tutorial", "tutorial", q.tutorial(six_cold), 6),
        Work("page, cold", "ours, singly", "ours, nothing kept", q.ours(six_cold), 6),
        Work("page, cold", "ours, one batch", "ours, nothing kept", [q.batch(page) for page in asked.pages]),
    ]


def before(now: Work, server: Contender) -> Work | None:
    """Return the same work for the other commit's application; None for work that is not ours."""
    if not now.server.startswith("ours"):
        return None
    asks = now.asks
    if now.name == "304":  # another commit may name its versions otherwise
        _, head, _ = one(server, get(q.HOT_LIST.ours))
        asks = [Ask(get(q.HOT_LIST.ours, If_None_Match=header(head, "etag")), 304, q.HIT, 1)]
    return Work(now.name, f"before: {now.contender}", f"before: {now.server}", asks, now.requests)


def run(work: Sequence[Work], servers: Mapping[str, Contender], rounds: int, seconds: float) -> None:
    """Measure a slice of each, round after round, so that a slow minute of the machine affects all contenders."""
    for number in range(rounds):
        for part in work:
            server = servers[part.server]
            _show(f"round {number + 1} of {rounds}: {part.name}, {part.contender}")
            measured = drive(server, part.next, seconds)
            if measured.marked < LEAST_MARKED:
                raise ValueError(
                    f"{part.name}, {part.contender}: "
                    f"only {measured.marked:.0%} of the answers had {part.asks[0].mark!r}"
                )
            part.slices.append(measured)
    _show("")


def check_equal(asked: q.Questions, ours: Contender, tutorial: Contender) -> int:
    """Compare answers of the two APIs, value by value. Return how many; raise ValueError for one that differs."""
    compared = [
        q.HOT_LIST,
        *asked.lists[:3],
        *asked.details[:5],
        *asked.reports[:3],
        *asked.pages[0],
        *asked.pages[1],
    ]
    for question in compared:
        answers = []
        for server, path in ((ours, question.ours), (tutorial, question.tutorial)):
            status, _, body = one(server, get(path))
            if status != 200:
                raise ValueError(f"{path}: status {status}, {body[:500]!r}")
            answers.append(json.loads(body))
        our, their = answers
        our.pop("next", None)  # the tutorial has no cursors
        if our != their:
            raise ValueError(f"the answers to {question} differ:\n{our}\n{their}")
    return len(compared)


def _show(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
