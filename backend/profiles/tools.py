"""The profilers: how each is run, and what it saves. Each is imported when it is chosen."""

import cProfile
import io
import os
import pstats
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from inspect import isclass, isfunction
from pathlib import Path
from typing import IO, NamedTuple

from roundtrip.config import BACKEND

from .question import Question

EVERY = 0.0002  # seconds between two samples of pyinstrument
RATE = 1000  # samples of py-spy in a second
CLIENTS = 3  # at once, so that the worker of py-spy does not wait for the next request
ONE_THREAD = {"ROUNDTRIP_THREADS": "1", "ROUNDTRIP_WORKERS": "1"}  # others would wait in the picture
PACKAGE = "flask_roundtrip."
PROCESS = "/profiled-process"  # where profiles/served.py tells its id


class Asked(NamedTuple):
    """The question, and how to ask it all its times in this process."""

    url: str
    times: int
    question: Question
    run: Callable[[], None]


class Made(NamedTuple):
    """One sentence about a profile, and its files."""

    said: str
    files: list[Path]


def pyinstrument(asked: Asked, folder: Path) -> Made:
    """Save the call tree and the flame graph of a sampling profiler, and the same for https://www.speedscope.app."""
    from pyinstrument import Profiler
    from pyinstrument.renderers import SpeedscopeRenderer

    profiler = Profiler(interval=EVERY)
    profiler.start(target_description=f"{asked.times} × GET {asked.url}")
    try:
        asked.run()
    finally:
        profiler.stop()
    page, speedscope = folder / "pyinstrument.html", folder / "pyinstrument.speedscope.json"
    page.write_text(profiler.output_html())
    speedscope.write_text(profiler.output(SpeedscopeRenderer()))
    session = profiler.last_session
    count = session.sample_count if session else 0
    within = 98 / max(1, count) ** 0.5  # of a share of a half, the least certain one
    return Made(
        f"{count} samples: a share in them is within {within:.1f} percentage points (95 %).", [page, speedscope]
    )


def cprofile(asked: Asked, folder: Path) -> Made:
    """Save the table of all calls, by the time in each function itself, and the same for other viewers."""
    profiler = cProfile.Profile()
    profiler.enable()
    try:
        asked.run()
    finally:
        profiler.disable()
    table = io.StringIO()
    stats = pstats.Stats(profiler, stream=table)
    stats.sort_stats("tottime").print_stats(60)
    text, data = folder / "cprofile.txt", folder / "cprofile.prof"
    text.write_text(table.getvalue())
    stats.dump_stats(data)
    calls = sum(count for count, *_ in stats.stats.values())  # type: ignore[attr-defined]  # no types
    return Made(
        f"{calls / asked.times:.0f} calls for each request; short functions look longer than they are.", [text, data]
    )


def line_profiler(asked: Asked, folder: Path) -> Made:
    """Save the time of each line of the package's files: each technique is one file."""
    from line_profiler import LineProfiler

    profiler = LineProfiler()
    for name, module in sorted(sys.modules.items()):
        if name.startswith(PACKAGE):
            for value in list(vars(module).values()):
                members = vars(value).values() if isclass(value) and value.__module__ == name else (value,)
                for member in members:
                    if isfunction(member) and member.__module__ == name and not hasattr(member, "__wrapped__"):
                        profiler.add_function(member)
    profiler.enable_by_count()
    try:
        asked.run()
    finally:
        profiler.disable_by_count()
    file = folder / "line_profiler.txt"
    with file.open("w") as written:
        profiler.print_stats(written, stripzeros=True, output_unit=1e-6)
    return Made("Times of lines are in microseconds, for all requests together.", [file])


def memray(asked: Asked, folder: Path) -> Made:
    """Save the flame graph of allocations."""
    from memray import FileReader, Tracker

    data, page = folder / "memray.bin", folder / "memray.html"
    data.unlink(missing_ok=True)
    with Tracker(data):
        asked.run()
    command = [sys.executable, "-m", "memray", "flamegraph", "--force", "--output", str(page), str(data)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own words
    metadata = FileReader(data).metadata
    each = metadata.total_allocations / asked.times
    return Made(
        f"{each:.0f} allocations for each request; at most {metadata.peak_memory / 1024:.0f} KiB at once.", [page, data]
    )


def py_spy(asked: Asked, folder: Path) -> Made:
    """Save the flame graph of a running worker of gunicorn, with the native frames of SQLite and of compression."""
    page = folder / "py-spy.svg"
    page.unlink(missing_ok=True)
    with serving() as url:
        process = _get(f"{url}{PROCESS}").decode()
        spy = [str(Path(sys.executable).parent / "py-spy"), "record", "--native", "--rate", str(RATE)]
        command = [*spy, "--output", str(page), "--pid", process]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as spying:  # noqa: S603 - as above
            assert spying.stdout is not None  # noqa: S101 - for the type checker
            told = _until(spying.stdout, "Sampling process")
            if "Sampling process" in "".join(told):
                with ThreadPoolExecutor(CLIENTS) as clients:
                    list(clients.map(_get, [f"{url}{asked.url}"] * asked.times))
                spying.send_signal(signal.SIGINT)
            told += [line for line in spying.stdout if line.strip()]
    if not page.exists():
        sys.exit(f"py-spy made no profile: {told[-1].strip() if told else 'it said nothing.'}")
    found = re.search(r"Samples: (\d+)", "".join(told))
    return Made(f"{found[1] if found else 'Few'} samples of a running worker, also of its threads that wait.", [page])


@contextmanager
def serving() -> Iterator[str]:
    """Run gunicorn as `make run` does, on a free port; yield its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, **ONE_THREAD, "ROUNDTRIP_HOST": "127.0.0.1", "ROUNDTRIP_PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn", "profiles.served:app"]
    with subprocess.Popen(command, cwd=BACKEND, env=environment, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        assert server.stdout is not None  # noqa: S101 - for the type checker
        try:
            if "answers at" not in "".join(_until(server.stdout, "answers at")):
                sys.exit("The server does not start.")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _until(lines: IO[str], sign: str) -> list[str]:
    """Read to the line with the sign, or to the end."""
    read: list[str] = []
    for line in lines:
        read.append(line)
        if sign in line:
            break
    return read


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - a server of our own
        body: bytes = answer.read()
        return body


TOOLS: dict[str, Callable[[Asked, Path], Made]] = {
    "pyinstrument": pyinstrument,
    "cprofile": cprofile,
    "line_profiler": line_profiler,
    "py-spy": py_spy,
    "memray": memray,
}
