"""A carrier of the data set."""

from sqlalchemy.orm import Mapped, mapped_column

from ...data.types import Text
from ...extensions import Model


class Airline(Model):
    """One of the 16 carriers."""

    __tablename__ = "airlines"

    carrier: Mapped[str] = mapped_column(Text(2), primary_key=True)
    name: Mapped[str] = mapped_column(Text(64), index=True)
