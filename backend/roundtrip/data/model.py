"""What the database holds: one row for each data set that was loaded, written last."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from .types import Text, UtcTime


class Dataset(Model):
    """A data set that is there in full. Its row is part of the transaction that loaded it."""

    __tablename__ = "datasets"

    name: Mapped[str] = mapped_column(Text(32), primary_key=True)
    version: Mapped[str] = mapped_column(Text(16))
    scale: Mapped[int] = mapped_column()  # how many years were made of the one that was recorded
    loaded_at: Mapped[datetime] = mapped_column(UtcTime)
