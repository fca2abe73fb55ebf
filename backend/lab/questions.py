"""The questions of the runs, by number: equal numbers are equal questions, and neighbouring numbers differ."""

from datetime import date, timedelta

ORIGINS = ("EWR", "JFK", "LGA")
FLIGHTS = 336_776
_FIRST = date(2013, 1, 1)
_STRIDE = 104_729  # a prime: neighbours lie far apart in the table


def day(number: int) -> dict[str, str]:
    """Return the filters of one of 1,095 days at an airport, as the product's lists take them."""
    begins = _FIRST + timedelta(days=number * 37 % 365)
    return {
        "origin": ORIGINS[number % 3],
        "from": f"{begins.isoformat()}T00:00:00",
        "before": f"{(begins + timedelta(days=1)).isoformat()}T00:00:00",
    }


def flight(number: int) -> int:
    """Return the id of one of all flights."""
    return number * _STRIDE % FLIGHTS + 1
