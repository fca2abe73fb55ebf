"""Faults that only SQLite can have, and checks in SQLite's own SQL."""

from typing import Any

from roundtrip.resources.delays import model

SUMMARIES = tuple(summary.__tablename__ for summary in model.SUMMARIES)


def test_foreign_keys_and_the_file_itself_are_whole(ask: Any) -> None:
    assert ask("PRAGMA foreign_key_check") == []
    assert ask("PRAGMA integrity_check") == [("ok",)]


def test_every_value_has_the_type_of_its_column(ask: Any) -> None:
    """SQLite would store a number as text without complaint."""
    kinds = {"VARCHAR": "text", "DATETIME": "text", "FLOAT": "real"}
    for table in ("airlines", "airports", "planes", "weather", "flights", *SUMMARIES):
        for _, column, declared, *_ in ask(f"PRAGMA table_xinfo({table})"):
            kind = kinds.get(declared.partition("(")[0], "integer")
            found = {kind for (kind,) in ask(f"SELECT DISTINCT typeof({column}) FROM {table}")}
            assert found <= {kind, "null"}, (table, column)


def test_the_planner_has_figures_for_every_index(ask: Any) -> None:
    known = {index for (index,) in ask("SELECT idx FROM sqlite_stat1 WHERE idx IS NOT NULL")}
    made = {name for (name,) in ask("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")}
    assert made <= known
