"""A flight: its schedule and its actual times."""

from datetime import datetime

from sqlalchemy import Computed, ForeignKey, Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...data.types import LocalTime, Text, UtcTime
from ...extensions import Model
from ..airlines.model import Airline
from ..airports.model import Airport
from ..planes.model import Plane
from ..weather.model import Weather

# Arrived less than 15 minutes late is on time: the US Bureau of Transportation Statistics counts so.
# A flight that left and has no arrival delay was diverted, or its arrival was not recorded.
_STATUS = """
    CASE WHEN dep IS NULL THEN 'cancelled' WHEN arr_delay IS NULL THEN 'diverted'
         WHEN arr_delay < 15 THEN 'on_time' ELSE 'delayed' END
"""


class Flight(Model):
    """One of 336,776 scheduled departures from EWR, JFK or LGA.

    `dest` and `tailnum` are the recorded values; `dest_faa` and `plane_tailnum` are the same values as foreign keys, or
    null if the airport or the plane is not in the data set.
    """

    __tablename__ = "flights"

    id: Mapped[int] = mapped_column(primary_key=True)
    carrier: Mapped[str] = mapped_column(Text(2), ForeignKey("airlines.carrier"))
    flight: Mapped[int] = mapped_column()
    tailnum: Mapped[str | None] = mapped_column(Text(6))
    plane_tailnum: Mapped[str | None] = mapped_column(Text(6), ForeignKey("planes.tailnum"))
    origin: Mapped[str] = mapped_column(Text(3), ForeignKey("airports.faa"))
    dest: Mapped[str] = mapped_column(Text(3))
    dest_faa: Mapped[str | None] = mapped_column(Text(3), ForeignKey("airports.faa"))
    weather_id: Mapped[int | None] = mapped_column(ForeignKey("weather.id"))
    sched_dep: Mapped[datetime] = mapped_column(LocalTime)
    dep: Mapped[datetime | None] = mapped_column(LocalTime)
    dep_delay: Mapped[int | None] = mapped_column(SmallInteger)  # minutes
    sched_arr: Mapped[datetime] = mapped_column(LocalTime)
    arr: Mapped[datetime | None] = mapped_column(LocalTime)
    arr_delay: Mapped[int | None] = mapped_column(SmallInteger)  # minutes
    air_time: Mapped[int | None] = mapped_column(SmallInteger)  # minutes
    distance: Mapped[int] = mapped_column(SmallInteger)  # miles
    time_hour: Mapped[datetime] = mapped_column(UtcTime)
    status: Mapped[str] = mapped_column(Text(9), Computed(_STATUS, persisted=True))
    # The dimensions of reports, stored as columns so that an index can serve them.
    month: Mapped[str] = mapped_column(Text(7))  # 2013-01
    weekday: Mapped[int] = mapped_column(SmallInteger)  # 1 is Monday (ISO 8601)
    hour: Mapped[int] = mapped_column(SmallInteger)  # of the scheduled departure, local

    airline: Mapped[Airline] = relationship()
    plane: Mapped[Plane | None] = relationship()
    origin_airport: Mapped[Airport] = relationship(foreign_keys=[origin])
    dest_airport: Mapped[Airport | None] = relationship(foreign_keys=[dest_faa])
    weather: Mapped[Weather | None] = relationship()


# Flights without an arrival delay come last in both directions.
LATEST_FIRST = func.coalesce(Flight.arr_delay, text("-32768"))
EARLIEST_FIRST = func.coalesce(Flight.arr_delay, text("32767"))

# A list walks one index from the cursor on. The index of an order has the columns of all filters too, so that a row of
# the table is read only for an item of the page. The worst question (no match) walks one whole index, in 40 ms.
_FILTERED = (*(Flight.origin, Flight.carrier, Flight.dest, Flight.status), *(Flight.weekday, Flight.hour))
# The first index also serves reports, which add up the flights of some days.
Index("ix_flights_sched_dep", Flight.sched_dep, Flight.id, Flight.arr_delay, *_FILTERED, Flight.dep_delay)
Index("ix_flights_latest_first", LATEST_FIRST, Flight.id, Flight.sched_dep, Flight.arr_delay, *_FILTERED)
Index("ix_flights_earliest_first", EARLIEST_FIRST, Flight.id, Flight.sched_dep, Flight.arr_delay, *_FILTERED)
Index("ix_flights_distance", Flight.distance, Flight.id, Flight.sched_dep, Flight.arr_delay, *_FILTERED)
# A filter that matches few flights has an index of its own; the matches are sorted for other orders.
Index("ix_flights_dest", Flight.dest, Flight.sched_dep, Flight.id)
Index("ix_flights_carrier", Flight.carrier, Flight.sched_dep, Flight.id)
Index("ix_flights_flight", Flight.flight, Flight.sched_dep, Flight.id)
Index("ix_flights_tailnum", Flight.tailnum, Flight.sched_dep, Flight.id)
