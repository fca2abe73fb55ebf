"""The stack when a part in front of the data dies, hangs or restarts."""

import random
import subprocess
import time

import pytest

from .crowd import PAST_VARNISH
from .stack import (
    API,
    EXPIRE_SOON,
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
    wait_until_it_answers,
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
def test_each_of_these_may_be_restarted(service: str) -> None:
    compose("restart", service)
    wait_until_it_answers()
    assert ask(f"{API}/batch", "POST", batch([never_asked()]), Content_Type="application/json").status == 200


def test_without_varnish_the_api_answers() -> None:
    compose("stop", "varnish")
    answer = ask(never_asked())
    assert answer.status == 200
    assert "varnish" not in answer["Cache-Status"]


def test_a_balancer_that_dies_costs_uncached_answers_for_some_seconds() -> None:
    stored = never_asked()
    assert ask(stored).status == 200
    balancer = compose("ps", "-q", "balancer").strip()
    failed: list[float] = []

    def one() -> Answer:
        assert ask(stored).status == 200
        answer = ask(never_asked())
        if answer.status == 503:
            assert answer["Retry-After"]
            failed.append(time.monotonic())
        return answer

    with under_load(one) as load:
        # This kills all but the init process; the container ends with it, at times before the shell can end.
        subprocess.run(["docker", "exec", balancer, "sh", "-c", "kill -KILL -1"], check=False, capture_output=True)
        time.sleep(2)
    assert {said[:3] for said in load.lost} <= {"503"}
    assert ask(never_asked()).status == 200
    away = max(failed) - min(failed) if failed else 0.0
    assert away < 8
    figure(
        "the balancer killed (SIGKILL), under load",
        f"{len(failed)} of {load.answered:,} uncached GETs told 503, for {away:.1f} s; no cached one",
    )


def test_without_any_replica_stored_answers_are_given_and_the_rest_is_a_problem() -> None:
    stored = never_asked()
    assert ask(stored).status == 200
    compose("stop", "api")
    assert ask(stored).status == 200
    for answer in (
        ask(never_listed()),
        ask(f"{API}/batch", "POST", batch([stored]), Content_Type="application/json"),
    ):
        assert (answer.status, answer["Content-Type"]) == (503, "application/problem+json")
        assert answer["Retry-After"]
        assert answer["Cache-Control"] == "no-store"
    assert ask("/").status == 200
    assert ask("/flights/1").status == 200


def test_with_all_replicas_paused_each_stale_answer_is_given() -> None:
    """Redis and Varnish expire together: the renewals of Varnish get answers that are stale in Redis, too."""
    stored = [never_asked() for _ in range(26)]
    for url in stored:
        ask(url, **PAST_VARNISH)
    compose("exec", "-T", "api", "python", "-c", EXPIRE_SOON)
    time.sleep(1.5)  # the processes have copies of their own for a second
    for url in stored:
        assert "varnish; fwd=uri-miss; stored" in ask(url)["Cache-Status"]
    time.sleep(4.5)
    for url in stored:
        assert "varnish; hit; ttl=-" in ask(url)["Cache-Status"]
    paused = replicas()
    docker("pause", *paused)
    slowest = 0.0
    try:
        for url in 2 * stored:
            began = time.monotonic()
            answer = ask(url)
            slowest = max(slowest, time.monotonic() - began)
            assert answer.status == 200
            assert "varnish; hit" in answer["Cache-Status"]
    finally:
        docker("unpause", *paused)
    figure(
        "all replicas paused, 26 expired answers asked for twice", f"0 of 52 GETs failed, the slowest {slowest:.1f} s"
    )
