"""Settings, each read from the environment variable of its name. The defaults need nothing installed."""

import os
import secrets
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

BACKEND = Path(__file__).resolve().parent.parent
INSTANCE = BACKEND / "instance"
MIB = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """Everything that differs from one place to another."""

    database_url: str = f"sqlite:///{INSTANCE / 'roundtrip.sqlite3'}"
    database_pool_size: int = 8
    database_pool_wait: int = 500  # milliseconds for a connection to come free
    database_read_wait: int = 5000  # milliseconds for the answer to a read; on PostgreSQL
    cache_url: str = "memory:"
    cache_max_bytes: int = 20 * MIB
    secret_key: str = ""  # signs cursors; empty: made once and kept in the instance folder
    frontend_dist: str = str(BACKEND.parent / "frontend" / "dist")
    migrations: str = str(BACKEND / "migrations")
    batch_threads: int = 4
    scale: int = 1  # how many years of flights the loader makes of the one that was recorded
    testing: bool = field(default=False, metadata={"environment": False})

    def cache_config(self) -> dict[str, object]:
        """Return what Flask-Caching needs to know of the backend that CACHE_URL names."""
        scheme = self.cache_url.partition(":")[0]
        options: dict[str, object] = {"most_bytes": self.cache_max_bytes}  # in this process, whatever the backend
        try:
            url = urlsplit(self.cache_url)
            if self.cache_url == "memory:":
                return _cache("memory_backend.MemoryBackend", options)
            if (scheme in ("redis", "rediss") and url.hostname) or (scheme == "unix" and url.path):
                _ = url.port  # raises when it is none
                return _cache("redis_backend.RedisBackend", {**options, "url": self.cache_url})
            if scheme == "memcached" and (url.hostname or url.path):
                server = (url.hostname, url.port or 11211) if url.hostname else url.path
                return _cache("memcached_backend.MemcachedBackend", {**options, "server": server})
        except ValueError:
            pass
        # The rest of it is not repeated: it can hold a password.
        raise SystemExit(
            "CACHE_URL: expected memory:, redis://host:port/db, rediss://host:port/db, unix:///path or "
            f"memcached://host:port, got {scheme}:..."
        )

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read every setting from the variable of its name in capitals; a number must be one."""
        given = {
            setting.name: _converted(setting.name, os.environ[setting.name.upper()], setting.type)
            for setting in fields(cls)
            if setting.metadata.get("environment", True) and setting.name.upper() in os.environ
        }
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
    return {"CACHE_TYPE": f"roundtrip.techniques.{backend}", "CACHE_OPTIONS": options}


def _converted(name: str, text: str, kind: object) -> str | int:
    if kind is not int:
        return text
    try:
        return int(text)
    except ValueError:
        raise SystemExit(f"{name.upper()} must be a whole number, got {text!r}") from None
