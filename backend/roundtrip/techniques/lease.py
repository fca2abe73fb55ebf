"""One process at a time builds an entry: who holds the key's lease, a value in the shared cache that ends by itself.

Source: Redis's SET with NX and PX and a random value, given back only by who took it
(https://redis.io/docs/latest/commands/set/#patterns); memcached's `add`. A lease saves work, it protects nothing:
where two hold one, after a fault, two build the same entry.
"""

from typing import Protocol, runtime_checkable

UNLEASED = ""  # the token of who may build although nothing keeps others from it


@runtime_checkable
class Leases(Protocol):
    """What a backend can do that several processes share."""

    def take(self, key: str, seconds: int) -> str | None:
        """Take the key's lease for so long at most; return its token, or None while another holds it.

        From then on a get() of the key sees what other processes have stored.
        """

    def give_back(self, key: str, token: str) -> None:
        """End the lease, if it is still the one with this token."""

    def look_again(self, key: str) -> bytes | None:
        """Return the value more patiently than get() does, or an older one: for who could not build."""


class OneProcess:
    """The leases of a cache that no other process sees: there is nobody to keep from building."""

    def take(self, key: str, seconds: int) -> str:
        """Nobody else can hold it."""
        return UNLEASED

    def give_back(self, key: str, token: str) -> None:
        """There was none."""

    def look_again(self, key: str) -> None:
        """What get() did not find is not there."""
