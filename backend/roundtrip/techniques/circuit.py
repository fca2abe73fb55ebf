"""What has not answered the last who asked is not asked by everybody: one finds out, the others are told at once.

Source: the circuit breaker of Michael Nygard, "Release It!". A database that hangs costs each request a thread for
as long as it waits. With four threads in a process, a few such requests a second hold up what the cache could answer.
"""

import threading
import time
from collections.abc import Callable

FAILURES = 3  # in a row, until nobody is let pass: one statement that takes too long says nothing of the others
PAUSE = 0.5  # seconds until the next one may find out


class Circuit:
    """Lets everybody pass until so many have failed in a row; then one at a time, with a pause between two."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._next_at = 0.0

    def lets_pass(self) -> bool:
        """Tell whether to ask; who does says afterwards what came of it."""
        if self._failures < FAILURES:
            return True
        with self._lock:
            if self._clock() < self._next_at:
                return False
            self._next_at = self._clock() + PAUSE
            return True

    def failed(self) -> None:
        """Note that there was no answer."""
        with self._lock:
            self._failures += 1
            self._next_at = self._clock() + PAUSE

    def succeeded(self) -> None:
        """Note that there was one: everybody may pass again."""
        self._failures = 0
