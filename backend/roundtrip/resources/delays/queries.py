"""The one statement of a report.

A report is added up from the smallest summary with all its dimensions and filters, over whole years, months and days,
and from the flights of days that the summary does not have. The cost of a report is estimated before it runs, and a
report that costs too much is refused (budget.py).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import reduce
from operator import add
from typing import Any

from flask_roundtrip.fields import Selection
from flask_roundtrip.query_plan import Answered, Ask, Plan
from flask_roundtrip.serialization import Array, Column, Object, Shape
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Engine,
    Float,
    Integer,
    Select,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from ...data.types import OneOf
from ..flights.model import Flight
from ..flights.queries import FILTERS
from .budget import check
from .model import CLASS_BOUNDS, CLASSES, KINDS, LATE, LENGTHS, MEASURES, ON_TIME, PERIODS, SUMMARIES, SUMS
from .periods import FIRST, LAST, pieces
from .schema import dimensions_of

QUANTILES = {"p10_delay": 0.1, "median_delay": 0.5, "p90_delay": 0.9}

# The measures from which each other field is computed.
_BEHIND = {
    "on_time_share": ("on_time", "count"),
    "mean_delay": ("arr_delay", "on_time", "delayed"),
    "var_delay": ("arr_delay_squares", "arr_delay", "on_time", "delayed"),
    "mean_dep_delay": ("dep_delay", "count", "cancelled"),
    "histogram": CLASSES,
    **dict.fromkeys(QUANTILES, CLASSES),
}


def report(ask: Ask) -> Answered:
    """Answer with {"items": [...]}: measures of the matching flights, by at most two dimensions and sorted by them.

    Without dimensions there is one item. Raises Problem (400) for a report that would take too long.
    """
    given = {name: ask.arguments[name] for name in FILTERS if name in ask.arguments}
    dimensions = dimensions_of(ask["by"])
    first, before = _date(given.pop("from", None), FIRST), _date(given.pop("before", None), LAST)
    kinds = _kinds(given)
    source = _smallest_source(dimensions, given, kinds)
    span = pieces(first, before, _units(source, dimensions))
    check(source, span, given, len(_measures(ask.selection, dimensions)))
    ends = {f"{end}_{number}": getattr(piece, end) for number, piece in enumerate(span) for end in _ENDS}
    shape = tuple((piece.unit, piece.sign) for piece in span)
    plan: Plan = ask.database.compiled(compile_report, ask.selection, dimensions, tuple(given), source, kinds, shape)
    rows = plan.rows(ask, {**given, **ends})
    with ask.timing.span("serialize"):
        return Answered({"items": plan.items(rows)})


_ENDS = ("first", "before")
_OF_KINDS = {"status", "min_delay"}  # the filters that select kinds of flights


def _date(time: str | None, unsaid: date) -> date:
    return unsaid if time is None else date.fromisoformat(time[:10])


def _kinds(given: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the kinds of flights that the filters match, or None for a delay that is no bound of a class."""
    kinds = set(KINDS)
    if "min_delay" in given:
        if given["min_delay"] not in LATE:
            return None
        kinds = {name for bound, name in LATE.items() if bound >= given["min_delay"]}
    if "status" in given:
        kinds &= {*LATE.values()} if given["status"] == "delayed" else {given["status"]}
    return frozenset(kinds)


def _smallest_source(dimensions: Collection[str], given: Collection[str], kinds: frozenset[str] | None) -> Any:
    """Return the smallest summary with all that the report needs, or the flights if there is none."""
    needed = {*dimensions, *given} - {"month", "date"} - _OF_KINDS
    for summary in SUMMARIES if kinds is not None else ():
        if needed <= {*summary.DIMENSIONS} and ("date" not in dimensions or "day" in summary.ROWS):
            return summary
    return Flight


def _units(source: Any, dimensions: Collection[str]) -> tuple[str, ...]:
    if source is Flight or "date" in dimensions:
        return ("day",)
    return ("month", "day") if "month" in dimensions else ("year", "month", "day")


def compile_report(
    engine: Engine,
    selection: Selection,
    dimensions: tuple[str, ...],
    given: tuple[str, ...],
    source: Any,
    kinds: frozenset[str] | None,
    shape: tuple[tuple[str, int], ...],
) -> Plan:
    """Compile the statement that adds up the rows of all pieces, and the function from sums to fields."""
    measures = _measures(selection, dimensions)
    parts: list[Select[Any]] = []
    for number, (unit, sign) in enumerate(shape):
        table = source if unit in getattr(source, "ROWS", ()) else Flight
        columns = {name: _dimension(table, unit, name) for name in dimensions}
        columns |= {name: _measure(table, name, kinds) for name in measures}
        if sign < 0:
            columns |= {name: -columns[name] for name in measures}
        named = (column.label(name) for name, column in columns.items())
        parts.append(select(*named).where(*_conditions(table, unit, number, given)))
    rows = union_all(*parts).subquery()
    totals = {name: func.coalesce(func.sum(rows.c[name]), 0) for name in measures}
    read: list[ColumnElement[Any]] = []

    def position(column: ColumnElement[Any]) -> Column:
        read.append(column)
        return Column(len(read) - 1)

    content: dict[str, Shape] = {}
    for name in selection.names:
        if name == "histogram":
            content[name] = Array(tuple(position(totals[kind]) for kind in CLASSES))
        else:
            content[name] = position(rows.c[name] if name in dimensions else _field(name, totals))
    by = [rows.c[name] for name in dimensions]
    in_order = (rows.c[name].nulls_last() if name == "tailnum" else rows.c[name] for name in dimensions)
    statement = select(*read).select_from(rows).group_by(*by).order_by(*in_order)
    if by:  # drops a group without flights: all may have other kinds, or lie in a subtracted piece
        statement = statement.having(totals["count"] > 0)
    return Plan(engine, statement, Object(content), ())


