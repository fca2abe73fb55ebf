"""What the stack survives: parts in front of the data that die, hang or start anew."""

import random
import subprocess
import time

import pytest

from .stack import (
    API,
    PROJECT,
    Answer,
    ask,
    batch,
    compose,
    docker,
    figure,
    never_asked,
    never_listed,
    replicas,
    under_load,
)


def test_a_killed_replica_costs_no_get() -> None:
    killed = replicas()[0]
    with under_load(lambda: ask(never_asked())) as load:
        docker("kill", "--signal", "KILL", killed)
        time.sleep(2)
        docker("start", killed)
    assert load.answered > 50
    assert load.lost == []
    figure(
        "a replica killed (SIGKILL), under load",
        f"{load.answered:,} GETs, 0 failed, the slowest {load.slowest:.1f} s",
    )


def test_a_frozen_replica_costs_no_get() -> None:
    frozen = replicas()[0]
    with under_load(lambda: ask(never_asked())) as load:
        docker("pause", frozen)
        time.sleep(10)
        docker("unpause", frozen)
    assert load.lost == []
    assert load.slowest < 20
    figure("a replica frozen, under load", f"{load.answered:,} GETs, 0 failed, the slowest {load.slowest:.1f} s")


def test_new_replicas_take_over_without_a_lost_request() -> None:
    before = replicas()
    urls = [never_asked() for _ in range(5)]

    def one() -> Answer:
        if random.random() < 0.3:
            return ask(f"{API}/batch", "POST", batch(urls), Content_Type="application/json")
        return ask(never_asked())

    with under_load(one) as load:
        subprocess.run([PROJECT / "backend" / "edge" / "update.sh"], check=True, capture_output=True)
    assert load.lost == []
    figure(
        "all replicas replaced, under load",
        f"{load.answered:,} GETs and batches, 0 failed, the slowest {load.slowest:.1f} s",
    )
    assert len(replicas()) == len(before)
    assert not set(replicas()) & set(before)


@pytest.mark.parametrize("service", ["varnish", "balancer", "redis"])
def test_each_of_these_may_start_anew(service: str) -> None:
    compose("restart", service)
    deadline = time.monotonic() + 15
    while ask(never_asked()).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert ask(f"{API}/batch", "POST", batch([never_asked()]), Content_Type="application/json").status == 200


def test_without_varnish_the_api_answers() -> None:
    compose("stop", "varnish")
    answer = ask(never_asked())
    assert answer.status == 200
    assert "varnish" not in answer["Cache-Status"]


def test_without_any_replica_what_is_kept_is_answered_and_the_rest_is_a_problem() -> None:
    kept = never_asked()
    ask(kept)
    compose("stop", "api")
    assert ask(kept).status == 200
    for answer in (
        ask(never_listed()),
        ask(f"{API}/batch", "POST", batch([kept]), Content_Type="application/json"),
    ):
        assert (answer.status, answer["Content-Type"]) == (503, "application/problem+json")
        assert answer["Retry-After"]
        assert answer["Cache-Control"] == "no-store"
    assert ask("/").status == 200
