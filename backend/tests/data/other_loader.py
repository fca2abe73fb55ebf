"""Another process that loads: tests start it, hold it at a step, and watch the processes that wait."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from roundtrip.config import BACKEND
from roundtrip.data.progress import Silent

Process = subprocess.Popen[str]


@contextmanager
def holding(url: str) -> Iterator[Callable[[str, str, int], Process]]:
    """Return a function that starts a process to load from a folder, and returns when the process waits at a step."""
    started: list[Process] = []

    def start(folder: str, step: str, done: int) -> Process:
        program = str(Path(__file__).with_name("held_load.py"))
        process = subprocess.Popen(
            [sys.executable, program, url, folder, step, str(done)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=BACKEND,
            env={"PYTHONPATH": "."},
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.communicate()


class Noting(Silent):
    """Records the messages, and lets a test wait for one."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.spoken = Event()

    def say(self, sentence: str) -> None:
        self.said.append(sentence)
        self.spoken.set()
