"""One run of one side: the parts that it may use, and its costs."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask_roundtrip.database import Database, Row
from flask_roundtrip.fields import Selection
from flask_roundtrip.query_plan import Ask
from flask_roundtrip.serialization import encode
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import IDENTITY, JSON, Answer, Head
from marshmallow import Schema

if TYPE_CHECKING:
    from .workbench import Workbench


class CountedDatabase:
    """The product's database and its plans. It counts for one run the rows that statements return."""

    def __init__(self, database: Database, run: "Run") -> None:
        self._database = database
        self._run = run
        self.engine = database.engine
        self.compiled = database.compiled

    def fetch(self, sql: str, arguments: Any, client: str = "") -> Sequence[Row]:
        """Run one statement."""
        rows = self._database.fetch(sql, arguments, client)
        self._run.rows += len(rows)
        return rows


class Run:
    """One run, as a side gets it: the number of the question, the workbench, and a timing.

    `number` chooses the question. It is equal for all sides of a round, and differs between rounds. `part` is for
    sides that ask several times. `facts` are further counts of a side, such as the number of computations.
    """

    def __init__(self, bench: "Workbench", head: Head, number: int = 0, part: int = 0, queued: float = 0) -> None:
        self.bench = bench
        self.head = head
        self.number = number
        self.part = part
        self.queued = queued  # ms that the request waited for another heavy run
        self.timing = Timing()
        self.rows = 0
        self.facts: dict[str, int] = {}
        self.spent_elsewhere = 0.0  # ms of CPU time for this run, spent before or after it
        self._cpu = time.process_time_ns()

    def database(self, database: Database | None = None) -> Any:
        """Return the product's database, or the given one, so that its rows count for this run."""
        return CountedDatabase(database or self.bench.database, self)

    def ask(
        self,
        schema: type[Schema],
        selection: Selection,
        arguments: Mapping[str, Any],
        database: Database | None = None,
    ) -> Ask:
        """Return a question as the product's views get it."""
        return Ask(
            arguments=dict(arguments),
            selection=selection,
            schema=schema,
            listed="",
            database=self.database(database),
            cursors=self.bench.cursors,
            timing=self.timing,
            client=self.head.client,
        )

    @contextmanager
    def statement(self) -> Iterator[None]:
        """Count and time a statement without a plan of the product."""
        self.timing.statements += 1
        with self.timing.span("db"):
            yield

    def json(self, value: Any, headers: Sequence[tuple[str, str]] = ()) -> Answer:
        """Answer with a value as JSON, encoded as the product does."""
        with self.timing.span("serialize"):
            body = encode(value, JSON)
        return self.bytes(body, headers=headers)

    def bytes(
        self, body: bytes, media_type: str = JSON, coding: str = IDENTITY, headers: Sequence[tuple[str, str]] = ()
    ) -> Answer:
        """Answer with ready bytes. No cache keeps them, unless `headers` have a Cache-Control."""
        given = dict(headers)
        told = [("Content-Type", media_type), ("Content-Length", str(len(body)))]
        if "Cache-Control" not in given:
            told.append(("Cache-Control", "no-store"))
        if coding != IDENTITY:
            told.append(("Content-Encoding", coding))
        return Answer(200, [*told, *given.items()], body)

    def add(self, others: Sequence["Run"]) -> None:
        """Add the statements and rows of runs that overlapped to this run, and the spans of the longest of them."""
        self.rows += sum(run.rows for run in others)
        self.timing.statements += sum(run.timing.statements for run in others)
        longest = max(others, key=lambda run: sum(run.timing.spans.values()))
        self.timing.spans.update(longest.timing.spans)

    @property
    def cpu(self) -> float:
        """Milliseconds of CPU time of this process since the run began, and `spent_elsewhere`."""
        return (time.process_time_ns() - self._cpu) / 1e6 + self.spent_elsewhere

    def costs(self) -> str:
        """Return the value of a second Server-Timing: wait, CPU time, rows, and facts."""
        times = f"queued;dur={self.queued:.3f}, cpu;dur={self.cpu:.3f}"
        counts: Mapping[str, int] = {"rows": self.rows, **self.facts}
        return ", ".join([times, *(f'{name};desc="{count}"' for name, count in counts.items())])
