"""Ratios with their uncertainty. The rounds are interleaved, so a ratio is taken within each round."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from typing import TypeVar

RESAMPLES = 2000
T = TypeVar("T")


@dataclass(frozen=True)
class Ratio:
    """A ratio over all rounds, and where 95 of 100 resamples of the rounds put it."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def ratio(of: Sequence[float], to: Sequence[float]) -> Ratio:
    """Return the ratio of two contenders' figures, round by round, with a bootstrap interval."""
    return _resampled(median, [a / b for a, b in zip(of, to, strict=True)])


def least(of: Sequence[float], to: Sequence[float]) -> Ratio:
    """Return the ratio of their least costs, for small differences: what disturbs only ever adds to a cost."""
    return _resampled(
        lambda rounds: min(a for a, _ in rounds) / min(b for _, b in rounds), list(zip(of, to, strict=True))
    )


def _resampled(figure: Callable[[Sequence[T]], float], rounds: Sequence[T]) -> Ratio:
    chance = Random(1)  # noqa: S311 - the same resamples each time
    figures = sorted(figure(chance.choices(rounds, k=len(rounds))) for _ in range(RESAMPLES))
    return Ratio(figure(rounds), figures[int(0.025 * RESAMPLES)], figures[int(0.975 * RESAMPLES) - 1])
