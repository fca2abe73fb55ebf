"""Settings, each read from the environment variable of its name. The defaults need nothing installed."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

BACKEND = Path(__file__).resolve().parent.parent
INSTANCE = BACKEND / "instance"
MIB = 1024 * 1024
PRODUCTION = {"metrics": "on", "log_format": "json", "slow_statement": 100, "rate_limit": "1200/minute"}


def _secret(default: str) -> str:
    """A setting that may hold a password: no traceback shows it, and NAME_FILE may name a file that holds it."""
    held: str = field(default=default, repr=False, metadata={"file": True})
    return held


@dataclass(frozen=True)
class Settings:
    """Everything that differs from one place to another."""

    database_url: str = _secret(f"sqlite:///{INSTANCE / 'roundtrip.sqlite3'}")
    database_read_url: str = _secret("")  # a replica of it (PostgreSQL) that the API reads from; empty: none
    database_pool_size: int = 8
    # PostgreSQL only, in milliseconds: after both, less than a second, a request is told 503.
    database_pool_wait: int = 300  # for a connection to come free
    database_read_wait: int = 650  # for the answer to a read, which takes 20 for all flights of a year
    cache_url: str = _secret("memory:")
    cache_max_bytes: int = 20 * MIB
    secret_key: str = _secret("")  # signs cursors; empty: made once and kept in the instance folder
    frontend_dist: str = str(BACKEND.parent / "frontend" / "dist")
    migrations: str = str(BACKEND / "migrations")
    scale: int = 1  # how many years of flights the loader makes of the one that was recorded
    profile: str = "development"  # production: the defaults above, and no start with what is unsafe there
    workers: int = 1  # processes that serve; several need a response cache that they share
    threads: int = 16  # in each of them: a batch holds one until its last part is sent
    trusted_hosts: str = ""  # what Host may be, separated by commas; `.x.org` is x.org and all below; empty: anything
    trusted_proxies: int = 0  # how many proxies each request passes; nobody but the last one may reach this server
    metrics: str = "off"  # on: /metrics for Prometheus
    log_format: str = ""  # json: one line on standard output for each request
    slow_statement: int = 0  # milliseconds from which on an SQL statement is logged; 0: none is
    rate_limit: str = ""  # of the API, for each client, such as 1200/minute; empty: none
    rate_limit_url: str = _secret("memory:")  # where it is counted; also redis://host:port/db, memcached://host:port
    edge_purge_url: str = ""  # caches in front of the API that take PURGE (Varnish), separated by commas
    testing: bool = field(default=False, metadata={"environment": False})

    def cache_config(self) -> dict[str, object]:
        """Return what Flask-Caching needs to know of the backend that CACHE_URL names."""
        scheme = self.cache_url.partition(":")[0]
        options: dict[str, object] = {"most_bytes": self.cache_max_bytes}  # in this process, whatever the backend
        try:
            url = urlsplit(self.cache_url)
            if self.cache_url == "memory:":
                return _cache("response_cache.MemoryStore", options)
            if (scheme in ("redis", "rediss") and url.hostname) or (scheme == "unix" and url.path):
                _ = url.port  # raises when it is none
                return _cache("shared.redis.RedisStore", {**options, "url": self.cache_url})
            if scheme == "memcached" and (url.hostname or url.path):
                server = (url.hostname, url.port or 11211) if url.hostname else url.path
                return _cache("shared.memcached.MemcachedStore", {**options, "server": server})
        except ValueError:
            pass
        # The rest of it is not repeated: it can hold a password.
        raise SystemExit(
            "CACHE_URL: expected memory:, redis://host:port/db, rediss://host:port/db, unix:///path or "
            f"memcached://host:port, got {scheme}:..."
        )

    def edges(self) -> list[str]:
        """Return the URLs of the caches in front of the API that EDGE_PURGE_URL names, separated by commas."""
        return [url.strip() for url in self.edge_purge_url.split(",") if url.strip()]

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read every setting from the variable of its name in capitals; a number must be one.

        A secret may stand in a file instead, which the variable with _FILE at its end names.
        """
        given: dict[str, object] = {}
        for setting in fields(cls):
            text = _given(setting.name.upper(), setting.metadata)
            if text is not None:
                given[setting.name] = _converted(setting.name, text, setting.type)
        if given.get("profile") == "production":
            given = {**PRODUCTION, **given}
        return cls(**given)  # type: ignore[arg-type]  # _converted() gave each its own type


def kept_secret(folder: Path = INSTANCE) -> str:
    """Return the secret of this installation, making it on the first call.

    Several processes may start at once: the first to link its file into place wins, and all read that one.
    """
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"secret_key.{os.getpid()}"
        draft.write_text(secrets.token_urlsafe(32))
        draft.chmod(0o600)
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def _cache(backend: str, options: dict[str, object]) -> dict[str, object]:
    return {"CACHE_TYPE": f"flask_roundtrip.{backend}", "CACHE_OPTIONS": options}


def _given(name: str, told: Mapping[str, bool]) -> str | None:
    """Return what the environment says of a setting."""
    if not told.get("environment", True):
        return None
    path = os.environ.get(f"{name}_FILE") if told.get("file") else None
    if path is None:
        return os.environ.get(name)
    if name in os.environ:
        raise SystemExit(f"{name} and {name}_FILE are both set: which of them is meant?")
    try:
        return Path(path).read_text().strip()
    except (OSError, ValueError) as error:
        raise SystemExit(f"{name}_FILE: {path!r} cannot be read: {type(error).__name__}.") from None


def _converted(name: str, text: str, kind: object) -> str | int:
    if kind is not int:
        return text
    try:
        return int(text)
    except ValueError:
        raise SystemExit(f"{name.upper()} must be a whole number, got {text!r}") from None
