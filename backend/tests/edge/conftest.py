"""The edge's own programs, with our settings, in front of servers that a test controls."""

import time
from collections.abc import Iterator

import pytest
from nginx import Edge, running_nginx
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


@pytest.fixture(scope="session")
def _nginx() -> Iterator[Edge]:
    with running_nginx() as edge:
        yield edge


@pytest.fixture
def edge(_nginx: Edge) -> Edge:
    """The edge's nginx, which has passed nothing on yet, and behind which all is well."""
    _nginx.passed_on.clear()
    _nginx.heads.clear()
    _nginx.behind.clear()
    return _nginx
