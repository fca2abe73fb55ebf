"""A site with a full disk still answers, and a load that fills the disk gives its space back.

The disk is a small file system of its own, in memory. To mount one takes root, or sudo without a password. Who has
neither, or may not mount, tests with a limit on the size of files (setrlimit(2)): then it is the server that cannot
write, and not the disk that is full.
"""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import orjson
import pytest
from engines import Engine, running
from sqlalchemy import Engine as Database
from test_server import Server, serving

from roundtrip.config import BACKEND
from roundtrip.data.loader import load
from roundtrip.data.source import Files

SIZE = 24 * 1024**2  # the small data set takes a third of it, and the whole one seven times as much
API = "/api/v1"
LISTS = [f"{API}/{name}" for name in ("airlines", "airports", "planes", "weather", "flights", "delays?by=month")]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """An empty file system of SIZE; or a folder, where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    sudo = [] if os.geteuid() == 0 or not shutil.which("sudo") else ["sudo", "--non-interactive"]
    options = f"size={SIZE},mode=700,uid={os.getuid()}"
    command = [*sudo, "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    yield folder
    if mounted:
        subprocess.run([*sudo, "umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def database(disk: Path, engine: Database, path: Path, small: Files) -> Path:
    """The small data set on that disk."""
    load(engine, files=small)
    engine.dispose()
    return Path(shutil.copy(path, disk / "roundtrip.sqlite3"))


def fill(disk: Path, server: Server) -> None:
    """Fill the rest of the disk."""
    if disk.is_mount():
        with suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        assert shutil.disk_usage(disk).free == 0
        return
    arbiter = server.process.pid
    workers = Path(f"/proc/{arbiter}/task/{arbiter}/children").read_text().split()
    for pid in (arbiter, *map(int, workers)):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, 0))


def taken(disk: Path) -> int:
    """Return how many bytes its files take up."""
    return sum(file.stat().st_size for file in disk.rglob("*") if file.is_file())


def no_more_than_the_disk_has() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (SIZE, SIZE))


def ask(server: Server, path: str) -> int:
    """Ask for answers that no cache has, and return the number of answers."""
    with server.get(path) as response:
        told = orjson.loads(response.read())
        assert response.status == 200, told
        assert "fwd=uri-miss" in response.headers["Cache-Status"]
        return len(told["items"])


def test_a_loaded_site_goes_on_reading(disk: Path, database: Path, tmp_path: Path) -> None:
    with serving(database, tmp_path / "errors", TMPDIR=str(disk)) as server:
        fill(disk, server)  # before the first question
        assert [ask(server, path) for path in LISTS] == [16, 50, 50, 50, 50, 1]
        at_once = [f"{API}/flights?sort=-delay&limit={limit}" for limit in range(1, 17)]
        with ThreadPoolExecutor(16) as clients:  # by more connections to the database than there were
            assert list(clients.map(lambda path: ask(server, path), at_once)) == list(range(1, 17))
        with server.get("/readyz") as response:
            assert response.status == 200


def test_a_load_that_fills_the_disk_of_a_site_gives_the_room_back(disk: Path, database: Path, tmp_path: Path) -> None:
    with serving(database, tmp_path / "errors") as server:
        before = taken(disk)
        loading = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "data", "load"],
            cwd=BACKEND,
            env={"DATABASE_URL": f"sqlite:///{database}", "SECRET_KEY": "test"},
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=None if disk.is_mount() else no_more_than_the_disk_has,
        )
        assert loading.returncode == 1
        assert loading.stderr.startswith("Error: the database cannot be written; its disk may be full")
        assert loading.stderr.count("\n") == 1
        assert taken(disk) == before
        assert ask(server, f"{API}/flights?limit=7") == 7


@pytest.fixture
def redis() -> Iterator[Engine]:
    with running("redis") as engine:
        yield engine


def test_several_processes_go_on_counting(disk: Path, database: Path, tmp_path: Path, redis: Engine) -> None:
    """They count in files that are mapped into memory: one that had no room would end its process."""
    settings = {"WORKERS": "2", "CACHE_URL": f"{redis.url}/0", "METRICS": "on", "TMPDIR": str(disk)}
    with serving(database, tmp_path / "errors", **settings) as server:
        if disk.is_mount():  # a limit on sizes would hold for all file systems
            fill(disk, server)
        for path in LISTS:
            ask(server, path)
        with server.get("/metrics") as response:
            counted = response.read().decode()
        assert not list(disk.glob("roundtrip-metrics-*"))
        assert counted.count('roundtrip_request_seconds_count{cache="miss"') == len(LISTS)
