"""Times in the form of a database, made from whole numbers: no date is parsed or formatted twice.

A local time is a number of minutes since EPOCH on the clock of its airport.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(2013, 1, 1)
DAY = 24 * 60  # minutes
NEW_YORK = ZoneInfo("America/New_York")


class Clock:
    """Makes datetimes."""

    def __init__(self) -> None:
        self._instants: dict[int, object] = {}

    def local(self, minutes: int) -> object:
        """Return the local time `minute` minutes after EPOCH."""
        return EPOCH + timedelta(minutes=minutes)

    def instant(self, moment: datetime) -> object:
        """Return an aware time in UTC."""
        return moment.astimezone(UTC)

    def instant_in_new_york(self, hours: int) -> object:
        """Return the instant in UTC at which the clocks of New York show `hour` hours after EPOCH."""
        known = self._instants.get(hours)
        if known is None:
            local = EPOCH + timedelta(hours=hours)
            known = self._instants[hours] = self.instant(local.replace(tzinfo=NEW_YORK))
        return known


class TextClock(Clock):
    """Makes the text that types.py stores in SQLite and PostgreSQL reads, without the ORM's cost for each value."""

    def __init__(self) -> None:
        super().__init__()
        self._days = _Days()
        self._times = [f"T{minute // 60:02d}:{minute % 60:02d}:00" for minute in range(DAY)]

    def local(self, minutes: int) -> object:
        """Return "2013-01-01T05:15:00" for 315."""
        day, minute = divmod(minutes, DAY)
        return self._days[day] + self._times[minute]

    def instant(self, moment: datetime) -> object:
        """Return "2013-01-01T10:00:00+00:00"."""
        return moment.astimezone(UTC).isoformat(timespec="seconds")


class _Days(dict[int, str]):
    """The text of each day, made at its first use."""

    def __missing__(self, day: int) -> str:
        text = self[day] = (EPOCH.date() + timedelta(days=day)).isoformat()
        return text
