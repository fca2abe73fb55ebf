"""Summary tables: the measures of the flights, added up along the dimensions that reports ask for.

Counts, sums and classes add up, so a report over few rows of a summary equals one over many flights.
(Medians do not add up; the classes of the histogram show the same and stay exact.)
"""

from typing import Any

from sqlalchemy import ColumnElement, Index, Integer, SmallInteger, case, func
from sqlalchemy.orm import Mapped, mapped_column

from ...data.types import Text
from ...extensions import Model
from ..flights.model import Flight

# Lower bounds of the classes of arrival delay, in minutes; the first class has none.
CLASS_BOUNDS = (-30, -15, 0, 15, 30, 45, 60, 90, 120, 180)
CLASSES = tuple(f"class_{number}" for number in range(len(CLASS_BOUNDS) + 1))


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _in_class(number: int) -> ColumnElement[bool]:
    lower = (None, *CLASS_BOUNDS)[number]
    upper = (*CLASS_BOUNDS, None)[number]
    arrived: ColumnElement[bool] = Flight.arr_delay.is_not(None)
    if lower is not None:
        arrived = arrived & (Flight.arr_delay >= lower)
    return arrived if upper is None else arrived & (Flight.arr_delay < upper)


# What is measured of a set of flights: the name of a summary's column, and how flights add up to it.
MEASURES: dict[str, ColumnElement[Any]] = {
    "count": func.count(),
    "cancelled": _how_many(Flight.status == "cancelled"),
    "diverted": _how_many(Flight.status == "diverted"),
    "on_time": _how_many(Flight.status == "on_time"),
    "delayed": _how_many(Flight.status == "delayed"),
    "arr_delay_sum": func.coalesce(func.sum(Flight.arr_delay), 0),
    "dep_delay_sum": func.coalesce(func.sum(Flight.dep_delay), 0),
    **{name: _how_many(_in_class(number)) for number, name in enumerate(CLASSES)},
}


class _Measures:
    """The columns of MEASURES, which both summaries have."""

    count: Mapped[int] = mapped_column(Integer)
    cancelled: Mapped[int] = mapped_column(Integer)
    diverted: Mapped[int] = mapped_column(Integer)
    on_time: Mapped[int] = mapped_column(Integer)
    delayed: Mapped[int] = mapped_column(Integer)
    arr_delay_sum: Mapped[int] = mapped_column(Integer)
    dep_delay_sum: Mapped[int] = mapped_column(Integer)
    class_0: Mapped[int] = mapped_column(Integer)
    class_1: Mapped[int] = mapped_column(Integer)
    class_2: Mapped[int] = mapped_column(Integer)
    class_3: Mapped[int] = mapped_column(Integer)
    class_4: Mapped[int] = mapped_column(Integer)
    class_5: Mapped[int] = mapped_column(Integer)
    class_6: Mapped[int] = mapped_column(Integer)
    class_7: Mapped[int] = mapped_column(Integer)
    class_8: Mapped[int] = mapped_column(Integer)
    class_9: Mapped[int] = mapped_column(Integer)
    class_10: Mapped[int] = mapped_column(Integer)


class DelaysByRoute(_Measures, Model):
    """One row for each month, carrier, origin and destination."""

    __tablename__ = "delays_by_route"
    DIMENSIONS = ("month", "carrier", "origin", "dest")

    month: Mapped[str] = mapped_column(Text(7), primary_key=True)
    carrier: Mapped[str] = mapped_column(Text(2), primary_key=True)
    origin: Mapped[str] = mapped_column(Text(3), primary_key=True)
    dest: Mapped[str] = mapped_column(Text(3), primary_key=True)

    __table_args__ = (
        Index(None, "origin", "month", "carrier"),
        Index(None, "dest", "month"),
        Index(None, "carrier", "month"),
    )


class DelaysByTime(_Measures, Model):
    """One row for each month, weekday, hour, carrier and origin."""

    __tablename__ = "delays_by_time"
    DIMENSIONS = ("month", "weekday", "hour", "carrier", "origin")

    month: Mapped[str] = mapped_column(Text(7), primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    carrier: Mapped[str] = mapped_column(Text(2), primary_key=True)
    origin: Mapped[str] = mapped_column(Text(3), primary_key=True)

    __table_args__ = (Index(None, "carrier", "origin"), Index(None, "origin", "month"))
