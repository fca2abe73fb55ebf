"""Settings, each read from the environment variable ROUNDTRIP_NAME, or NAME. The defaults need no other program.

Hosting services and containers set NAME alone. Other programs use some of these names, so ROUNDTRIP_NAME comes first.
"""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

BACKEND = Path(__file__).resolve().parent.parent
INSTANCE = BACKEND / "instance"
MIB = 1024 * 1024
HIGHEST_PORT = 65_535
PRODUCTION = {"metrics": "on", "log_format": "json", "slow_statement": 100, "rate_limit": "1200/minute"}


def _secret(default: str) -> str:
    """A setting that may hold a password: no traceback shows it, and NAME_FILE may name a file with its value."""
    held: str = field(default=default, repr=False, metadata={"file": True})
    return held


@dataclass(frozen=True)
class Settings:
    """The settings of one installation."""

    database_url: str = _secret(f"sqlite:///{INSTANCE / 'roundtrip.sqlite3'}")
    database_read_url: str = _secret("")  # a replica of it (PostgreSQL) that the API reads from; empty: none
    database_pool_size: int = 8
    # PostgreSQL only, in milliseconds. After both, which is less than a second, the answer is a 503.
    database_pool_wait: int = 300  # to wait for a free connection
    database_read_wait: int = 650  # to wait for the answer to a read, which takes at most 20 with one year of flights
    cache_url: str = _secret("memory:")
    cache_max_bytes: int = 20 * MIB
    secret_key: str = _secret("")  # signs cursors; empty: a secret is made once and kept in the instance folder
    frontend_dist: str = str(BACKEND.parent / "frontend" / "dist")
    migrations: str = str(BACKEND / "migrations")
    scale: int = 1  # the number of years of flights that the loader makes from the recorded year
    profile: str = "development"  # production: the same defaults, and no start with an unsafe setting
    workers: int = 1  # server processes; several processes need a shared response cache
    threads: int = 16  # in each of them: a batch holds one until its last part is sent
    # asgi: an event loop in each process, and its threads for answers that take long. (Many shells set SERVER.)
    server: str = field(default="threads", metadata={"plain": False})
    trusted_hosts: str = ""  # allowed Host headers, separated by commas; `.x.org` is x.org and all below; empty: any
    trusted_proxies: int = 0  # the number of proxies in front of this server; only the last of them may reach it
    metrics: str = "off"  # on: /metrics for Prometheus
    log_format: str = ""  # json: one line on standard output for each request
    slow_statement: int = 0  # an SQL statement that takes this many milliseconds is logged; 0: none is
    rate_limit: str = ""  # of the API, for each client, such as 1200/minute; empty: no limit
    rate_limit_url: str = _secret("memory:")  # the store of counts; also redis://host:port/db, memcached://host:port
    edge_purge_url: str = ""  # caches in front of the API that take PURGE (Varnish), separated by commas
    sentry_dsn: str = _secret("")  # the project in Sentry that errors are sent to; empty: none
    # on: for development, the timing panel may have a request run again, with the plans of its statements.
    inspect: str = "off"
    testing: bool = field(default=False, metadata={"environment": False})

    def cache_config(self) -> dict[str, object]:
        """Return Flask-Caching's settings for the backend that CACHE_URL names."""
        scheme = self.cache_url.partition(":")[0]
        options: dict[str, object] = {"most_bytes": self.cache_max_bytes}  # in this process, with any backend
        try:
            url = urlsplit(self.cache_url)
            if self.cache_url == "memory:":
                return _cache("response_cache.MemoryStore", options)
            if (scheme in ("redis", "rediss") and url.hostname) or (scheme == "unix" and url.path):
                _ = url.port  # raises ValueError for an invalid port
                return _cache("shared.redis.RedisStore", {**options, "url": self.cache_url})
            if scheme == "memcached" and (url.hostname or url.path):
                server = (url.hostname, url.port or 11211) if url.hostname else url.path
                return _cache("shared.memcached.MemcachedStore", {**options, "server": server})
        except ValueError:
            pass
        # The message does not repeat the value, which can hold a password.
        raise SystemExit(
            "CACHE_URL: expected memory:, redis://host:port/db, rediss://host:port/db, unix:///path or "
            f"memcached://host:port, got {scheme}:..."
        )

    def edges(self) -> list[str]:
        """Return the URLs of the caches in front of the API that EDGE_PURGE_URL names, separated by commas."""
        return [url.strip() for url in self.edge_purge_url.split(",") if url.strip()]

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read every setting, and check the numbers.

        A secret may be in a file instead: NAME_FILE names that file.
        """
        given: dict[str, object] = {}
        for known in fields(cls):
            text = _given(known.name.upper(), known.metadata)
            if text is not None:
                given[known.name] = _converted(known.name, text, known.type)
        if given.get("profile") == "production":
            given = {**PRODUCTION, **given}
        return cls(**given)  # type: ignore[arg-type]  # _converted() gave each its own type


def setting(name: str, default: str = "") -> str:
    """Return the value of ROUNDTRIP_NAME, or else of NAME."""
    return os.environ.get(f"ROUNDTRIP_{name}", os.environ.get(name, default))


def address() -> tuple[str, int]:
    """Return the host and the port to listen on: ROUNDTRIP_HOST and ROUNDTRIP_PORT. An empty variable is ignored.

    HOST without the prefix is used only if it is an IP address: many shells set it to the machine's name, and conda
    sets it to the compilers' target.
    """
    own, plain = (os.environ.get(name, "").strip("[] ") for name in ("ROUNDTRIP_HOST", "HOST"))
    port = setting("PORT") or "8000"
    if not (port.isascii() and port.isdigit() and int(port) <= HIGHEST_PORT):
        raise SystemExit(f"ROUNDTRIP_PORT: expected a number up to {HIGHEST_PORT}, got {port!r}.")
    return own or (plain if _is_ip(plain) else "127.0.0.1"), int(port)


def kept_secret(folder: Path = INSTANCE) -> str:
    """Return the secret of this installation; make it at the first call. Raises SystemExit if that fails."""
    path = folder / "secret_key"
    try:
        return _read_or_made(path)
    except PermissionError:
        doing = "read" if path.exists() else "written"
        raise SystemExit(
            f"{path} cannot be {doing} by this user. Run as the owner of the folder, "
            f"give the folder to this user (sudo chown -R $(id -un) {folder}), or set ROUNDTRIP_SECRET_KEY."
        ) from None


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _read_or_made(path: Path) -> str:
    """Return the content of the file; make the file if it is missing.

    Several processes may start at once: the first process that links its file into place wins, and all read that file.
    """
    folder = path.parent
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


def _given(name: str, about: Mapping[str, bool]) -> str | None:
    """Return a setting from the environment: ROUNDTRIP_NAME, or else NAME."""
    if not about.get("environment", True):
        return None
    for variable in (f"ROUNDTRIP_{name}", name)[: 2 if about.get("plain", True) else 1]:
        text, path = os.environ.get(variable), os.environ.get(f"{variable}_FILE") if about.get("file") else None
        if text is not None and path is not None:
            raise SystemExit(f"{variable} and {variable}_FILE are both set. Remove one of them.")
        if path is not None:
            try:
                return Path(path).read_text().strip()
            except (OSError, ValueError) as error:
                raise SystemExit(f"{variable}_FILE: {path!r} cannot be read: {type(error).__name__}.") from None
        if text is not None:
            return text
    return None


def _converted(name: str, text: str, kind: object) -> str | int:
    if kind is not int:
        return text
    try:
        return int(text)
    except ValueError:
        raise SystemExit(f"{name.upper()} must be a whole number, got {text!r}") from None
