"""One hour of weather at one of the three airports."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ...data.types import LocalTime, Text, UtcTime
from ...extensions import Model


class Weather(Model):
    """One of 26,115 hours of weather."""

    __tablename__ = "weather"

    id: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str] = mapped_column(Text(3), ForeignKey("airports.faa"))
    time_hour: Mapped[datetime] = mapped_column(UtcTime)
    local_hour: Mapped[datetime] = mapped_column(LocalTime)  # the same hour on the airport's clock
    temp: Mapped[float | None] = mapped_column(Float)  # degrees Fahrenheit
    dewp: Mapped[float | None] = mapped_column(Float)  # degrees Fahrenheit
    humid: Mapped[float | None] = mapped_column(Float)  # percent
    wind_dir: Mapped[int | None] = mapped_column()  # degrees
    wind_speed: Mapped[float | None] = mapped_column(Float)  # miles per hour
    wind_gust: Mapped[float | None] = mapped_column(Float)  # miles per hour
    precip: Mapped[float | None] = mapped_column(Float)  # inches
    pressure: Mapped[float | None] = mapped_column(Float)  # millibars
    visib: Mapped[float | None] = mapped_column(Float)  # miles

    __table_args__ = (
        Index(None, "origin", "time_hour", unique=True),
        Index(None, "origin", "local_hour", "time_hour", "id"),
        Index(None, "local_hour", "time_hour", "id"),
    )
