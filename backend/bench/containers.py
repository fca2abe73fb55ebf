"""Starts the production topology for the benchmark, beside any running one, and reads the resources that it uses."""

import json
import os
import secrets
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import psycopg

from .load import get, one
from .questions import HOT_LIST
from .servers import BACKEND, cpu_of

FILE = "/assets/bench/list.json"  # where the edge has the hot list as a file
KNOWN = 4.0  # seconds after which the balancer has noticed that a replica hangs or is back


class Containers:
    """The topology under a name and ports of its own, with compose.yml; when it ends, its data go, too."""

    def __enter__(self) -> "Containers":
        _check_engine()
        self._files = tempfile.TemporaryDirectory(prefix="roundtrip-bench-")
        os.chmod(self._files.name, 0o755)  # noqa: S103 - for nginx, which is another user
        self._password = secrets.token_hex(32)
        self._environment = {
            **os.environ,
            "COMPOSE_PROJECT_NAME": os.environ.get("COMPOSE_PROJECT_NAME", "roundtrip") + "-bench",
            "HTTPS_PORT": "0",  # any that are free
            "HTTP_PORT": "0",
            "POSTGRES_PASSWORD": self._password,
            "SECRET_KEY": secrets.token_hex(32),
            "TRUSTED_HOSTS": "localhost,bench",
            "RATE_LIMIT": "1000000000/minute",  # counted, and never reached
            "WORKERS": "1",
            "BENCH_FILES": self._files.name,
        }
        try:
            self._compose("up", "--build", "--wait", "--quiet-pull")
            body = one(self.edge(), get(HOT_LIST.ours, Accept_Encoding="br"))[2]
            (Path(self._files.name) / "list.json.br").write_bytes(body)
            self._count_statements()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def edge(self, *services: str) -> "Edge":
        """Return the edge, with the CPU time of these services; of all, where none is named."""
        names = services or self._compose("ps", "--services").split()
        pids = [pid for name in names for container in self._ids(name) for pid in _processes(container)]
        return Edge(_address(self._ids("edge")[0]), pids)

    @property
    def database_url(self) -> str:
        """PostgreSQL through pgbouncer, as this machine reaches it."""
        return self._postgres("pgbouncer", 6432).replace(":", "+psycopg:", 1)

    @contextmanager
    def one_replica(self) -> Iterator[None]:
        """Let all replicas but one hang, as long as the block lasts."""
        others = self._ids("api")[1:]
        _docker("pause", *others)
        try:
            time.sleep(KNOWN)
            yield
        finally:
            _docker("unpause", *others)
            time.sleep(KNOWN)

    def ways(self) -> Generator[float, None, None]:
        """Yield the milliseconds of an empty statement through pgbouncer, there and back."""
        with psycopg.connect(self._postgres("pgbouncer", 6432), autocommit=True, prepare_threshold=None) as connection:
            while True:
                began = time.perf_counter()
                connection.execute("SELECT").fetchall()
                yield (time.perf_counter() - began) * 1000

    def statements(self) -> Generator[float, None, None]:
        """Yield the milliseconds that PostgreSQL itself has spent on statements about flights so far."""
        told = (
            "SELECT sum(total_plan_time + total_exec_time) FROM pg_stat_statements "
            "WHERE query LIKE 'SELECT flights.%' AND toplevel"
        )
        with psycopg.connect(self._postgres("postgres", 5432), autocommit=True) as connection:
            while True:
                ((spent,),) = connection.execute(told).fetchall()
                yield spent

    def _count_statements(self) -> None:
        self._sql("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
        self._sql("ALTER SYSTEM SET pg_stat_statements.track_planning = on")
        self._compose("restart", "postgres")
        self._compose("up", "--wait", "--no-recreate")
        self._sql("CREATE EXTENSION pg_stat_statements")

    def _postgres(self, service: str, port: int) -> str:
        return f"postgresql://roundtrip:{self._password}@{_address(self._ids(service)[0])}:{port}/roundtrip"

    def _sql(self, statement: str) -> str:
        return self._compose("exec", "-T", "postgres", "psql", "-U", "roundtrip", "-qtAc", statement).strip()

    def _ids(self, service: str) -> list[str]:
        return self._compose("ps", "-q", service).split()

    def _compose(self, *arguments: str) -> str:
        files = ("-f", str(BACKEND.parent / "docker-compose.yml"), "-f", str(BACKEND / "bench" / "compose.yml"))
        return _docker("compose", *files, *arguments, environment=self._environment)

    def _stop(self) -> None:
        self._compose("down", "--volumes", "--timeout", "5")
        self._files.cleanup()


class Edge:
    """The edge over TLS, and what some of the containers take."""

    def __init__(self, address: str, processes: Sequence[int]) -> None:
        self._address = address
        self._spent = dict.fromkeys(processes, 0.0)
        self._tls = ssl.create_default_context()
        self._tls.check_hostname = False
        self._tls.verify_mode = ssl.CERT_NONE  # a certificate of this machine's own making

    def connect(self) -> socket.socket:
        """Return a new connection to the container itself, past the process of Docker that forwards the port."""
        plain = socket.create_connection((self._address, 8443), timeout=30)
        return self._tls.wrap_socket(plain, server_hostname="localhost")

    def cpu_seconds(self) -> float:
        """Return the CPU time of all these processes; of those that have ended (a vacuum), what was last seen."""
        for process in self._spent:
            with suppress(OSError):
                self._spent[process] = cpu_of(process)
        return sum(self._spent.values())


def _check_engine() -> None:
    """Raise SystemExit if there is no engine, or if its processes cannot be read."""
    try:
        _docker("compose", "version")
        _docker("info")
    except (OSError, subprocess.CalledProcessError):
        sys.exit("This needs a running Docker engine, 20.10 or newer, with Compose 2.20 or newer.")
    if not sys.platform.startswith("linux"):
        sys.exit("This needs Linux, with the Docker engine on this machine: it reads the CPU time of its processes.")


def _processes(container: str) -> list[int]:
    """Return what the service runs as; what looks after its health is no child of it."""
    found = [int(_docker("inspect", "-f", "{{.State.Pid}}", container))]
    for process in found:  # which grows
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            found += map(int, children.read_text().split())
    return found


def _address(container: str) -> str:
    (told,) = json.loads(_docker("inspect", container))
    return next(str(network["IPAddress"]) for network in told["NetworkSettings"]["Networks"].values())


def _docker(*arguments: str, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(["docker", *arguments], env=environment, capture_output=True, text=True)  # noqa: S603, S607 - fixed commands
    if done.returncode:
        print(done.stderr[-4000:], file=sys.stderr)
    done.check_returncode()
    return done.stdout
