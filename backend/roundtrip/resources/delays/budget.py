"""The cost of a report, estimated before it runs: a report that costs too much is refused, with advice to narrow it.

The cost is the number of rows that are read, plus the number of rows that are added up times the number of measures.
The numbers of rows are those of the data set (a test checks them). A span of unknown length counts as the one recorded
year.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from flask_roundtrip import Fault, Problem

from ..flights.model import Flight
from .model import LATE
from .periods import FIRST, LAST, Piece

MOST_WORK = 900_000  # this much takes at most 0.1 seconds on one core
WALKED = 1  # a row that a filter leaves out costs as much as one measure of an added row,
FIXED = 4  # and each added row costs as much as this many measures besides its own
FLIGHTS_A_DAY = 1_020
OF_A_FLIGHT = 2  # a flight costs twice a row of a summary, because its class is computed from its delay
# The largest share of all flights that one value of a filter can match.
SHARES = {
    "origin": 0.36,
    "carrier": 0.18,
    "dest": 0.06,
    "flight": 0.003,
    "tailnum": 0.002,
    "weekday": 0.152,
    "hour": 0.082,
}
LEADING = {"carrier", "dest", "flight", "tailnum"}  # the filters that have an index on flights


def check(source: Any, span: Sequence[Piece], given: Mapping[str, Any], measures: int) -> None:
    """Raise Problem (400) for a report that costs too much."""
    rows = sum(_rows(piece, source) for piece in span)
    walked = rows * _share(given, LEADING if source is Flight else ())
    added = rows * _share(given, SHARES)
    if walked * WALKED + added * (FIXED + measures) <= MOST_WORK:
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
    """Return the number of rows in a piece of the span; a flight counts as the rows that it costs."""
    rows: int = getattr(source, "ROWS", {}).get(piece.unit, FLIGHTS_A_DAY * OF_A_FLIGHT)
    if piece.unit == "year":
        return rows * (1 if _unknown(piece) else int(piece.before) - int(piece.first))
    first, before = (date.fromisoformat(f"{end}-01"[:10]) for end in (piece.first, piece.before))
    days = 366 if _unknown(piece) else (before - first).days
    return rows * (days if piece.unit == "day" else round(days / 30.4))


def _unknown(piece: Piece) -> bool:
    return piece.first[:4] == FIRST.isoformat()[:4] or piece.before[:4] == LAST.isoformat()[:4]


def _share(given: Mapping[str, Any], filters: Collection[str]) -> float:
    """Return the largest share of rows that the narrowest of these filters can match."""
    counts = {name: len(given[name].split(",")) if name in ("weekday", "hour") else 1 for name in given}
    return min([1.0, *(SHARES[name] * count for name, count in counts.items() if name in filters)])
