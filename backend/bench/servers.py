"""Starts contenders, all with the product's own gunicorn settings, and reads the resources that they use."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

BACKEND = Path(__file__).resolve().parent.parent
LONGEST_START = 30.0  # seconds


class Server:
    """One contender: gunicorn with gunicorn.conf.py, on a free port."""

    def __init__(
        self,
        application: str,
        environment: Mapping[str, str],
        cores: Sequence[int] = (),
        backend: Path = BACKEND,
    ) -> None:
        self._application = application
        self._environment = environment
        self._cores = cores
        self._backend = backend

    def __enter__(self) -> "Server":
        self.port = _free_port()
        self._log = tempfile.TemporaryFile("w+")
        with on_cores(self._cores):  # a child begins where its parent runs
            self._process = subprocess.Popen(  # noqa: S603 - a fixed command
                [sys.executable, "-m", "gunicorn", self._application],
                cwd=self._backend,
                env={
                    **without_settings(),
                    **self._environment,
                    "ROUNDTRIP_PORT": str(self.port),
                    "PORT": str(self.port),
                },
                stdout=self._log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._await_start()
            self.workers = self._find_workers()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def cpu_seconds(self) -> float:
        """Return the CPU time of the workers and all their threads; NaN if the system does not report it."""
        if not sys.platform.startswith("linux"):
            return float("nan")
        return sum(map(cpu_of, self.workers))

    def connect(self) -> socket.socket:
        """Return a new connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def memory(self) -> dict[str, float]:
        """Return the one worker's memory in MiB: RSS, and PSS (shared pages count in part)."""
        sizes = {}
        path = Path(f"/proc/{self.workers[0]}/smaps_rollup")
        for line in path.read_text().splitlines() if path.exists() else ():
            name, _, rest = line.partition(":")
            if name in ("Rss", "Pss"):
                sizes[name.lower()] = int(rest.split()[0]) / 1024
        return sizes

    def _await_start(self) -> None:
        deadline = time.monotonic() + LONGEST_START
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with self.connect() as connection:
                    connection.sendall(b"GET /none HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                    if connection.recv(12).startswith(b"HTTP/1.1"):
                        return
            except OSError:
                time.sleep(0.05)
        self._log.seek(0)
        raise RuntimeError(f"{self._application} did not start:\n{self._log.read()[-4000:]}")

    def _find_workers(self) -> list[int]:
        master = self._process.pid
        children = Path(f"/proc/{master}/task/{master}/children")
        return [int(child) for child in children.read_text().split()] if children.exists() else [master]

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


class on_cores:  # noqa: N801 - read as a verb: with on_cores(...)
    """Run a block on these cores only; on all cores if none is named or the system cannot do it."""

    def __init__(self, cores: Sequence[int]) -> None:
        self._cores = cores if hasattr(os, "sched_setaffinity") else ()

    def __enter__(self) -> None:
        if self._cores:
            self._before = os.sched_getaffinity(0)
            os.sched_setaffinity(0, self._cores)

    def __exit__(self, *ending: object) -> None:
        if self._cores:
            os.sched_setaffinity(0, self._before)


def cpu_of(process: int) -> float:
    """Return the CPU time of a process and all its threads, in seconds, to the nanosecond; on Linux."""
    return time.clock_gettime((~process << 3) | 2)  # clock_getcpuclockid(3)


def without_settings() -> dict[str, str]:
    """Return the environment without the user's own settings: each contender has only the settings named here."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ROUNDTRIP_")}


def cores() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the cores for the server and for the load: one each where there are two."""
    ours = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return ((ours[0],), (ours[-1],)) if len(ours) > 1 else ((), ())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
