"""One client cannot take all turns at the database, or all threads of the server, from the others."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask_roundtrip.database import FairShare
from flask_roundtrip.doors.wsgi import SEEN_LATELY, Threads
from helpers import in_time

from flask_roundtrip import Problem
from flask_roundtrip import database as database_module

TURNS = 4


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(40) as threads:
        yield threads


class Crowd:
    """Clients that ask for turns; each turn is held until it is told to end."""

    def __init__(self, share: FairShare, pool: ThreadPoolExecutor) -> None:
        self.share = share
        self.pool = pool
        self.served: list[str] = []  # the clients, in the order in which they had a turn
        self.asked: Counter[str] = Counter()
        self._may_end = threading.Semaphore(0)

    def ask(self, client: str) -> None:
        """Ask for a turn, and wait until the client has it or stands in the queue."""
        self.asked[client] += 1
        before = len(self.served) + self.waiting()
        self.pool.submit(self._hold, client)
        assert in_time(lambda: len(self.served) + self.waiting() > before)

    def waiting(self) -> int:
        return sum(len(queue) for queue in self.share._waiting.values())

    def end_one(self) -> None:
        """End a turn, and wait until the next in the queue has it."""
        expected = len(self.served) + bool(self.waiting())
        self._may_end.release()
        assert in_time(lambda: len(self.served) == expected)

    def end_all(self) -> None:
        self._may_end.release(1000)

    def _hold(self, client: str) -> None:
        with self.share.turn(client):
            self.served.append(client)
            assert self._may_end.acquire(timeout=60)


@contextmanager
def crowd(share: FairShare, pool: ThreadPoolExecutor) -> Iterator[Crowd]:
    asking = Crowd(share, pool)
    try:
        yield asking
    finally:
        asking.end_all()


def test_clients_that_wait_are_served_in_turn_and_not_first_in_first_out(pool: ThreadPoolExecutor) -> None:
    with crowd(FairShare(1), pool) as asking:
        for client in ["greedy"] * 10 + ["ann", "ben", "ann"]:
            asking.ask(client)
        for _ in range(6):
            asking.end_one()
        assert asking.served == ["greedy", "greedy", "ann", "ben", "greedy", "ann", "greedy"]


def test_one_client_holds_its_share_and_the_others_find_a_turn_at_once(pool: ThreadPoolExecutor) -> None:
    with crowd(FairShare(TURNS, TURNS // 2), pool) as asking:
        for _ in range(10):
            asking.ask("greedy")
        assert (asking.served, asking.waiting()) == (["greedy"] * 2, 8)
        asking.ask("ann")
        asking.ask("ben")
        assert asking.served[2:] == ["ann", "ben"]
        asking.ask("cid")
        assert asking.waiting() == 9


def test_a_client_that_is_alone_may_use_all_turns_where_no_share_is_set(pool: ThreadPoolExecutor) -> None:
    with crowd(FairShare(TURNS), pool) as asking:
        for _ in range(TURNS + 1):
            asking.ask("alone")
        assert (len(asking.served), asking.waiting()) == (TURNS, 1)


def test_a_client_that_waits_too_long_is_told_so_and_leaves_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "PATIENCE", 0.05)
    share = FairShare(1)
    with share.turn("ann"):
        with pytest.raises(Problem) as raised, share.turn("ben"):
            pass
        assert (raised.value.status, raised.value.headers) == (503, (("Retry-After", "1"),))
        assert not share._waiting
    with share.turn("ben"):
        assert share._held == {"ben": 1}
    assert share._held == {}


def test_all_turns_are_there_again_after_a_crowd(pool: ThreadPoolExecutor) -> None:
    share = FairShare(TURNS, 2)
    busiest: list[int] = []
    at_once, lock = Counter[str](), threading.Lock()

    def work(number: int) -> None:
        client = f"{number % 5}"
        with share.turn(client):
            with lock:
                at_once[client] += 1
                busiest.append(max(at_once.values()))
                busiest.append(at_once.total() - TURNS)
            with lock:
                at_once[client] -= 1

    list(pool.map(work, range(400)))
    assert max(busiest) <= 2
    assert (share._free, share._held, dict(share._waiting)) == (TURNS, {}, {})


# Threads of the server


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def entered(threads: Threads, client: str, batch: bool = False) -> int:
    """Return how many more threads the client gets when it asks for a hundred."""
    return sum(threads.enter(client, batch) for _ in range(100))


def test_while_there_are_others_one_client_holds_half_of_the_threads_and_a_quarter_for_batches() -> None:
    threads = Threads(16, Clock())
    threads.enter("ann")
    threads.leave("ann")
    assert entered(threads, "greedy", batch=True) == 4
    assert entered(threads, "greedy") == 4
    assert threads.enter("ann")
    assert threads.enter("ben", batch=True)


def test_all_batches_leave_a_quarter_of_the_threads_to_hits() -> None:
    threads = Threads(16, Clock())
    assert sum(entered(threads, f"client {number}", batch=True) for number in range(10)) == 12


def test_a_client_that_is_alone_leaves_a_batch_to_the_next() -> None:
    clock = Clock()
    threads = Threads(16, clock)
    assert entered(threads, "alone", batch=True) == 11
    assert threads.enter("next", batch=True)
    threads.leave("alone", batch=True)
    assert not threads.enter("alone", batch=True)  # it is alone no more
    clock.now += SEEN_LATELY + 1
    assert entered(threads, "alone", batch=True) == 1  # as many as before, and with the next one's all that there are


def test_a_thread_that_is_left_is_free_again_and_nothing_is_kept_of_its_client() -> None:
    threads = Threads(4, Clock())
    told: list[int] = []
    threads.changed = told.append
    for number in range(1000):
        assert threads.enter(f"{number}", batch=number % 2 == 0)
        threads.leave(f"{number}", batch=number % 2 == 0)
    assert (dict(threads._held), dict(threads._batches)) == ({}, {})
    assert (len(told), sum(told)) == (2000, 0)


def test_without_a_number_everybody_may_enter() -> None:
    threads = Threads(0)
    threads.enter("other")
    assert entered(threads, "one", batch=True) == 100
