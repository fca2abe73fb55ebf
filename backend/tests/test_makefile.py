"""The Makefile: its checks before it installs, the variables that it hides from tools, and two makes at once."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from roundtrip.config import BACKEND

ROOT = BACKEND.parent
# Declares Node.js 22.12 and runs on 20.19 too, where CI has run it ever since.
DECLARES_TOO_MUCH = {"node_modules/@axe-core/playwright"}
Locked = Callable[..., "subprocess.Popen[str]"]
RELEASES = [(20, 18), (20, 19), (20, 99), (21, 7), (22, 11), (22, 12), (22, 99), (23, 11), (24, 0), (26, 3)]


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def have(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the checks, with `true` for make, and programs of the folder before all others."""
    given = {
        **os.environ,
        "PYTHON": sys.executable,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "MAKE": "true",
        **environment,
    }
    command = [".make/have", "frontend/dist/index.html"]
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("release", RELEASES)
def test_the_version_of_node_is_checked(tmp_path: Path, release: tuple[int, int]) -> None:
    program(tmp_path / "node", f"echo {release[0]}.{release[1]}.0")
    done = have(tmp_path)
    assert (done.returncode == 0) == all(allows(engines, release) for engines in engines_of_packages()), done.stderr
    if done.returncode:
        assert done.stderr.count("\n") == 1
        assert "20.19" in done.stderr
        assert "22.12" in done.stderr


def engines_of_packages() -> Iterator[str]:
    """Yield which Node.js each package wants that is installed on every system."""
    for side in ("frontend", "e2e"):
        packages = json.loads((ROOT / side / "package-lock.json").read_text())["packages"]
        for path, package in packages.items():
            engines = package.get("engines", {})
            if path not in DECLARES_TOO_MUCH and not package.get("optional") and isinstance(engines, dict):
                yield engines.get("node", "*")


def allows(engines: str, release: tuple[int, int]) -> bool:
    """Tell whether a range of npm allows a release; those of the lock files have ^, >=, || and bare versions."""
    return any(
        all(_allows(part, release) for part in re.findall(r"[\^~>=v]*\s*[\d.*x]+", alternative) or ["*"])
        for alternative in engines.split("||")
    )


def _allows(part: str, release: tuple[int, int]) -> bool:
    found = re.fullmatch(r"(\^|>=|)\s*v?(\d+|\*)(?:\.(\d+|\*|x))?.*", part.strip())
    assert found, part
    operator, major, minor = found.groups()
    if major == "*":
        return True
    least = (int(major), int(minor) if minor and minor.isdigit() else 0)
    if operator == ">=":
        return release >= least
    return release[0] == least[0] and release >= least


@pytest.mark.parametrize(("release", "fits"), [((3, 10), False), ((3, 11), True), ((3, 14), True), ((3, 15), False)])
def test_the_version_of_python_is_checked(tmp_path: Path, release: tuple[int, int], fits: bool) -> None:
    program(tmp_path / "node", "echo 22.12.0")
    pretends = f"import sys; sys.version_info = {(*release, 0)}; exec(sys.argv[1])"
    real = sys.executable
    program(tmp_path / "other", f'[ "$1" = -c ] && exec "{real}" -c "{pretends}" "$2"\nexec "{real}" "$@"')
    done = have(tmp_path, PYTHON="other")
    assert (done.returncode == 0) == fits, done.stderr
    assert fits or "Python 3.11, 3.12, 3.13 or 3.14" in done.stderr


def test_a_missing_python_is_reported(tmp_path: Path) -> None:
    done = have(tmp_path, PYTHON="python9")
    assert done.returncode == 1
    assert "'python9' is not there" in done.stderr


@pytest.fixture
def locked() -> Iterator[Locked]:
    """Start commands with the lock of a folder."""
    with ExitStack() as stack:

        def start(folder: Path, *command: str) -> "subprocess.Popen[str]":
            return stack.enter_context(
                subprocess.Popen(
                    [sys.executable, ".make/locked.py", *command],
                    cwd=folder,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    start_new_session=True,
                )
            )

        yield start


