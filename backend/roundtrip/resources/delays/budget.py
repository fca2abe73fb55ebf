"""What a report costs, known before it is asked: one that costs too much is refused, with what to narrow.

The work is the rows that are added up, times the measures that are added. The numbers of rows are those of the data
set (a test holds them): a span of unknown length counts as the one year that was recorded.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_roundtrip import Fault, Problem

from .model import LATE
from .periods import FIRST, LAST, Piece

MOST_WORK = 900_000  # takes at most 0.1 seconds on one core
FIXED = 4  # a row costs as much as so many measures before any is added
FLIGHTS_A_DAY = 1_020
OF_A_FLIGHT = 2  # a flight costs twice a row of a summary: its class is told from its delay
# Of all flights, the share that one value of a filter leaves at most.
SHARES = {
    "origin": 0.36,
    "carrier": 0.18,
    "dest": 0.06,
    "flight": 0.003,
    "tailnum": 0.002,
    "weekday": 0.152,
    "hour": 0.082,
}


def check(source: Any, span: Sequence[Piece], given: Mapping[str, Any], measures: int) -> None:
    """Raise Problem (400) for a report that costs too much."""
    rows = sum(_rows(piece, source) for piece in span) * min([1.0, *(_share(name, given[name]) for name in given)])
    if rows * (FIXED + measures) <= MOST_WORK:
        return
    other_delay = f" or a min_delay of {', '.join(map(str, LATE))}" if "min_delay" in given else ""
    raise Problem.of_parameters(
        Fault(
            "query",
            "this report would take too long. Narrow the dates (whole years and months take least), filter by "
            f"dest, carrier, hour or flight{other_delay}, or ask for fewer fields (histogram takes most).",
        )
    )


def _rows(piece: Piece, source: Any) -> int:
    """Return how many rows a piece of the span has, each flight counted as the rows that it costs."""
    rows: int = getattr(source, "ROWS", {}).get(piece.unit, FLIGHTS_A_DAY * OF_A_FLIGHT)
    if piece.unit == "year":
        return rows * (1 if _unknown(piece) else int(piece.before) - int(piece.first))
    first, before = (date.fromisoformat(f"{end}-01"[:10]) for end in (piece.first, piece.before))
    days = 366 if _unknown(piece) else (before - first).days
    return rows * (days if piece.unit == "day" else round(days / 30.4))


def _unknown(piece: Piece) -> bool:
    return piece.first[:4] == FIRST.isoformat()[:4] or piece.before[:4] == LAST.isoformat()[:4]


def _share(name: str, value: Any) -> float:
    count = len(value.split(",")) if name in ("weekday", "hour") else 1
    return SHARES.get(name, 1) * count
