"""Summaries: the measures of the flights, added up for each year, month and day along some dimensions.

Counts and sums can be added, so a report over few rows of a summary equals a report over many flights. The classes of
arrival delay can be added too. Medians cannot; they are estimated from the classes.
"""

from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Integer, SmallInteger, String, and_, case, cast, func, literal_column, true
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from ...data.types import Text
from ...extensions import Model
from ..flights.model import Flight

# Lower bounds of the classes of arrival delay, in minutes; the first class has none.
CLASS_BOUNDS = (-30, -15, 0, 15, 30, 45, 60, 90, 120, 180)
CLASSES = tuple(f"class_{number}" for number in range(len(CLASS_BOUNDS) + 1))
# The classes of delayed flights, by their lower bounds.
LATE = {bound: name for bound, name in zip(CLASS_BOUNDS, CLASSES[1:], strict=True) if bound >= 15}
ON_TIME = CLASSES[: CLASSES.index(LATE[15])]
# Each flight has one of these kinds; a report can include some of the kinds only.
KINDS = ("cancelled", "diverted", "on_time", *LATE.values())
LENGTHS = {"year": 4, "month": 7, "day": 10}  # the characters of a date such as 2013-01-05 for each unit of time


def _in_class(number: int) -> ColumnElement[bool]:
    bounds = (None, *CLASS_BOUNDS, None)
    lower, upper = bounds[number], bounds[number + 1]
    return and_(
        Flight.arr_delay.is_not(None) if lower is None else Flight.arr_delay >= lower,
        true() if upper is None else Flight.arr_delay < upper,
    )


_IS: dict[str, ColumnElement[bool]] = {
    **{status: Flight.status == status for status in ("cancelled", "diverted", "on_time", "delayed")},
    **{name: _in_class(number) for number, name in enumerate(CLASSES)},
}


def _if(condition: ColumnElement[bool], value: Any) -> ColumnElement[int]:
    return case((condition, value), else_=0)


# The amounts that a flight adds to the columns of a summary: counts, sums of delays and sums of their squares, also
# by kind.
COUNTS: dict[str, ColumnElement[int]] = {
    "count": literal_column("1", Integer),
    **{name: _if(condition, 1) for name, condition in _IS.items()},
}
_SQUARE = cast(Flight.arr_delay, Integer) * cast(Flight.arr_delay, Integer)  # of a small integer it could be too large
SUMS: dict[str, ColumnElement[int]] = {
    "arr_delay": func.coalesce(Flight.arr_delay, 0),
    "arr_delay_squares": func.coalesce(_SQUARE, 0),
    "dep_delay": func.coalesce(Flight.dep_delay, 0),
    **{f"{kind}_arr_delay": _if(_IS[kind], Flight.arr_delay) for kind in KINDS[2:]},
    **{f"{kind}_arr_delay_squares": _if(_IS[kind], _SQUARE) for kind in KINDS[2:]},
    **{f"{kind}_dep_delay": _if(_IS[kind], Flight.dep_delay) for kind in KINDS[1:]},
}
MEASURES = {**COUNTS, **SUMS}

_COLUMNS = {name: mapped_column(SmallInteger, nullable=False, sort_order=1) for name in COUNTS} | {
    name: mapped_column(Integer, nullable=False, sort_order=2) for name in SUMS
}
_Measures: Any = type("_Measures", (), _COLUMNS)


class Summary(_Measures):  # type: ignore[misc]  # mypy cannot see a class that is made at run time
    """One row for each unit of time (year, month or day) and each combination of dimensions with flights in it.

    The rows are stored in the order of the primary key, so a span of days is one stretch of the table.
    """

    DIMENSIONS: ClassVar[tuple[str, ...]]
    ROWS: ClassVar[dict[str, int]]  # for each of its units of time, the largest number of rows in one unit
    FINER: ClassVar[Any] = None  # the summary from which it is added up; None: the flights

    unit: Mapped[str] = mapped_column(Text(5), primary_key=True, sort_order=-2)
    period: Mapped[str] = mapped_column(Text(10), primary_key=True, sort_order=-1)  # 2013, 2013-01 or 2013-01-05

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> dict[str, Any]:
        """On SQLite, store the rows in the index of the primary key (WITHOUT ROWID)."""
        return {"sqlite_with_rowid": False}


class _OfWeekday:
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)


class _OfHour:
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)


class _OfCarrier:
    carrier: Mapped[str] = mapped_column(Text(2), primary_key=True)
    origin: Mapped[str] = mapped_column(Text(3), primary_key=True)


class _OfRoute(_OfCarrier):
    dest: Mapped[str] = mapped_column(Text(3), primary_key=True)


class DelaysByRouteAndTime(_OfWeekday, _OfHour, _OfRoute, Summary, Model):
    """All dimensions, without days: a day would have nearly as many rows here as it has flights."""

    __tablename__ = "delays_by_route_and_time"
    DIMENSIONS = ("weekday", "hour", "dest", "carrier", "origin")
    ROWS: ClassVar = {"year": 15_500, "month": 8_500}


class DelaysByRouteAndHour(_OfHour, _OfRoute, Summary, Model):
    """All dimensions except the weekday."""

    __tablename__ = "delays_by_route_and_hour"
    DIMENSIONS = ("hour", "dest", "carrier", "origin")
    ROWS: ClassVar = {"year": 3_000, "month": 1_650}
    FINER = DelaysByRouteAndTime


class DelaysByTime(_OfWeekday, _OfHour, _OfCarrier, Summary, Model):
    """All dimensions except the destination."""

    __tablename__ = "delays_by_time"
    DIMENSIONS = ("weekday", "hour", "carrier", "origin")
    ROWS: ClassVar = {"year": 2_900, "month": 2_450, "day": 350}


class DelaysByRoute(_OfWeekday, _OfRoute, Summary, Model):
    """All dimensions except the hour."""

    __tablename__ = "delays_by_route"
    DIMENSIONS = ("weekday", "dest", "carrier", "origin")
    ROWS: ClassVar = {"year": 2_700, "month": 2_250}
    FINER = DelaysByRouteAndTime


class DelaysByCarrier(_OfWeekday, _OfCarrier, Summary, Model):
    """All dimensions except the hour and the destination."""

    __tablename__ = "delays_by_carrier"
    DIMENSIONS = ("weekday", "carrier", "origin")
    ROWS: ClassVar = {"year": 250, "month": 240, "day": 36}
    FINER = DelaysByTime


# In the order of their size, smallest first.
SUMMARIES: tuple[Any, ...] = (
    *(DelaysByCarrier, DelaysByRoute, DelaysByTime),
    *(DelaysByRouteAndHour, DelaysByRouteAndTime),
)
# The value of a flight's date in each unit of time.
PERIODS = {unit: func.substr(cast(Flight.sched_dep, String), 1, length) for unit, length in LENGTHS.items()}