def _measures(selection: Selection, dimensions: Collection[str]) -> tuple[str, ...]:
    """Return the measures to add up for the fields, and the count."""
    asked = (name for name in selection.names if name not in dimensions)
    return tuple(dict.fromkeys(("count", *(measure for name in asked for measure in _BEHIND.get(name, (name,))))))


def _dimension(table: Any, unit: str, name: str) -> ColumnElement[Any]:
    """Return the column of a dimension in the flights or in a summary."""
    if name not in ("date", "month"):
        return _column(table, name)
    wanted = "day" if name == "date" else name
    if table is Flight:
        return PERIODS[wanted]
    return table.period if unit == wanted else func.substr(table.period, 1, LENGTHS[wanted])


def _measure(table: Any, name: str, kinds: frozenset[str] | None) -> ColumnElement[Any]:
    """Return the amount that a flight, or a row of a summary, adds to a measure of these kinds of flights."""
    if table is Flight:
        return MEASURES[name]  # the conditions let only flights of these kinds through
    if kinds is None or len(kinds) == len(KINDS):
        return _column(table, name)
    chosen = [kind for kind in KINDS if kind in kinds]
    parts = {
        "count": chosen,
        "delayed": [kind for kind in chosen if kind in CLASSES],
        **{
            total: [f"{kind}_{total}" for kind in chosen if f"{kind}_{total}" in SUMS]
            for total in ("arr_delay", "arr_delay_squares", "dep_delay")
        },
        **dict.fromkeys(ON_TIME, [name] if "on_time" in kinds else []),
    }
    columns = [_column(table, part) for part in parts.get(name, [name] if name in kinds else [])]
    return reduce(add, columns) if columns else literal_column("0", Integer)


def _column(table: Any, name: str) -> ColumnElement[Any]:
    column: ColumnElement[Any] = getattr(table, name)
    return column


def _conditions(table: Any, unit: str, number: int, given: Collection[str]) -> list[ColumnElement[bool]]:
    """Return the conditions on the rows of a piece of the span."""
    first: BindParameter[Any] = bindparam(f"first_{number}")
    before: BindParameter[Any] = bindparam(f"before_{number}")
    if table is Flight:
        return [Flight.sched_dep >= first, Flight.sched_dep < before, *(FILTERS[name]() for name in given)]
    within = [table.unit == unit, table.period >= first, table.period < before]
    for name in given:
        if name in ("weekday", "hour"):
            within.append(OneOf(getattr(table, name), bindparam(name)))
        elif name not in _OF_KINDS:
            within.append(getattr(table, name) == bindparam(name))
    return within


def _field(name: str, totals: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    """Return a field of DelaySchema, computed from sums."""
    if name == "on_time_share":
        return _ratio(totals["on_time"], totals["count"])
    if name == "mean_delay":
        return _ratio(totals["arr_delay"], totals["on_time"] + totals["delayed"])
    if name == "var_delay":
        arrived = totals["on_time"] + totals["delayed"]
        squares = arrived * totals["arr_delay_squares"] - totals["arr_delay"] * totals["arr_delay"]
        return _ratio(squares, arrived * (arrived - 1))
    if name == "mean_dep_delay":
        return _ratio(totals["dep_delay"], totals["count"] - totals["cancelled"])
    if name in QUANTILES:
        return _quantile(QUANTILES[name], [totals[kind] for kind in CLASSES])
    return totals[name]


def _quantile(share: float, classes: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """Return a quantile of grouped data: the delay below which a share of the arrivals lie.

    Linear interpolation: the arrivals of a class count as spread evenly over it. None in a class without an end.
    """
    wanted = cast(reduce(add, classes), Float) * literal_column(str(share))
    below: ColumnElement[Any] = literal_column("0", Integer)
    cases: list[tuple[ColumnElement[bool], Any]] = [(wanted == 0, null())]
    for lower, upper, count in zip((None, *CLASS_BOUNDS), (*CLASS_BOUNDS, None), classes, strict=True):
        value: ColumnElement[Any] = null()
        if lower is not None and upper is not None:
            value = lower + (wanted - below) * (upper - lower) / func.nullif(count, 0)
        cases.append((below + count >= wanted, value))
        below = below + count
    return case(*cases)


def _ratio(numerator: ColumnElement[Any], denominator: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(numerator, Float) / func.nullif(denominator, 0)
