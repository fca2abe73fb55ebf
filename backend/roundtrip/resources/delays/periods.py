"""A span of days as few years, months and days, which are added or taken away.

From 2013-01-05 to the end of 2013 is the year 2013 less four days. So a report of any span adds up some whole years,
at most 12 months and at most 32 days.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from .model import LENGTHS

FIRST, LAST = date(1, 1, 1), date(9999, 1, 1)  # where a span begins and ends if nothing is said


class Piece(NamedTuple):
    """What is of a unit of time from `first` on and before `before`: added (sign 1) or taken away (-1)."""

    unit: str
    sign: int
    first: str
    before: str


def pieces(first: date, before: date, units: Sequence[str]) -> tuple[Piece, ...]:
    """Take a span apart: into days, months and years, or days and months, or days, as `units` has them."""
    found: list[Piece] = []
    begin, end = min(first, LAST), min(before, LAST)
    for unit, coarser, nearest in (("day", "month", _nearest_month), ("month", "year", _nearest_year)):
        inner_begin, inner_end = nearest(begin), nearest(end)
        beside = abs(begin - inner_begin) + abs(end - inner_end)
        if coarser not in units or inner_begin >= inner_end or beside >= end - begin:
            return (*found, _piece(unit, 1, begin, end))
        found += _between(unit, begin, inner_begin, sign=1)
        found += _between(unit, end, inner_end, sign=-1)
        begin, end = inner_begin, inner_end
    return (*found, _piece("year", 1, begin, end))


def _between(unit: str, edge: date, inner: date, sign: int) -> list[Piece]:
    """Return what lies between the edge of the span and the edge of its coarser inside, if anything."""
    if edge == inner:
        return []
    return [_piece(unit, sign if edge < inner else -sign, min(edge, inner), max(edge, inner))]


def _piece(unit: str, sign: int, begin: date, end: date) -> Piece:
    return Piece(unit, sign, begin.isoformat()[: LENGTHS[unit]], end.isoformat()[: LENGTHS[unit]])


def _nearest_month(day: date) -> date:
    begins = day.replace(day=1)
    if day == begins:
        return day
    ends = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return begins if day - begins <= ends - day else ends


def _nearest_year(month: date) -> date:
    return date(month.year + (month.month > 6), 1, 1)
