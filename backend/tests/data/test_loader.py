"""Loading: once, again, at another scale."""

import sqlite3
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from roundtrip.config import MIB
from roundtrip.data import loader
from roundtrip.data.clock import NEW_YORK
from roundtrip.data.loader import load, loaded
from roundtrip.data.source import Files, SourceError
from roundtrip.extensions import db
from roundtrip.resources.delays.model import SUMMARIES


def test_loading_what_is_there_is_one_look(app: Flask) -> None:
    with app.app_context():
        before = loaded(db.engine)
        statements: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        assert load(db.engine) is False
        assert len(statements) == 2, statements
        assert not [statement for statement in statements if "BEGIN" in statement]
        assert loaded(db.engine) == before


def test_a_data_set_says_when_it_was_loaded(engine: Engine, small: Files) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    assert loaded(engine) is None
    assert load(engine, files=small) is True
    there = loaded(engine)
    assert there is not None
    assert (there.version, there.scale) == ("small", 1)
    assert before <= there.loaded_at <= datetime.now(UTC)


def test_another_scale_replaces_everything(engine: Engine, small: Files, path: Path) -> None:
    load(engine, 1, files=small)
    first = contents(path)
    load(engine, 3, files=small)
    assert len(contents(path)["flights"]) == 3 * small.flights
    assert load(engine, 1, files=small) is True
    assert contents(path) == first


def test_a_copy_is_364_days_later_on_the_same_weekday_with_the_same_weather(
    engine: Engine, small: Files, path: Path
) -> None:
    load(engine, 3, files=small)
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    rows = connection.execute("SELECT * FROM flights ORDER BY id").fetchall()
    connection.close()
    for number in (1, 2):
        for one, copy in zip(rows, rows[number * small.flights :], strict=False):
            assert copy["id"] == one["id"] + number * small.flights
            for name in ("sched_dep", "dep", "sched_arr", "arr"):
                if one[name] is None:
                    assert copy[name] is None
                else:
                    shift = datetime.fromisoformat(copy[name]) - datetime.fromisoformat(one[name])
                    assert shift == timedelta(days=364 * number)
            assert copy["month"] == copy["sched_dep"][:7]
            for name in ("weekday", "hour", "weather_id", "carrier", "flight", "tailnum", "dep_delay", "status"):
                assert copy[name] == one[name]
            local = datetime.fromisoformat(copy["time_hour"]).astimezone(NEW_YORK)
            assert f"{local:%Y-%m-%dT%H}" == copy["sched_dep"][:13]


def test_the_summaries_hold_every_copy(engine: Engine, small: Files, path: Path) -> None:
    load(engine, 2, files=small)
    connection = sqlite3.connect(path)
    for summary in SUMMARIES:
        for unit in summary.ROWS:
            counted = f"SELECT sum(count) FROM {summary.__tablename__} WHERE unit = ?"
            assert connection.execute(counted, (unit,)).fetchone() == (2 * small.flights,)
    connection.close()


def test_memory_does_not_grow_with_the_scale(engine: Engine, small: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    def most_memory(scale: int) -> int:
        tracemalloc.start()
        load(engine, scale, files=small)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    monkeypatch.setattr(loader, "BATCH", 1_000)
    assert most_memory(4) < most_memory(1) + 2 * MIB  # 36,000 more rows, kept, would be some 50


def test_files_with_too_few_flights_are_refused_and_change_nothing(engine: Engine, small: Files, path: Path) -> None:
    load(engine, files=small)
    before = contents(path)
    with pytest.raises(SourceError, match="expected 12,001 flights in the files, found 12,000"):
        load(engine, files=replace(small, flights=12_001, version="damaged"))
    assert contents(path) == before


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows and all definitions but the time of loading."""
    connection = sqlite3.connect(path)
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'datasets'")
    found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables.fetchall()}
    found["datasets"] = connection.execute("SELECT name, version, scale FROM datasets").fetchall()
    found["indexes"] = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'").fetchall()
    found["indexes"].sort()
    connection.close()
    return found
