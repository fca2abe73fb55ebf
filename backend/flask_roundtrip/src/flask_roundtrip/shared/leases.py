"""Leases: one process at a time builds a missing entry.

Source: Redis's SET with NX and EX and a random value, given back only by who took it
(https://redis.io/docs/latest/commands/set/#patterns); memcached's `add`. The lease of a missing entry stands under
the entry's own key. So a store that has an entry grants no lease, and the entry, once stored, ends the lease: a cold
miss costs three operations (get, add, set). A lease saves work, it protects nothing: where two processes hold one,
after a fault, two build the same entry.
"""

import secrets
from typing import Any, Protocol, runtime_checkable

UNLEASED = ""  # the token of a process that may build although no lease keeps others from it
RENEWAL = ":renewal"  # ends the name of a lease to renew an old entry, which still stands under the entry's own key
MARK = b"RTL1"  # the first bytes of a lease: no entry begins so


@runtime_checkable
class Leases(Protocol):
    """The leases of a store that several processes share."""

    def take(self, key: str, seconds: int) -> str | None:
        """Take the key's lease for so long at most. Return its token; None while there is another lease or an entry.

        From then on a get() of the key sees what other processes have stored.
        """

    def give_back(self, key: str, token: str) -> None:
        """End the lease, if it is still the one with this token."""


def leases_of(store: Any) -> Leases | None:
    """Return a store's own leases, those that its `add` can make, or None for a store of one process."""
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
        """Compare, then delete: two steps, for not every backend can do it in one."""
        if self._store.get(key) == MARK + token.encode():
            self._store.delete(key)
