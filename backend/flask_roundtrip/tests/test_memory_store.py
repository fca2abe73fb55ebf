"""The default backend: bytes in this process, bounded by their sum, least recently used dropped first."""

from collections import OrderedDict

from flask_roundtrip.response_cache import OVERHEAD, MemoryStore
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

KEYS = st.sampled_from(["a", "bb", "ccc", "dddd", "eeeee"])


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_stored_value_is_found() -> None:
    backend = MemoryStore(most_bytes=10_000)
    assert backend.set("key", b"value")
    assert backend.get("key") == b"value"
    assert backend.get("other") is None


def test_an_expired_value_is_gone() -> None:
    clock = Clock()
    backend = MemoryStore(10_000, clock=clock)
    backend.set("key", b"value", timeout=10)
    clock.now = 9.9
    assert backend.get("key") == b"value"
    clock.now = 10
    assert backend.get("key") is None
    assert backend.bytes == 0


def test_the_least_recently_used_is_dropped_first() -> None:
    backend = MemoryStore(most_bytes=3 * (OVERHEAD + 1 + 100))
    for key in "abc":
        backend.set(key, b"x" * 100)
    backend.get("a")
    backend.set("d", b"x" * 100)
    assert [key for key in "abcd" if backend.get(key)] == ["a", "c", "d"]


def test_a_value_larger_than_the_store_is_not_kept_and_drops_no_other() -> None:
    backend = MemoryStore(most_bytes=1000)
    backend.set("small", b"x")
    assert not backend.set("large", b"x" * 1000)
    assert backend.get("small") == b"x"


def test_a_value_too_large_removes_the_older_value() -> None:
    backend = MemoryStore(most_bytes=1000)
    backend.set("key", b"old")
    backend.set("key", b"x" * 1000)
    assert backend.get("key") is None


def test_a_deleted_or_cleared_value_is_gone() -> None:
    backend = MemoryStore(10_000)
    backend.set("a", b"1")
    backend.set("b", b"2")
    assert backend.delete("a")
    assert not backend.delete("a")
    assert backend.clear()
    assert backend.get("b") is None
    assert backend.bytes == 0


@given(st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=2000)), max_size=60), st.integers(0, 5000))
def test_its_bytes_never_exceed_the_bound(entries: list[tuple[str, bytes]], bound: int) -> None:
    backend = MemoryStore(bound)
    for key, value in entries:
        backend.set(key, value)
        assert 0 <= backend.bytes <= bound


class AgainstAModel(RuleBasedStateMachine):
    """After any operations the store holds the same values as an ordered dict with the same rules."""

    BOUND = 3000

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.backend = MemoryStore(self.BOUND, clock=self.clock)
        self.model: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    @rule(key=KEYS, value=st.binary(max_size=1500), timeout=st.integers(1, 20))
    def set(self, key: str, value: bytes, timeout: int) -> None:
        self.backend.set(key, value, timeout=timeout)
        self.model.pop(key, None)
        self.model[key] = (self.clock.now + timeout, value)
        while self._bytes() > self.BOUND:
            self.model.popitem(last=False)

    @rule(key=KEYS)
    def get(self, key: str) -> None:
        expires, value = self.model.get(key, (0.0, None))
        if value is not None and expires <= self.clock.now:
            del self.model[key]
            value = None
        if value is not None:
            self.model.move_to_end(key)
        assert self.backend.get(key) == value

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        assert self.backend.delete(key) == (self.model.pop(key, None) is not None)

    @rule(seconds=st.integers(1, 10))
    def wait(self, seconds: int) -> None:
        self.clock.now += seconds

    @invariant()
    def the_books_balance(self) -> None:
        assert self.backend.bytes == self._bytes() <= self.BOUND

    def _bytes(self) -> int:
        return sum(len(key) + len(value) + OVERHEAD for key, (_, value) in self.model.items())


TestAgainstAModel = AgainstAModel.TestCase
