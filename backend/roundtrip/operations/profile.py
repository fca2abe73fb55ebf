"""Settings with which a server must not start. One error lists all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from ..config import Settings
from . import trace_settings

DATABASES = ("sqlite:///", "postgresql+psycopg://")
STORES = ("memory:", "redis://", "rediss://", "unix://", "memcached://")
SHORTEST_SECRET = 32  # characters
_PLACEHOLDERS = ("change", "default", "example", "insecure", "password", "secret")
_CHOICES = {
    "profile": ("development", "production"),
    "server": ("threads", "asgi"),
    "metrics": ("off", "on"),
    "log_format": ("", "json"),
    "inspect": ("off", "on"),
}


def refuse_what_is_wrong(settings: Settings, environment: Mapping[str, str]) -> None:
    """Raise SystemExit that names every wrong setting and its allowed values."""
    problems = [*_invalid(settings), *_wrong_when_scaled(settings), *trace_settings.wrong(environment)]
    if settings.profile == "production":
        problems += _unsafe(settings, environment)
    if problems:
        raise SystemExit("\n  - ".join(["This cannot start:", *problems]))


def _invalid(settings: Settings) -> Iterator[str]:
    for name, choices in _CHOICES.items():
        value = getattr(settings, name)
        if value not in choices:
            expected = " or ".join(choice or "nothing" for choice in choices)
            yield f"{name.upper()}: expected {expected}, got {value!r}."
    for setting in fields(settings):
        value, least = getattr(settings, setting.name), setting.default
        if isinstance(least, int) and value < min(1, least):
            yield f"{setting.name.upper()}: expected {min(1, least)} or more, got {value}."
    if not settings.database_url.startswith(DATABASES):  # it is not repeated: it can hold a password
        yield f"DATABASE_URL: expected one that begins with {' or '.join(DATABASES)}."
    try:
        settings.cache_config()
    except SystemExit as refused:
        yield str(refused)
    if settings.rate_limit:
        from limits import parse  # imported here, so that the library is not in memory without a limit

        try:
            parse(settings.rate_limit)
        except ValueError:
            yield f"RATE_LIMIT: expected such as 1200/minute, got {settings.rate_limit!r}."
    urls = (settings.database_url, settings.database_read_url)
    if settings.database_read_url and not all(url.startswith("postgresql+psycopg://") for url in urls):
        yield "DATABASE_READ_URL: expected a replica in PostgreSQL, and its primary in DATABASE_URL."
    if settings.sentry_dsn:
        yield from trace_settings.wrong_dsn(settings.sentry_dsn)
    if not settings.rate_limit_url.startswith(STORES):  # it is not repeated: it can hold a password
        yield f"RATE_LIMIT_URL: expected one that begins with {', '.join(STORES)}."


def _wrong_when_scaled(settings: Settings) -> Iterator[str]:
    """Yield the stores in one process, which are wrong with several processes in every profile."""
    if settings.workers < 2:
        return
    if settings.cache_url == "memory:":
        yield (
            f"CACHE_URL=memory: is a response cache in each process, and WORKERS is {settings.workers}: "
            "each process would build and keep its own entries. Name a Redis or Memcached, or set WORKERS=1."
        )
    if settings.rate_limit and settings.rate_limit_url == "memory:":
        yield (
            f"RATE_LIMIT_URL=memory: counts in one process, and WORKERS is {settings.workers}: "
            "each process would allow the whole limit. Name a Redis or Memcached, or set RATE_LIMIT to nothing."
        )


def _unsafe(settings: Settings, environment: Mapping[str, str]) -> Iterator[str]:
    secret = settings.secret_key
    if not secret:
        yield "SECRET_KEY (or SECRET_KEY_FILE) is not set: hosts with different keys refuse each other's cursors."
    elif len(secret) < SHORTEST_SECRET:
        yield f"SECRET_KEY has {len(secret)} characters: {SHORTEST_SECRET} or more are safe."
    elif secret.lower().startswith(_PLACEHOLDERS) or len(set(secret)) < SHORTEST_SECRET // 4:
        yield "SECRET_KEY looks like a placeholder: make one of 32 random bytes."
    if environment.get("FLASK_DEBUG", "").lower() not in ("", "0", "false", "no"):
        yield "FLASK_DEBUG is on: it lets visitors run code."
    if environment.get("ROUNDTRIP_LAB", environment.get("LAB", "")).strip() == "on":
        yield "LAB=on: the Lab's experiments load a server on purpose."
    if settings.inspect == "on":
        yield "INSPECT=on: it shows visitors the statements and profiles of requests, and makes them at their command."
    if not [name for name in settings.trusted_hosts.split(",") if name.strip()]:
        yield "TRUSTED_HOSTS is empty: name the host names of this site, separated by commas."
