"""Ratios with their uncertainty. The rounds are interleaved, so a ratio is taken within each round."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

RESAMPLES = 2000


@dataclass(frozen=True)
class Ratio:
    """The median of the rounds' ratios, and where 95 of 100 resamples of the rounds put it."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def ratio(of: Sequence[float], to: Sequence[float]) -> Ratio:
    """Return the ratio of two contenders' figures, round by round, with a bootstrap interval."""
    rounds = [a / b for a, b in zip(of, to, strict=True)]
    chance = Random(1)  # noqa: S311 - the same resamples each time
    medians = sorted(median(chance.choices(rounds, k=len(rounds))) for _ in range(RESAMPLES))
    return Ratio(median(rounds), medians[int(0.025 * RESAMPLES)], medians[int(0.975 * RESAMPLES) - 1])
