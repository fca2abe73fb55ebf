"""An experiment: the sides of a technique, slow to fast, run in turn on the same data, with equal answers.

One experiment is one file of `experiments/`, and has its name. The file ends in `EXPERIMENT = Experiment(...)`. If the
browser has a half too, frontend/src/lab/experiments has a file of the same name.
"""

import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from flask_roundtrip.wire import Answer, Problem

from . import experiments
from .run import Run
from .take_away import Example

CHAPTERS = (
    "Database",
    "Asynchrony",
    "Caching",
    "Serialization and payload",
    "Middleware",
    "CDN and static files",
    "Batching and rounds",
    "Everything",
)
# The links of lab/link.py, over which the README's table is measured.
NETWORKS = ("direct", "0 ms", "20 ms", "50 ms", "100 ms", "200 ms", "slow 4G")


@dataclass(frozen=True)
class Side:
    """One way to do the same work.

    `pattern` is the drawing: lines such as "browser -> server: list" and "server -> database: airline ×50", in the
    order of time. A line that begins with "& " happens at the same time as the line before.
    `answer` takes the run and returns the answer. A side without it exists in the browser only.
    `needs` names an engine (see Workbench.engines). Without this engine the side cannot run.
    """

    name: str
    label: str
    says: str
    pattern: tuple[str, ...]
    answer: Callable[[Run], Answer] | Callable[[Run], Awaitable[Answer]] | None = None
    needs: str | None = None


@dataclass(frozen=True)
class Experiment:
    """A technique, on one side left out and on another used. The sides stand in order: slow first, fast last."""

    title: str
    chapter: str
    shows: str  # two sentences
    technique: tuple[str, ...]  # its files in the product: paths from the repository's root
    sides: tuple[Side, ...]
    explanation: tuple[str, ...]  # paragraphs that a beginner can follow
    lesson: str  # the conclusion, if the fast side is faster
    does_not_pay: str
    take_away: tuple[Example, ...] = ()  # the technique in an application of its own
    instead: str = ""  # where the packages have no such technique: one sentence that says what to take
    network: str = "direct"  # of NETWORKS: the link over which the README's table measures it
    heavy: bool = False  # uses a core for tens of milliseconds: one run at a time
    prepare: Callable[[Any], None] | None = None  # of the Workbench, once, before the first run
    seen: Callable[[Any], Any] | None = None  # the part of an answer that a page uses: it is equal on all sides

    def side(self, name: str) -> Side:
        """Return a side by its name. Raises Problem (404)."""
        for side in self.sides:
            if side.name == name:
                return side
        named = ", ".join(side.name for side in self.sides)
        raise Problem(404, f"This experiment has no side {name[:40]!r}; it has {named}.")


@cache
def all_experiments() -> dict[str, Experiment]:
    """Return every experiment by its name, in the order of the chapters."""
    found = {
        module.name: import_module(f"{experiments.__name__}.{module.name}").EXPERIMENT
        for module in pkgutil.iter_modules(experiments.__path__)
    }
    return dict(sorted(found.items(), key=lambda item: (CHAPTERS.index(item[1].chapter), item[0])))


def experiment(name: str) -> Experiment:
    """Return an experiment by its name. Raises Problem (404)."""
    try:
        return all_experiments()[name]
    except KeyError:
        raise Problem(404, f"The Lab has no experiment {name[:40]!r}; GET /api/lab/experiments lists them.") from None
