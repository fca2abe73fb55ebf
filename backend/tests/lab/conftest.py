"""Fixtures for the tests of the Lab: the application with the Lab mounted, all engines that its sides need, and a built
frontend, which they make up.
"""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import brotli
import engines
import postgres
import pytest
from flask import Flask
from flask_roundtrip.shared.store import SharedStore

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


ENGINES = {"LAB_REDIS_URL", "LAB_MEMCACHED_URL", "LAB_POSTGRES_URL", "LAB_PGBOUNCER_URL"}


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The addresses of all installed engines for the Lab. `all_engines` skips a test if one is missing."""
    urls = {}
    with ExitStack() as started:
        for variable, name in (("LAB_REDIS_URL", "redis"), ("LAB_MEMCACHED_URL", "memcached")):
            with suppress(pytest.skip.Exception):
                urls[variable] = started.enter_context(engines.running(name)).url
        with suppress(pytest.skip.Exception):
            cluster: postgres.Cluster = request.getfixturevalue("cluster")
            urls["LAB_POSTGRES_URL"] = cluster.url()
            pgbouncer = started.enter_context(postgres.pgbouncer(cluster))
            urls["LAB_PGBOUNCER_URL"] = pgbouncer(postgres.LOADED)
        yield urls


@pytest.fixture
def all_engines(servers: dict[str, str]) -> None:
    """Skip a test if it would leave a side out."""
    missing = ENGINES - servers.keys()
    if missing:
        pytest.skip(f"servers are missing, for {', '.join(sorted(missing))}")


@pytest.fixture(scope="module")
def app(app: Flask, dist: Path, servers: dict[str, str]) -> Iterator[Flask]:
    """The application, with LAB=on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAB", "on")
        patch.setattr(SharedStore, "timeout", 60)  # the machine may be busy, and no test here is about that
        patch.setattr(SharedStore, "turn", 60)
        for variable, url in servers.items():
            patch.setenv(variable, url)
        patch.setenv("FRONTEND_DIST", str(dist))
        patch.setenv("LAB_EDGE", "on")  # what the edge does with an answer is the stack's own tests' matter
        lab.mount(app)
    yield app
    app.extensions["lab"].opened.close()
