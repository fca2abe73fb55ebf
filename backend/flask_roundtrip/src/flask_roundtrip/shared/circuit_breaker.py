"""Circuit breaker: after some failures in a row, requests fail at once instead of waiting for a server.

Source: Michael Nygard, "Release It!". Each request that waits for a server that hangs holds a thread. An open breaker
fails all requests at once. It tests the server with one request at a time, or with a probe in the background.
"""

import threading
import time
from collections.abc import Callable

FAILURES = 3  # in a row until the breaker opens: a single failure may be chance
PAUSE = 0.5  # seconds between two tests of the server


class CircuitBreaker:
    """Closed: every request may ask the server. Open: only tests ask the server.

    A background thread calls `probe` every `pause` seconds until it returns true. Without a probe one request in each
    `pause` is the test.
    """

    def __init__(
        self,
        failures: int = FAILURES,
        pause: float = PAUSE,
        probe: Callable[[], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = failures
        self._pause = pause
        self._probe = probe
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at = 0.0
        self._next_at = 0.0
        self._thread = threading.Thread()

    @property
    def is_open(self) -> bool:
        """Whether the server did not answer lately."""
        return self._failures >= self._limit

    def allows(self) -> bool:
        """Tell whether the caller may ask the server; it reports the result with failed() or succeeded()."""
        if not self.is_open:
            return True
        if self._probe is not None:
            self.look()  # a thread does not survive a fork
            return False
        with self._lock:
            if self._clock() < self._next_at:
                return False
            self._next_at = self._clock() + self._pause
            return True

    def failed(self) -> bool:
        """Note a failure. Return true when this failure opened the breaker."""
        with self._lock:
            self._failures += 1
            self._next_at = self._clock() + self._pause
            opened = self._failures == self._limit
            if opened:
                self._opened_at = self._clock()
        if opened and self._probe is not None:
            self.look()
        return opened

    def succeeded(self) -> float | None:
        """Note an answer. If it closes the breaker, return the seconds for which the breaker was open."""
        if not self._failures:
            return None
        with self._lock:
            open_for = self._clock() - self._opened_at if self.is_open else None
            self._failures = 0
        return open_for

    def look(self) -> None:
        """Start the background thread that probes, unless it runs."""
        if self._thread.is_alive():
            return
        with self._lock:
            if not self._thread.is_alive():
                self._thread = threading.Thread(target=self._look, name="circuit breaker", daemon=True)
                self._thread.start()

    def _look(self) -> None:
        while self._probe is not None and not self._probe():
            time.sleep(self._pause)
