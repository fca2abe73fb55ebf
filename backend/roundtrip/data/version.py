"""When the data that is served was loaded."""

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime

from sqlalchemy import select

from ..techniques.query_plan import Database
from .model import Dataset


def last_modified(database: Database) -> Callable[[], str | None]:
    """Return a function that gives the Last-Modified of all data, asked of the database once it is loaded.

    It is the primary that is asked, and the data is never older than what it said: an answer made of old data would
    otherwise be kept under the key of the new, for all who share the cache.
    """
    known: list[str] = []

    def ask() -> str | None:
        if not known:
            with database.engine.connect() as connection:
                loaded_at: datetime | None = connection.scalar(select(Dataset.loaded_at))
            if loaded_at is not None:
                database.catch_up()
                known.append(format_datetime(loaded_at.replace(microsecond=0), usegmt=True))
        return known[0] if known else None

    return ask
