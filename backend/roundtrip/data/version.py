"""When the data that is served was loaded."""

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

from sqlalchemy import Engine, select

from .model import Dataset


def last_modified(engine: Engine) -> Callable[[], str | None]:
    """Return a function that gives the Last-Modified of all data, asked of the database once it is loaded."""
    known: list[str] = []

    def ask() -> str | None:
        if not known:
            with engine.connect() as connection:
                loaded_at: datetime | None = connection.scalar(select(Dataset.loaded_at))
            if loaded_at is not None:
                known.append(format_datetime(loaded_at.replace(microsecond=0), usegmt=True))
        return known[0] if known else None

    return ask
