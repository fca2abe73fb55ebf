"""A plane of the data set, as the FAA's registry has it."""

from sqlalchemy import Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from ...data.types import Text
from ...extensions import Model


class Plane(Model):
    """One of 3,322 planes. Many flights have a tail number that is not in this table."""

    __tablename__ = "planes"

    tailnum: Mapped[str] = mapped_column(Text(6), primary_key=True)
    year: Mapped[int | None] = mapped_column(SmallInteger)  # of manufacture
    type: Mapped[str] = mapped_column(Text(32))
    manufacturer: Mapped[str] = mapped_column(Text(32))
    model: Mapped[str] = mapped_column(Text(32))
    engines: Mapped[int] = mapped_column(SmallInteger)
    seats: Mapped[int] = mapped_column(SmallInteger)
    speed: Mapped[int | None] = mapped_column(SmallInteger)  # miles per hour
    engine: Mapped[str] = mapped_column(Text(32))

    __table_args__ = (Index(None, "manufacturer", "tailnum"), Index(None, "model", "tailnum"))
