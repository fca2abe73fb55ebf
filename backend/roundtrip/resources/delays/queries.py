"""The one statement of a report: from the smallest table that knows all that was asked."""

from typing import Any

from flask_roundtrip.fields import Selection
from flask_roundtrip.query_plan import Answered, Ask, Filters, Plan
from flask_roundtrip.serialization import Array, Column, Object, Shape
from sqlalchemy import ColumnElement, Engine, Float, bindparam, cast, func, select

from ..flights.model import Flight
from ..flights.queries import FILTERS
from .model import CLASSES, MEASURES, DelaysByRoute, DelaysByTime
from .schema import dimensions_of

SUMMARIES: dict[str, type[DelaysByRoute] | type[DelaysByTime]] = {
    "route": DelaysByRoute,
    "time": DelaysByTime,
}
FLIGHTS = "flights"


def report(ask: Ask) -> Answered:
    """Answer {"items": [...]}: measures of the flights that match, along at most two dimensions, sorted by these."""
    given = {name: ask.arguments[name] for name in FILTERS if name in ask.arguments}
    dimensions = dimensions_of(ask["by"])
    source = smallest_source(dimensions, given)
    if source != FLIGHTS:
        given = {name: value[:7] if name in ("from", "before") else value for name, value in given.items()}
    plan: Plan = ask.database.compiled(compile_report, ask.selection, dimensions, tuple(given), source)
    rows = plan.rows(ask, given)
    with ask.timing.span("serialize"):
        return Answered({"items": plan.items(rows)})


def compile_report(
    engine: Engine, selection: Selection, dimensions: tuple[str, ...], given: tuple[str, ...], source: str
) -> Plan:
    """Compile the one statement of a report."""
    table: Any = Flight if source == FLIGHTS else SUMMARIES[source]
    filters = FILTERS if source == FLIGHTS else _summary_filters(table)
    measures = _fields(_totals(table))
    by = {name: getattr(table, name) for name in dimensions}
    columns: list[ColumnElement[Any]] = []

    def position(column: ColumnElement[Any]) -> Column:
        columns.append(column)
        return Column(len(columns) - 1)

    content: dict[str, Shape] = {}
    for name in selection.names:
        if name == "histogram":
            content[name] = Array(tuple(position(column) for column in measures[name]))
        else:
            content[name] = position(by[name] if name in by else measures[name][0])
    statement = select(*columns).select_from(table).where(*(filters[name]() for name in given))
    return Plan(engine, statement.group_by(*by.values()).order_by(*by.values()), Object(content), ())


def smallest_source(dimensions: tuple[str, ...], given: dict[str, Any]) -> str:
    """Name the summary that has every dimension and filter, or the flights themselves.

    Summaries know months, not days: dates that begin and end with a month are as good.
    """
    needed = set(dimensions) | set(given)
    ends = needed & {"from", "before"}
    if all(given[end].endswith("-01T00:00:00") for end in ends):
        needed = (needed - ends) | ({"month"} if ends else set())
    return next((name for name, table in SUMMARIES.items() if needed <= set(table.DIMENSIONS)), FLIGHTS)


def _summary_filters(table: Any) -> Filters:
    return {
        **{name: lambda name=name: getattr(table, name) == bindparam(name) for name in table.DIMENSIONS},  # type: ignore[misc]  # mypy knows no default in a lambda
        "from": lambda: table.month >= bindparam("from"),
        "before": lambda: table.month < bindparam("before"),
    }


def _totals(table: Any) -> dict[str, ColumnElement[Any]]:
    if table is Flight:
        return MEASURES
    return {name: func.coalesce(func.sum(getattr(table, name)), 0) for name in MEASURES}


def _fields(totals: dict[str, ColumnElement[Any]]) -> dict[str, tuple[ColumnElement[Any], ...]]:
    """Return the columns behind each field of DelaySchema that measures something."""
    return {
        **{name: (totals[name],) for name in ("count", "cancelled", "diverted", "on_time", "delayed")},
        "on_time_share": (_ratio(totals["on_time"], totals["count"]),),
        "mean_delay": (_ratio(totals["arr_delay_sum"], totals["on_time"] + totals["delayed"]),),
        "mean_dep_delay": (_ratio(totals["dep_delay_sum"], totals["count"] - totals["cancelled"]),),
        "histogram": tuple(totals[name] for name in CLASSES),
    }


def _ratio(numerator: ColumnElement[Any], denominator: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(numerator, Float) / func.nullif(denominator, 0)
