"""Leases: one process at a time builds a missing entry.

Source: Redis's SET with NX and EX and a random token, which only the holder can give back
(https://redis.io/docs/latest/commands/set/#patterns); memcached's `add`. The lease of a missing entry stands under
the entry's own key. So a store that has an entry grants no lease, and the stored entry ends the lease: a cold miss
costs three operations (get, add, set). A lease saves work and protects nothing: when two processes hold one lease after
a fault, both build the same entry.
"""

import secrets
from typing import Any, Protocol, runtime_checkable

UNLEASED = ""  # the token of a process that may build without a lease; others may build too
RENEWAL = ":renewal"  # the end of the name of a lease to renew an old entry, which still stands under its own key
MARK = b"RTL1"  # the first bytes of a lease: no entry begins with them


@runtime_checkable
class Leases(Protocol):
    """The leases of a store that several processes share."""

    def take(self, key: str, seconds: int) -> str | None:
        """Take the key's lease for at most this many seconds. Return its token; None if a lease or an entry exists.

        After this call a get() of the key sees values that other processes have stored.
        """

    def give_back(self, key: str, token: str) -> None:
        """End the lease if its token is still this one."""


def leases_of(store: Any) -> Leases | None:
    """Return a store's own leases, or leases made with its `add`; None for a store of one process."""
    if isinstance(store, Leases):
        return store
    in_one_process = type(store).__name__ in ("SimpleCache", "NullCache")
    return None if in_one_process or not hasattr(store, "add") else AddedLeases(store)


class AddedLeases:
    """Leases by the `add` of any backend of Flask-Caching."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def take(self, key: str, seconds: int) -> str | None:
        """Add the lease if nothing is there."""
        token = secrets.token_hex(16)
        return token if self._store.add(key, MARK + token.encode(), timeout=seconds) else None

    def give_back(self, key: str, token: str) -> None:
        """Compare, then delete: two steps, because not every backend has both in one."""
        if self._store.get(key) == MARK + token.encode():
            self._store.delete(key)