def a_project(folder: Path) -> Path:
    folder.mkdir()
    (folder / "Makefile").touch()
    shutil.copytree(ROOT / ".make", folder / ".make")
    return folder


@pytest.mark.parametrize("name", ["100%", "with spaces", "été", "日本", "a+b=c,(d)@e", "e\u0301"])
def test_folders_with_any_letters_are_accepted(locked: Locked, tmp_path: Path, name: str) -> None:
    said, complained = locked(a_project(tmp_path / name), "echo", "done").communicate(timeout=60)
    assert (said, complained) == ("done\n", "")


@pytest.mark.parametrize("name", ["it's", 'a"b', "a;b", "a:b", "a$b", "a#b", "a?b", "a\nb", "a*b", "[a]", "a\\b"])
def test_folders_that_a_tool_would_misread_are_refused(locked: Locked, tmp_path: Path, name: str) -> None:
    process = locked(a_project(tmp_path / name), "touch", "written")
    _, complained = process.communicate(timeout=60)
    assert process.returncode == 1
    assert complained.count("\n") == 1
    assert "Please rename the folder." in complained
    assert not (tmp_path / name / "written").exists()


@pytest.mark.parametrize("killed", [False, True])
def test_the_second_run_waits_for_the_children_of_a_killed_first(locked: Locked, tmp_path: Path, killed: bool) -> None:
    folder = a_project(tmp_path / "project")
    first = locked(folder, "bash", "-c", "echo begun; (sleep 2; echo one >> order) & wait")
    assert first.stdout is not None
    first.stdout.readline()
    second = locked(folder, "bash", "-c", "echo two >> order")
    assert second.stdout is not None
    assert "Waiting for it" in second.stdout.readline()
    if killed:
        first.kill()
    assert second.wait(60) == 0
    assert (folder / "order").read_text() == "one\ntwo\n"


def test_a_run_killed_with_all_its_children_leaves_no_lock(locked: Locked, tmp_path: Path) -> None:
    folder = a_project(tmp_path / "project")
    first = locked(folder, "bash", "-c", "echo begun; sleep 600 & wait")
    assert first.stdout is not None
    first.stdout.readline()
    os.killpg(first.pid, signal.SIGKILL)
    began = time.monotonic()
    assert locked(folder, "true").wait(60) == 0
    assert time.monotonic() - began < 30


def seen_by_tools(**environment: str) -> dict[str, str]:
    """Return the environment of a command in the Makefile."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "ROUNDTRIP_"))}
    command = ["make", "--silent", "--eval", "show: ; @env -0", "show"]
    shown = subprocess.run(command, cwd=ROOT, env={**rest, **environment}, capture_output=True, check=True).stdout
    return dict(line.split("=", 1) for line in shown.decode().split("\0") if line)


def test_variables_of_the_shell_for_other_tools_are_not_passed_on() -> None:
    others = {
        "NODE_ENV": "production",
        "NODE_OPTIONS": "--no-such-option",
        "PYTHONPATH": "/nowhere",
        "PYTHONWARNINGS": "error",
        "PYTHONDONTWRITEBYTECODE": "1",  # each start would compile all code anew
        "PIP_USER": "1",
        "PIP_TARGET": "/nowhere",
        "GUNICORN_CMD_ARGS": "--bind 0.0.0.0:1",
        "FLASK_DEBUG": "1",
        "CDPATH": "/tmp",
        "BASH_ENV": "/nowhere",
    }
    seen = seen_by_tools(**others)
    assert not set(others) & set(seen)
    assert seen["PYTHONUTF8"] == "1"


@pytest.mark.parametrize(
    ("environment", "port"),
    [({}, "8000"), ({"PORT": "8123"}, "8123"), ({"PORT": "8123", "ROUNDTRIP_PORT": "8124"}, "8124")],
)
def test_the_port_may_have_either_name(environment: dict[str, str], port: str) -> None:
    assert seen_by_tools(**{"PORT": "", **environment})["ROUNDTRIP_PORT"] == port
