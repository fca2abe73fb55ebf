"""How a load shows that it moves: a bar on a terminal, a line for each finished step elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Silent:
    """Shows nothing: what the others refine."""

    def say(self, sentence: str) -> None:
        """Tell something that is not a step."""

    def advance(self, done: int) -> None:
        """Tell how much of the present step is done so far."""

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[None]:
        """Go through one step, of so many things to be done if that is known."""
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
        """Remember it for the line."""
        self._done = done

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[None]:
        """Print what was done and how long it took."""
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
        """Move the present bar."""
        self._bars.update(self._task, completed=done)

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[None]:
        """Add a bar, and fill it when the step is through."""
        self._task = self._bars.add_task(name, total=total)
        yield
        self._bars.update(self._task, total=self._bars.tasks[-1].completed)


@contextmanager
def on_stdout() -> Iterator[Silent]:
    """Choose by what standard output is."""
    console = Console()
    if not console.is_terminal:
        yield Lines(sys.stdout)
        return
    columns = (TextColumn("{task.description:<16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        yield Bars(bars)
