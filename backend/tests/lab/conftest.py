"""What the tests of the Lab share: the application with the Lab mounted, all engines that its sides need, and a built
frontend, which they make up.
"""

import gzip
from collections.abc import Iterator
from pathlib import Path

import brotli
import engines
import postgres
import pytest
from flask import Flask

import lab

BUILT = {
    "index.html": """<!doctype html>
<script type="module" src="/assets/index-B4c6D8e0.js"></script>
<link rel="stylesheet" href="/assets/index-C5d7E9f1.css">
""",
    "assets/index-B4c6D8e0.js": "console.log('a flight')\n" * 200,
    "assets/index-C5d7E9f1.css": "p { color: black }\n" * 200,
}


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small frontend, built as the real one is: its own build may or may not be there."""
    folder = tmp_path_factory.mktemp("dist")
    (folder / "assets").mkdir()
    for name, text in BUILT.items():
        (folder / name).write_text(text)
        (folder / f"{name}.br").write_bytes(brotli.compress(text.encode()))
        (folder / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    return folder


@pytest.fixture(scope="session")
def servers(cluster: postgres.Cluster) -> Iterator[dict[str, str]]:
    """Where the Lab finds each engine: real ones, so that no side is left out of a test."""
    with (
        engines.running("redis") as redis,
        engines.running("memcached") as memcached,
        postgres.pgbouncer(cluster) as pgbouncer,
    ):
        yield {
            "LAB_REDIS_URL": redis.url,
            "LAB_MEMCACHED_URL": memcached.url,
            "LAB_POSTGRES_URL": cluster.url(),
            "LAB_PGBOUNCER_URL": pgbouncer(postgres.LOADED),
        }


@pytest.fixture(scope="module")
def app(app: Flask, dist: Path, servers: dict[str, str]) -> Iterator[Flask]:
    """The application, with LAB=on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAB", "on")
        for variable, url in servers.items():
            patch.setenv(variable, url)
        patch.setenv("FRONTEND_DIST", str(dist))
        lab.mount(app)
    yield app
    app.extensions["lab"].opened.close()
