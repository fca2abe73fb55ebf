"""An airport of the data set."""

from sqlalchemy import Float, Index
from sqlalchemy.orm import Mapped, mapped_column

from ...data.types import Text
from ...extensions import Model


class Airport(Model):
    """One of 1,458 airports; `served` is true if a flight of the data set begins or ends there."""

    __tablename__ = "airports"

    faa: Mapped[str] = mapped_column(Text(3), primary_key=True)
    name: Mapped[str] = mapped_column(Text(64))
    lat: Mapped[float] = mapped_column(Float)  # degrees
    lon: Mapped[float] = mapped_column(Float)  # degrees
    alt: Mapped[int] = mapped_column()  # feet
    tz: Mapped[float] = mapped_column(Float)  # hours from UTC
    dst: Mapped[str] = mapped_column(Text(1))  # A: as in the US, U: unknown, N: none
    tzone: Mapped[str | None] = mapped_column(Text(32))  # IANA name
    served: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index(None, "served", "faa"),)
