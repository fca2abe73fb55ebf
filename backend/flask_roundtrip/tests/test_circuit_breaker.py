"""Circuit breaker: after a few failures only one request at a time tests the server."""

from flask_roundtrip.shared.circuit_breaker import FAILURES, PAUSE, CircuitBreaker


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> CircuitBreaker:
    """Return an open circuit breaker."""
    circuit = CircuitBreaker(clock=clock)
    for _ in range(FAILURES):
        assert circuit.allows()
        circuit.failed()
    assert not circuit.allows()
    return circuit


def test_a_breaker_stays_closed_while_the_server_answers() -> None:
    circuit = CircuitBreaker(clock=Clock())
    for _ in range(100):
        assert circuit.allows()
        circuit.succeeded()


def test_failures_between_answers_do_not_open_the_breaker() -> None:
    circuit = CircuitBreaker(clock=Clock())
    for _ in range(100):
        for _ in range(FAILURES - 1):
            circuit.failed()
        assert circuit.allows()
        circuit.succeeded()


def test_after_each_pause_one_request_tests_the_server_and_the_others_fail() -> None:
    clock = Clock()
    circuit = opened(clock)
    for _ in range(3):
        clock.now += PAUSE
        assert [circuit.allows() for _ in range(10)] == [True] + [False] * 9
        circuit.failed()
        assert not circuit.allows()


def test_one_answer_closes_the_breaker() -> None:
    clock = Clock()
    circuit = opened(clock)
    clock.now += PAUSE
    assert circuit.allows()
    circuit.succeeded()
    assert [circuit.allows() for _ in range(10)] == [True] * 10


def test_a_test_without_a_result_is_followed_by_another_test() -> None:
    clock = Clock()
    circuit = opened(clock)
    for _ in range(3):
        clock.now += PAUSE
        assert circuit.allows()
