"""An interrupted load leaves nothing half-done, and the next load finishes."""

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from other_loader import Noting, Process, holding
from sqlalchemy import Engine, event, text

from roundtrip.config import BACKEND
from roundtrip.data import storage
from roundtrip.data.loader import load, loaded
from roundtrip.data.source import Files
from roundtrip.data.storage import StorageError

TABLES = ("airlines", "airports", "planes", "weather", "flights", "delays_by_route", "delays_by_time", "datasets")

Hold = Callable[[str, str, int], Process]


@pytest.fixture
def hold(path: Path) -> Iterator[Hold]:
    with holding(f"sqlite:///{path}") as start:
        yield start


def rows(path: Path) -> dict[str, int]:
    connection = sqlite3.connect(path)
    counts = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
    connection.close()
    return counts


def schema(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    found = {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'")}
    connection.close()
    return found


@pytest.mark.parametrize(("step", "done"), [("Planes", 3_322), ("Flights", 10_000), ("Indexes", 6), ("Summaries", 2)])
def test_a_killed_load_leaves_nothing_and_the_next_one_finishes(
    hold: Hold, engine: Engine, path: Path, small: Files, step: str, done: int
) -> None:
    before = schema(path)
    process = hold(str(small.folder), step, done)
    process.kill()  # SIGKILL: no code in the process can clean up
    process.wait()
    assert set(rows(path).values()) == {0}
    assert schema(path) == before
    assert load(engine, files=small) is True
    assert rows(path)["flights"] == small.flights
    assert schema(path) == before


def test_a_load_of_everything_that_is_killed_with_much_already_written_leaves_nothing(
    hold: Hold, engine: Engine, path: Path
) -> None:
    """Beyond what the page cache holds, SQLite has written uncommitted pages to its log by then."""
    process = hold("-", "Indexes", 5)
    log = path.with_name(path.name + "-wal")
    assert log.stat().st_size > 20 * 1024**2
    process.kill()
    process.wait()
    assert set(rows(path).values()) == {0}
    assert loaded(engine) is None
    assert load(engine) is True
    assert rows(path)["flights"] == 336_776


def test_a_killed_replacement_leaves_what_was_there(hold: Hold, engine: Engine, path: Path, small: Files) -> None:
    load(engine, 2, files=small)
    before, tables = rows(path), schema(path)
    process = hold(str(small.folder), "Indexes", 6)
    assert rows(path) == before, "readers go on reading what was there"
    process.kill()
    process.wait()
    assert (rows(path), schema(path)) == (before, tables)
    present = loaded(engine)
    assert present is not None
    assert present.scale == 2


def test_when_two_loads_start_at_once_one_loads_and_the_other_waits_and_reports_it(
    hold: Hold, engine: Engine, path: Path, small: Files
) -> None:
    process = hold(str(small.folder), "Flights", 10_000)
    progress = Noting()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(load, engine, 1, progress, small)
        assert progress.spoken.wait(30)
        output, _ = process.communicate("go on\n", timeout=60)
        assert output == "True\n"
        assert other.result(60) is False
    assert progress.said == ["Waiting for another process that loads data."]
    assert rows(path)["flights"] == small.flights
    assert rows(path)["datasets"] == 1


def test_one_that_waited_for_a_load_that_failed_loads_itself(
    hold: Hold, engine: Engine, path: Path, small: Files
) -> None:
    process = hold(str(small.folder), "Flights", 10_000)
    progress = Noting()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(load, engine, 1, progress, small)
        assert progress.spoken.wait(30)
        process.kill()
        assert other.result(60) is True
    assert rows(path)["flights"] == small.flights


def test_waiting_has_an_end(hold: Hold, engine: Engine, small: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(str(small.folder), "Flights", 10_000)
    monkeypatch.setattr(storage, "PATIENCE", 0.3)
    with pytest.raises(StorageError, match="another process has been writing to the database for"):
        load(engine, files=small)


def test_a_full_database_is_one_clear_sentence_and_leaves_nothing(engine: Engine, path: Path, small: Files) -> None:
    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 500")

    engine.dispose()
    event.listen(engine, "connect", limit)
    before = schema(path)
    with pytest.raises(StorageError, match="its disk may be full") as raised:
        load(engine, files=small)
    assert "\n" not in str(raised.value)
    assert set(rows(path).values()) == {0}
    assert schema(path) == before
    event.remove(engine, "connect", limit)
    engine.dispose()
    assert load(engine, files=small) is True


def test_the_command_on_a_disk_without_room_says_it_in_one_line(engine: Engine, path: Path) -> None:
    """The kernel refuses to let a file grow beyond a limit, as it would on a full disk."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (30 * 1024**2, 30 * 1024**2))

    before = schema(path)
    result = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "data", "load"],
        cwd=BACKEND,
        env={"DATABASE_URL": f"sqlite:///{path}", "SECRET_KEY": "test"},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.startswith("Error: the database cannot be written; its disk may be full")
    assert result.stderr.endswith("Nothing was changed.\n")
    assert result.stderr.count("\n") == 1
    assert set(rows(path).values()) == {0}
    assert schema(path) == before


def test_the_connection_that_loaded_does_not_go_back_to_the_pool(engine: Engine, small: Files) -> None:
    load(engine, files=small)
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA busy_timeout")) == 5000
        assert connection.scalar(text("PRAGMA cache_size")) == -2000
