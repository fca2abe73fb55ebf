"""Settings come from the environment, and a wrong one stops the start with a clear sentence."""

from pathlib import Path

import pytest

from roundtrip.config import Settings, address, kept_secret


def test_nothing_needs_to_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "CACHE_URL", "SECRET_KEY", "CACHE_MAX_BYTES"):
        monkeypatch.delenv(name, raising=False)
    assert Settings.from_environment() == Settings()


def test_a_setting_is_read_from_the_variable_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////tmp/x")
    monkeypatch.setenv("CACHE_MAX_BYTES", "1000")
    settings = Settings.from_environment()
    assert (settings.database_url, settings.cache_max_bytes) == ("sqlite:////tmp/x", 1000)


def test_the_prefixed_variable_comes_before_the_plain_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://of-another-project")
    monkeypatch.setenv("ROUNDTRIP_DATABASE_URL", "sqlite:////tmp/x")
    monkeypatch.setenv("RATE_LIMIT", "1/minute")
    monkeypatch.setenv("ROUNDTRIP_RATE_LIMIT", "")
    (tmp_path / "key").write_text("hidden")
    monkeypatch.setenv("SECRET_KEY", "of another project")
    monkeypatch.setenv("ROUNDTRIP_SECRET_KEY_FILE", str(tmp_path / "key"))
    settings = Settings.from_environment()
    assert (settings.database_url, settings.rate_limit) == ("sqlite:////tmp/x", "")
    assert settings.secret_key == "hidden"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ("127.0.0.1", 8000)),
        ({"HOST": "x86_64-conda-linux-gnu", "PORT": ""}, ("127.0.0.1", 8000)),
        ({"HOST": "", "ROUNDTRIP_HOST": "", "ROUNDTRIP_PORT": ""}, ("127.0.0.1", 8000)),
        ({"HOST": "0.0.0.0", "PORT": "80"}, ("0.0.0.0", 80)),
        ({"HOST": "0.0.0.0", "ROUNDTRIP_HOST": "::1", "PORT": "80", "ROUNDTRIP_PORT": "81"}, ("::1", 81)),
        ({"ROUNDTRIP_HOST": "[::]"}, ("::", 8000)),
        ({"ROUNDTRIP_HOST": "localhost"}, ("localhost", 8000)),
    ],
)
def test_the_address_comes_from_the_host_and_port_variables(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: tuple[str, int]
) -> None:
    for name in ("HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert address() == expected


@pytest.mark.parametrize("port", ["x", "-1", "65536", "80.5"])
def test_an_invalid_port_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("ROUNDTRIP_PORT", port)
    with pytest.raises(SystemExit, match=r"ROUNDTRIP_PORT: expected a number up to 65535, got "):
        address()


def test_a_setting_that_is_a_number_must_be_numeric(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CACHE_MAX_BYTES", "lots")
    with pytest.raises(SystemExit, match="CACHE_MAX_BYTES must be a whole number, got 'lots'"):
        Settings.from_environment()


def test_testing_is_not_for_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTING", "1")
    assert Settings.from_environment().testing is False


@pytest.mark.parametrize(
    ("url", "backend"),
    [
        ("memory:", "MemoryStore"),
        ("redis://127.0.0.1:6379/0", "RedisStore"),
        ("rediss://user:secret@cache.example/1", "RedisStore"),
        ("unix:///run/redis.sock", "RedisStore"),
        ("memcached://127.0.0.1:11211", "MemcachedStore"),
        ("memcached://cache", "MemcachedStore"),
        ("memcached:///run/memcached.sock", "MemcachedStore"),
    ],
)
def test_the_scheme_of_the_url_chooses_the_cache(url: str, backend: str) -> None:
    kind = str(Settings(cache_url=url).cache_config()["CACHE_TYPE"])
    assert kind.endswith(f".{backend}")


@pytest.mark.parametrize(
    "url",
    ["", "x://y", "memory", "memory://x", "redis:", "redis:///0", "redis://h:port", "memcached:", "h:6379", "unix:"],
)
def test_an_unknown_cache_is_refused(url: str) -> None:
    with pytest.raises(SystemExit, match=r"^CACHE_URL: expected memory:, redis://host:port/db, .*, got "):
        Settings(cache_url=url).cache_config()


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(SystemExit) as refused:
        Settings(cache_url="reddis://user:secret@cache/0").cache_config()
    assert "secret" not in str(refused.value)


def test_the_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    secret = kept_secret(folder)
    assert len(secret) >= 32
    assert kept_secret(folder) == secret
    assert [path.name for path in folder.iterdir()] == ["secret_key"]
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    assert kept_secret(tmp_path / "a") != kept_secret(tmp_path / "b")
