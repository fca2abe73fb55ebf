"""One row for each data set that was loaded, written last."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from .types import Text, UtcTime


class Dataset(Model):
    """A data set that is loaded completely. Its row is part of the transaction that loaded it."""

    __tablename__ = "datasets"

    name: Mapped[str] = mapped_column(Text(32), primary_key=True)
    version: Mapped[str] = mapped_column(Text(16))
    scale: Mapped[int] = mapped_column()  # the number of years made from the recorded year
    loaded_at: Mapped[datetime] = mapped_column(UtcTime)
