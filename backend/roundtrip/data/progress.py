"""The progress of a load: a bar on a terminal, a line for each finished step elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Silent:
    """Shows nothing; the base class of the others."""

    def say(self, sentence: str) -> None:
        """Show a message that is not a step."""

    def advance(self, done: int) -> None:
        """Show how much of the current step is done."""

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[None]:
        """Show one step during a block; `total` is its number of rows, if known."""
        yield


class Lines(Silent):
    """One plain line for each step: for logs, pipes and containers."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._done = 0

    def say(self, sentence: str) -> None:
        """Print the sentence at once."""
        print(sentence, file=self._out, flush=True)

    def advance(self, done: int) -> None:
        """Remember the number for the line."""
        self._done = done

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[None]:
        """Print the step, its number of rows and its time."""
        start = perf_counter()
        yield
        self.say(f"{name}: {self._done:,} in {perf_counter() - start:.1f} s")


class Bars(Silent):
    """A bar for each step."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task = bars.add_task("", visible=False)

    def say(self, sentence: str) -> None:
        """Print the sentence above the bars."""
        self._bars.console.print(sentence, highlight=False, soft_wrap=True)

    def advance(self, done: int) -> None:
        """Move the current bar."""
        self._bars.update(self._task, completed=done)

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[None]:
        """Add a bar, and fill it when the step is done."""
        self._task = self._bars.add_task(name, total=total)
        yield
        self._bars.update(self._task, total=self._bars.tasks[-1].completed)


@contextmanager
def on_stdout() -> Iterator[Silent]:
    """Return Bars for a terminal on standard output, otherwise Lines."""
    console = Console()
    if not console.is_terminal:
        yield Lines(sys.stdout)
        return
    columns = (TextColumn("{task.description:<16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        yield Bars(bars)
