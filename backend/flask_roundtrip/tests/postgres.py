"""A private, real PostgreSQL with the whole data set, and a real pgbouncer in front of it, on Unix sockets.

The cluster is made and loaded once for each state of the schema and the loader, and kept. A test run starts a copy of
the cluster, which it may change. The cluster sorts texts by English rules; no answer may depend on them.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from programs import program

USER = "roundtrip"
LOADED, EMPTY = "loaded", "empty"  # databases: with the data set (never written to), and with tables only
# For tests only: after a crash of the machine the data is copied anew.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "min_wal_size=32MB", "max_wal_size=256MB")
QUIET = ("listen_addresses=", "logging_collector=off", "autovacuum=off")  # no statistics at unknown times
FOLLOWING = ("wal_retrieve_retry_interval=100ms",)  # a replica's pause before it looks again for its primary
KEPT = Path(tempfile.gettempdir()) / f"roundtrip-postgresql-{os.getuid()}"  # a socket's path has to be short
PATIENCE = 60  # seconds


@dataclass
class Cluster:
    """A PostgreSQL server, in a folder that holds its data and its socket."""

    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    def url(self, database: str = LOADED) -> str:
        """Return the value for DATABASE_URL."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def connect(self, database: str = LOADED) -> "psycopg.Connection[tuple[object, ...]]":
        """Connect without any code of ours, in autocommit mode."""
        return psycopg.connect(host=str(self.folder), user=USER, dbname=database, autocommit=True)

    def start(self) -> None:
        options = [part for option in (*QUICK, *QUIET, *FOLLOWING) for part in ("-c", option)]
        command = [_binary("postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), *options]
        self.process = _started(command, self.folder / "log")
        _until(self.answers, self.process, self.folder / "log")

    def answers(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server; by default a "fast shutdown", which ends all connections first."""
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(PATIENCE)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Suspend all processes of the server during a block."""
        assert self.process is not None
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        processes = [self.process.pid, *map(int, Path(children).read_text().split())]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    @contextmanager
    def standby(self) -> Iterator["Cluster"]:
        """Run a replica that follows by streaming replication."""
        with _folder() as folder:
            copying = (_binary("pg_basebackup"), "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
            _run(*_as_nobody_special(), *copying, "-h", str(self.folder), "-U", USER, "-D", f"{folder}/data")
            standby = Cluster(folder)
            standby.start()
            try:
                yield standby
            finally:
                standby.stop(signal.SIGQUIT)

    @contextmanager
    def database(self, template: str = EMPTY) -> Iterator[str]:
        """Make a copy of a database, yield its URL, and drop it in the end."""
        name = f"of_a_test_{time.monotonic_ns()}"
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            yield self.url(name)
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def cluster(fingerprint: str, fill: Callable[[Cluster], None]) -> Iterator[Cluster]:
    """Run a copy of the kept cluster; `fill` loads the kept cluster when it is made."""
    kept = _kept(fingerprint, fill)
    with _folder() as folder:
        _run("cp", "-a", "--reflink=auto", f"{kept}/.", str(folder))
        copy = Cluster(folder)
        copy.start()
        try:
            yield copy
        finally:
            copy.stop(signal.SIGQUIT)


def _kept(fingerprint: str, fill: Callable[[Cluster], None]) -> Path:
    """Return the folder of the kept cluster; make the cluster when there is none."""
    KEPT.mkdir(mode=0o755, exist_ok=True)
    assert KEPT.stat().st_uid == os.getuid(), f"{KEPT} is somebody else's"
    kept = KEPT / f"{Path(_binary('initdb')).parts[-3]}-{fingerprint}"
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # when two runs start at once, one of them loads the data
        if not kept.exists():
            others = [folder for folder in KEPT.iterdir() if folder.is_dir()]
            for stale in sorted(others, key=lambda folder: folder.stat().st_mtime)[:-1]:
                shutil.rmtree(stale)
            draft = KEPT / "draft"
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(mode=0o700)
            if os.getuid() == 0:
                shutil.chown(draft, "postgres", "postgres")
            english = ("--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US")
            _run(*_as_nobody_special(), _binary("initdb"), "-D", f"{draft}/data", "-U", USER, "-A", "trust", *english)
            made = Cluster(draft)
            made.start()
            fill(made)
            made.stop()
            draft.rename(kept)
    return kept


@contextmanager
def pgbouncer(cluster: Cluster, pool_size: int = 3, query_wait: int = PATIENCE) -> Iterator[Callable[[str], str]]:
    """Run pgbouncer in transaction pooling, and yield a function from a database's name to its URL."""
    binary = program("pgbouncer", package="pgbouncer")
    port = 6432  # is only the end of a socket's name
    with _folder() as folder:
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            f"""[databases]
* = host={cluster.folder} user={USER}
[pgbouncer]
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = 200
auth_type = any
unix_socket_dir = {folder}
listen_port = {port}
listen_addr =
query_wait_timeout = {query_wait}
server_login_retry = 1
"""
        )
        process = _started([binary, str(settings)], folder / "log")
        try:
            _until((folder / f".s.PGSQL.{port}").exists, process, folder / "log")
            yield lambda database: f"postgresql+psycopg://{USER}@/{database}?host={folder}&port={port}"
        finally:
            process.kill()
            process.wait(PATIENCE)


@contextmanager
def _folder() -> Iterator[Path]:
    """Make a folder of the servers' user, with a short path, and remove it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="roundtrip-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _binary(name: str) -> str:
    return program(name, package="postgresql")


def _as_nobody_special() -> tuple[str, ...]:
    """Return the start of a command that runs as another user than root: PostgreSQL and pgbouncer refuse root."""
    if os.getuid() != 0:
        return ()
    return ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=QUIT")


def _started(command: list[str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("ab") as out:
        return subprocess.Popen([*_as_nobody_special(), *command], stdout=out, stderr=out, cwd="/")


def _until(ready: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
