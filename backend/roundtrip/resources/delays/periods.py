"""A span of days, written as few whole years, months and days that are added or subtracted.

For example, 2013-01-05 to the end of 2013 is the year 2013 minus four days. So a report of any span adds up whole
years, at most 12 months and at most 32 days.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from .model import LENGTHS

FIRST, LAST = date(1, 1, 1), date(9999, 1, 1)  # the default beginning and end of a span


class Piece(NamedTuple):
    """The units of time from `first` on and before `before`: added (sign 1) or subtracted (sign -1)."""

    unit: str
    sign: int
    first: str
    before: str


def pieces(first: date, before: date, units: Sequence[str]) -> tuple[Piece, ...]:
    """Split a span into pieces of these units: days, months and years, or days and months, or days."""
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
    """Return the piece between the edge of the span and the edge of its coarser units, if there is one."""
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
