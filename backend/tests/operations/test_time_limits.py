"""Each wait is longer than the wait inside it, in the order of the table in roundtrip/operations/__init__.py."""

import re
from pathlib import Path

from flask_roundtrip.shared.store import SharedStore

from flask_roundtrip import batch, response_cache
from roundtrip.config import BACKEND, Settings
from roundtrip.operations import health


def seconds(path: Path, name: str) -> float:
    """Return one limit from a configuration file."""
    found = re.search(rf"{name}\W+([\d.]+)", path.read_text())
    assert found, f"{path} says nothing of {name}"
    return float(found[1])


def test_each_layer_gives_up_before_the_one_around_it() -> None:
    settings = Settings()
    server, frontend = BACKEND / "gunicorn.conf.py", BACKEND.parent / "frontend"
    answer = (settings.database_pool_wait + settings.database_read_wait) / 1000
    limits = [
        SharedStore.timeout,
        settings.database_pool_wait / 1000,
        answer,
        batch.LONGEST,
        response_cache.PATIENCE,
        response_cache.LONGEST_WAIT,
        seconds(BACKEND / "edge" / "haproxy.cfg", "timeout server"),
        seconds(server, "graceful_timeout"),
        seconds(server, r"\ntimeout"),
        seconds(BACKEND / "edge" / "varnish.vcl", "first_byte_timeout"),
        seconds(frontend / "edge" / "proxy.conf", "proxy_read_timeout"),
    ]
    assert limits == sorted(limits)
    assert len(set(limits)) == len(limits)
    stop = seconds(BACKEND.parent / "docker-compose.yml", "stop_grace_period")
    assert seconds(server, "graceful_timeout") < stop
    # A process that builds after another's lease has ended is done before the requests that wait for it give up.
    assert response_cache.PATIENCE + answer < response_cache.LONGEST_WAIT
    assert response_cache.LEASE < response_cache.PATIENCE
    assert health.PATIENCE < 1
