"""Fixtures for the tests of operations: applications with their own settings above the whole data set."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest
from engines import Engine, running
from flask import Flask
from support import Asking, asked_at

from roundtrip import create_app
from roundtrip.config import Settings
from roundtrip.extensions import db
from roundtrip.operations import logs


@pytest.fixture
def made(database_path: Path, tmp_path: Path, door: str) -> Iterator[Callable[..., Flask]]:
    """Return a function that makes an application with these settings, and a page."""
    (tmp_path / "index.html").write_text("<!doctype html><title>Roundtrip</title>")
    (tmp_path / "icon.svg").write_text("<svg/>")
    with ExitStack() as stack:

        def make(**settings: Any) -> Flask:
            url = f"sqlite:///{database_path}"
            given = {"database_url": url, "secret_key": "test", "frontend_dist": str(tmp_path), **settings}
            app = create_app(Settings(**given))
            with app.app_context():
                stack.callback(db.engine.dispose)
            stack.enter_context(asked_at(door, app))
            return app

        yield make


@pytest.fixture
def asking(made: Callable[..., Flask]) -> Asking:
    """Return a function that gives a client of an application with these settings."""
    return lambda **settings: made(**settings).test_client()


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """The lines of the log from now on; pytest's own logging stays as it is."""
    written: list[dict[str, Any]] = []
    monkeypatch.setattr(logs, "configure", lambda: None)
    monkeypatch.setattr(
        logs.RequestLog, "note", lambda _, exchange: written.append(orjson.loads(orjson.dumps(logs.line(exchange))))
    )

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(orjson.loads(self.format(record)))

    handler = Kept()
    handler.setFormatter(logs.JsonLines())
    loggers = [logging.getLogger(name) for name in ("roundtrip", "flask_roundtrip")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield written
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
        logger.removeHandler(handler)


@pytest.fixture(scope="module")
def redis() -> Iterator[Engine]:
    """A Redis that tests may pause and restart, and leave running."""
    with running("redis") as engine:
        yield engine
