"""Files that another user made: what can be read is served, and what cannot is told in one sentence."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from roundtrip.config import BACKEND

READS = """
from roundtrip import create_app
client = create_app().test_client()
print(client.get("/api/v1/airlines/UA").get_json()["name"])
print(client.get("/api/v1/flights?limit=1").status_code, client.get("/readyz").status_code)
"""


def as_nobody_special(*command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run Python so that modes of files count, which root is exempt from."""
    limits = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    environment = {**os.environ, "ROUNDTRIP_SECRET_KEY": "test", **settings}
    return subprocess.run(
        [*limits, sys.executable, *command],
        cwd=BACKEND,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def read_only(database_path: Path, tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "another user's"
    folder.mkdir()
    path = folder / "roundtrip.sqlite3"
    shutil.copy(database_path, path)
    path.chmod(0o444)
    folder.chmod(0o555)
    yield path
    folder.chmod(0o755)


def test_a_database_that_cannot_be_written_is_served(read_only: Path) -> None:
    url = f"sqlite:///{read_only}"
    prepared = as_nobody_special("prepare.py", ROUNDTRIP_DATABASE_URL=url)
    assert prepared.returncode == 0, prepared.stderr
    assert prepared.stdout.startswith("Nothing to do: ")
    served = as_nobody_special("-c", READS, ROUNDTRIP_DATABASE_URL=url)
    assert served.stdout == "United Air Lines Inc.\n200 200\n", served.stderr
    assert [path.name for path in read_only.parent.iterdir()] == [read_only.name]


def test_a_database_that_cannot_be_written_is_told_when_it_must_be(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE something (id)")
    path.chmod(0o444)
    told = as_nobody_special("prepare.py", ROUNDTRIP_DATABASE_URL=f"sqlite:///{path}")
    assert told.returncode != 0
    assert told.stderr.count("\n") == 1, told.stderr
    assert "readonly database" in told.stderr
    assert str(path) in told.stderr


@pytest.mark.parametrize("what", ["the key", "the folder"])
def test_a_secret_key_out_of_reach_is_told(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "instance"
    folder.mkdir()
    if what == "the key":
        (folder / "secret_key").write_text("of another user")
        (folder / "secret_key").chmod(0)
    else:
        folder.chmod(0o555)
    told = as_nobody_special(
        "-c",
        f"from pathlib import Path; from roundtrip.config import kept_secret; kept_secret(Path({str(folder)!r}))",
    )
    assert told.returncode != 0
    assert told.stderr.count("\n") == 1, told.stderr
    assert f"{folder / 'secret_key'} cannot be {'read' if what == 'the key' else 'written'} by this user" in told.stderr


def test_a_system_without_time_zones_has_ours() -> None:
    told = as_nobody_special("-c", "from roundtrip.data.clock import NEW_YORK; print(NEW_YORK)", PYTHONTZPATH="")
    assert told.stdout == "America/New_York\n", told.stderr
