"""Many requests at once over HTTP/2, by crowd.mjs: Python's standard library has no HTTP/2."""

import json
import random
import subprocess
from pathlib import Path
from typing import NamedTuple

from .stack import API, PORT

SCRIPT = Path(__file__).with_name("crowd.mjs")
PAST_VARNISH = {"authorization": "Bearer x"}


class Told(NamedTuple):
    """One answer. Times are in milliseconds since the first request."""

    status: int
    begun: float
    ended: float
    headers: dict[str, str]

    @property
    def cache(self) -> str:
        return self.headers.get("cache-status", "")

    @property
    def took(self) -> float:
        return self.ended - self.begun


def crowd(paths: list[str], connections: int, rate: float = 0, headers: dict[str, str] | None = None) -> list[Told]:
    """Send all of these at once, or `rate` of them a second."""
    requests = [{"path": path, "headers": headers or {}} for path in paths]
    asked = {"url": f"https://localhost:{PORT}", "connections": connections, "rate": rate, "requests": requests}
    done = subprocess.run(["node", SCRIPT], input=json.dumps(asked), check=True, stdout=subprocess.PIPE, text=True)
    return [Told(*each) for each in json.loads(done.stdout)]


def cold_report() -> str:
    """Return the URL of a report that reads all flights and is almost certainly in no cache."""
    fields = random.sample(("count", "cancelled", "diverted", "on_time", "delayed", "mean_delay", "on_time_share"), 4)
    return f"{API}/delays?by=dest,carrier&min_delay={random.randrange(1, 1300)}&fields={','.join(fields)}"


def cold_lists(number: int) -> list[str]:
    """Return the URLs of this many lists of flights that are in no cache."""
    urls = {
        f"{API}/flights?carrier={carrier}&from=2013-{month:02}-{day:02}&limit={limit}"
        for carrier in ("AA", "B6", "DL", "EV", "MQ", "UA", "US", "WN")
        for month in range(1, 13)
        for day in range(1, 29)
        for limit in random.sample(range(20, 100), 8)
    }
    return random.sample(sorted(urls), number)
