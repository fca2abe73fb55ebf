"""A server does not start with unsafe settings, and one error lists all of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from roundtrip import create_app
from roundtrip.config import PRODUCTION, Settings
from roundtrip.operations.profile import refuse_what_is_wrong

SECRET = "K7tq0m3Zx9VbL2wRf8YdJ5hNc1GsTuEp"
SAFE = Settings(profile="production", secret_key=SECRET, trusted_hosts="flights.example.org")


def refusal(settings: Settings, **environment: str) -> str:
    with pytest.raises(SystemExit) as refused:
        refuse_what_is_wrong(settings, environment)
    return str(refused.value)


def test_safe_settings_are_accepted() -> None:
    refuse_what_is_wrong(SAFE, {"LAB": "off", "FLASK_DEBUG": "0"})
    refuse_what_is_wrong(Settings(), {"LAB": "on", "FLASK_DEBUG": "1"})


def test_one_error_lists_all_wrong_settings() -> None:
    settings = Settings(profile="production", workers=2, rate_limit="5/minute")
    told = refusal(settings, LAB="on", FLASK_DEBUG="1")
    for name in ("SECRET_KEY", "TRUSTED_HOSTS", "FLASK_DEBUG", "LAB", "CACHE_URL", "RATE_LIMIT_URL"):
        assert name in told


@pytest.mark.parametrize("secret", ["", "short", "change-me-change-me-change-me-change-me", "x" * 64])
def test_a_weak_secret_is_refused_and_never_repeated(secret: str) -> None:
    told = refusal(replace(SAFE, secret_key=secret))
    assert "SECRET_KEY" in told
    assert not secret or secret not in told


@pytest.mark.parametrize("profile", ["development", "production"])
def test_a_store_in_one_process_is_refused_for_several_in_every_profile(profile: str) -> None:
    settings = replace(SAFE, profile=profile, workers=2)
    assert "CACHE_URL=memory:" in refusal(settings)
    shared = replace(settings, cache_url="redis://localhost", rate_limit="5/minute")
    assert "RATE_LIMIT_URL=memory:" in refusal(shared)
    refuse_what_is_wrong(replace(shared, rate_limit_url="redis://localhost"), {})


@pytest.mark.parametrize(
    ("setting", "value"),
    [("profile", "prod"), ("metrics", "yes"), ("log_format", "xml"), ("rate_limit", "lots")],
)
def test_a_setting_with_no_meaning_is_refused(setting: str, value: str) -> None:
    told = refusal(replace(Settings(), **{setting: value}))  # type: ignore[arg-type]  # each is a text
    assert setting.upper() in told
    assert value in told


@pytest.mark.parametrize("url", ["sqlite://", "postgresql+psycopg://u:hidden@replica/x"])
def test_a_replica_of_sqlite_is_refused(url: str) -> None:
    told = refusal(Settings(database_read_url=url))
    assert "DATABASE_READ_URL: expected a replica in PostgreSQL" in told
    assert "hidden" not in told


def test_an_unknown_store_of_rates_is_refused_and_not_repeated() -> None:
    told = refusal(Settings(rate_limit_url="mongodb://u:hidden@host"))
    assert "RATE_LIMIT_URL: expected one that begins with memory:, redis://" in told
    assert "hidden" not in told


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [("workers", 0, "1 or more"), ("database_pool_size", -1, "1 or more"), ("trusted_proxies", -1, "0 or more")],
)
def test_a_number_that_is_too_small_is_refused(setting: str, value: int, expected: str) -> None:
    told = refusal(replace(Settings(), **{setting: value}))  # type: ignore[arg-type]  # each is a number
    assert f"{setting.upper()}: expected {expected}, got {value}." in told


@pytest.mark.parametrize("setting", ["database_url", "cache_url"])
def test_an_unknown_engine_is_refused_and_not_repeated(setting: str) -> None:
    told = refusal(replace(Settings(), **{setting: "mysql://u:hidden@host/db"}))  # type: ignore[arg-type]  # a text
    assert f"{setting.upper()}: expected" in told
    assert "hidden" not in told


def test_the_application_does_not_start_either() -> None:
    with pytest.raises(SystemExit, match="TRUSTED_HOSTS is empty"):
        create_app(replace(SAFE, trusted_hosts=" , "))


def test_the_profile_sets_defaults_and_keeps_set_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROFILE", "production")
    monkeypatch.setenv("RATE_LIMIT", "5/second")
    settings = Settings.from_environment()
    assert settings.rate_limit == "5/second"
    assert (settings.metrics, settings.log_format) == (PRODUCTION["metrics"], "json")


def test_a_secret_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, held in {"SECRET_KEY": SECRET, "DATABASE_READ_URL": "postgresql://u:p@host/x"}.items():
        (tmp_path / name).write_text(f"{held}\n")
        monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
    settings = Settings.from_environment()
    assert (settings.secret_key, settings.database_read_url) == (SECRET, "postgresql://u:p@host/x")
    monkeypatch.setenv("SECRET_KEY", "another")
    with pytest.raises(SystemExit, match="SECRET_KEY and SECRET_KEY_FILE are both set"):
        Settings.from_environment()


def test_a_missing_secret_file_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(SystemExit, match=r"SECRET_KEY_FILE: .* cannot be read: FileNotFoundError"):
        Settings.from_environment()


def test_no_secret_is_shown_with_the_settings() -> None:
    shown = repr(replace(SAFE, database_url="postgresql://u:hidden@h/x", cache_url="redis://:hidden@h"))
    assert "hidden" not in shown
    assert SECRET not in shown
