"""The first start on other people's machines, from a fresh clone of the last commit: `make test-setup`.

One clone does it all, for each installation takes a minute: its folder has an odd name, the shell is full of other
people's settings, the first makes are killed, and at last two start at once.
"""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest

from roundtrip.config import BACKEND

ROOT = BACKEND.parent
NAME = "100% été (a+b) = c, d@e"
OTHERS = {
    "NODE_ENV": "production",
    "npm_config_omit": "dev",
    "HOST": "x86_64-conda-linux-gnu",
    "PYTHONPATH": "/nowhere",
    "PYTHONSAFEPATH": "1",
    "PIP_USER": "1",
    "CDPATH": "/tmp",
    "GUNICORN_CMD_ARGS": "--bind 0.0.0.0:1",
}
KILLED_AFTER = (1.5, 6, 15, 25)  # seconds: the environment is made, packages come, the build and the load run
LONGEST = 900  # seconds for an installation, on a machine of any speed


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("setup") / NAME
    subprocess.run(["git", "clone", "-q", "--no-local", "-c", "core.autocrlf=true", ROOT, folder], check=True)
    return folder


def make(folder: Path, log: Path, *targets: str, **settings: str) -> "subprocess.Popen[bytes]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "ROUNDTRIP_"))}
    with log.open("wb") as output:
        return subprocess.Popen(
            ["make", *targets],
            cwd=folder,
            env={**kept, **OTHERS, **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def free_ports() -> Iterator[int]:
    """Yield ports that are free, each with those that are counted from it."""
    for port in range(18_000, 30_000, 300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                yield port


def test_a_checkout_for_windows_has_the_line_ends_of_unix(clone: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "--eol"], cwd=clone, capture_output=True, text=True, check=True).stdout
    assert "w/lf" in listed
    assert "w/crlf" not in listed
    assert "w/mixed" not in listed


def test_a_first_start_that_is_killed_again_and_again_ends_well_and_so_do_two_at_once(
    clone: Path, tmp_path: Path
) -> None:
    for seconds in KILLED_AFTER:
        process = make(clone, tmp_path / "killed", "run", ROUNDTRIP_PORT="1")  # it gets no further than to its port
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    ports, logs = free_ports(), [tmp_path / "first", tmp_path / "second"]
    with ExitStack() as stack:
        for log in logs:
            process = stack.enter_context(make(clone, log, "run", ROUNDTRIP_PORT=str(next(ports))))
            stack.callback(os.killpg, process.pid, signal.SIGTERM)
        for log in logs:
            url = answers_at(log)
            assert url.startswith("http://127.0.0.1:")
            with urlopen(f"{url}api/v1/airlines/UA") as answer:  # ours
                assert b"United" in answer.read()
            with urlopen(url) as page:
                assert b"<script" in page.read()
    both = "".join(log.read_text() for log in logs)
    assert "Waiting for it" in both
    assert both.count("The server's packages: installed") <= 1
    assert both.count("The frontend: built") <= 1


def answers_at(log: Path) -> str:
    """Wait until a server says where it is."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        found = re.search(r"answers at (\S+)", log.read_text())
        if found:
            return found[1]
        time.sleep(0.2)
    raise AssertionError(log.read_text())


def test_the_next_start_only_looks(clone: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    began = time.monotonic()
    with make(clone, log, "run", ROUNDTRIP_PORT=str(next(free_ports()))) as process:
        answers_at(log)
        took = time.monotonic() - began
        os.killpg(process.pid, signal.SIGTERM)
    print(f"The next start took {took:.1f} s.")
    assert "installed" not in log.read_text()
    assert "built" not in log.read_text()


def test_a_folder_that_was_moved_gets_a_new_environment(clone: Path, tmp_path: Path) -> None:
    moved = clone.rename(tmp_path / "moved")
    assert make(moved, tmp_path / "log", "data").wait(LONGEST) == 0, (tmp_path / "log").read_text()
    assert str(moved) in (moved / "backend/.venv/bin/flask").read_text()
