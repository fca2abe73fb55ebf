"""Calls to the slow service in the companion process, from threads and from an event loop."""

from typing import Any

import aiohttp
import orjson
import urllib3

from .run import Run

HOURS = 26_115  # of weather; each call asks for one
PATIENCE = 5.0  # seconds for an answer
POOL = urllib3.PoolManager(maxsize=20, timeout=PATIENCE, retries=False)  # connections stay open and serve many calls


def urls(run: Run, calls: int, delay: int) -> list[str]:
    """Return the URLs that a run calls. The service waits `delay` milliseconds before each answer."""
    upstream = run.bench.companion.upstream
    hours = [(run.number * calls + call) * 7_919 % HOURS + 1 for call in range(calls)]
    return [f"{upstream}/weather/{hour}?delay={delay}" for hour in hours]


def fetch(url: str) -> Any:
    """Call and wait in this thread."""
    response = POOL.request("GET", url)
    if response.status != 200:
        raise ConnectionError(f"expected 200 from the service, got {response.status}")
    return orjson.loads(response.data)


def session() -> aiohttp.ClientSession:
    """Make a session: the calls on one event loop share it, and it belongs to that loop."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))


async def fetch_async(calls: aiohttp.ClientSession, url: str) -> Any:
    """Call without blocking the event loop."""
    async with calls.get(url, raise_for_status=True) as response:
        return orjson.loads(await response.read())
