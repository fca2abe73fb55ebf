"""What the stack survives: its cache or its database is away."""

import pytest

from .stack import ask, compose, never_asked


def test_without_redis_it_answers_all_the_same() -> None:
    compose("stop", "redis")
    for _ in range(10):
        assert ask(never_asked()).status == 200


@pytest.mark.parametrize("service", ["postgres", "pgbouncer"])
def test_without_its_database_what_is_kept_is_answered_and_the_rest_is_a_problem(service: str) -> None:
    kept = never_asked()
    ask(kept)
    compose("stop", service)
    assert ask(kept).status == 200
    answer = ask(never_asked())
    assert (answer.status, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer["Retry-After"]
