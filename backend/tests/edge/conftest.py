"""The edge's own programs, with our settings, in front of servers that a test controls."""

import time
from collections.abc import Iterator

import pytest
from origin import Origin, behind_varnish


@pytest.fixture(scope="session")
def varnish() -> Iterator[Origin]:
    """A server with Varnish in front of it, for all tests."""
    with behind_varnish() as origin:
        yield origin


@pytest.fixture
def api(varnish: Origin) -> Iterator[Origin]:
    """The server in the API's place. After each test it is healthy again, and Varnish knows."""
    yield varnish
    if not varnish.healthy or not varnish.running.is_set():
        varnish.healthy = True
        varnish.running.set()
        time.sleep(4)
