"""Who asks what does not answer finds it out a few times, and then one at a time."""

from flask_roundtrip.shared.circuit_breaker import FAILURES, PAUSE, CircuitBreaker


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> CircuitBreaker:
    """Return one that lets nobody pass."""
    circuit = CircuitBreaker(clock=clock)
    for _ in range(FAILURES):
        assert circuit.allows()
        circuit.failed()
    assert not circuit.allows()
    return circuit


def test_everybody_passes_while_there_are_answers() -> None:
    circuit = CircuitBreaker(clock=Clock())
    for _ in range(100):
        assert circuit.allows()
        circuit.succeeded()


def test_failures_between_answers_keep_nobody_out() -> None:
    circuit = CircuitBreaker(clock=Clock())
    for _ in range(100):
        for _ in range(FAILURES - 1):
            circuit.failed()
        assert circuit.allows()
        circuit.succeeded()


def test_after_a_pause_one_finds_out_and_the_others_wait_for_the_next() -> None:
    clock = Clock()
    circuit = opened(clock)
    for _ in range(3):
        clock.now += PAUSE
        assert [circuit.allows() for _ in range(10)] == [True] + [False] * 9
        circuit.failed()
        assert not circuit.allows()


def test_one_answer_lets_everybody_pass_again() -> None:
    clock = Clock()
    circuit = opened(clock)
    clock.now += PAUSE
    assert circuit.allows()
    circuit.succeeded()
    assert [circuit.allows() for _ in range(10)] == [True] * 10


def test_who_found_out_and_never_said_is_followed_by_another() -> None:
    clock = Clock()
    circuit = opened(clock)
    for _ in range(3):
        clock.now += PAUSE
        assert circuit.allows()
