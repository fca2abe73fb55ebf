"""A carrier of the data set."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ...extensions import Model


class Airline(Model):
    """One of the 16 carriers."""

    __tablename__ = "airlines"

    carrier: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), index=True)
