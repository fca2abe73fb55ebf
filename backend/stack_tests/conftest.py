"""After each test the stack is complete again. After all tests, their measurements are printed."""

import json
from collections.abc import Iterator

import pytest

from .stack import FIGURES, SERVICES, compose, wait_until_it_answers

REPLICAS = 2


@pytest.fixture(autouse=True)
def _whole_again() -> Iterator[None]:
    """Start the services that a test has stopped, and wait until a new question is answered."""
    yield
    running = [json.loads(line)["Service"] for line in compose("ps", "--format", "json").splitlines()]
    if not set(SERVICES) <= set(running) or running.count("api") < REPLICAS:
        compose("up", "--wait", "--no-recreate")
    wait_until_it_answers()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the measurements as a table."""
    if FIGURES:
        terminalreporter.section("Disturbances of the stack, and the results")
        for row in (("disturbance", "result"), ("---", "---"), *FIGURES):
            terminalreporter.line(f"| {row[0]} | {row[1]} |")
