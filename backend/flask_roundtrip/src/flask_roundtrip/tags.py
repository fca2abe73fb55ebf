"""Tags: names that answers share, so that one call invalidates all answers with a tag.

Source: RFC 9875, HTTP Cache Groups. An answer carries its tags in `Cache-Groups`; an answer to a write carries the
tags that it invalidated in `Cache-Group-Invalidation`. In the response cache each tag has a version, a random text: an
entry holds the versions of its tags from before it was built, and is used only while they are the current versions.
So no clocks are compared, and an answer built during a write is not used after the write.
"""

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from secrets import token_hex
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

log = logging.getLogger(__name__)
MOMENT = 0.1  # seconds, in which threads that have looked for a version together come to give one
LIFETIME = 30 * 24 * 60 * 60  # seconds; longer than any entry lives
PURGE_TIMEOUT = 2.0  # seconds for an edge cache to take a purge

AddMany = Callable[[Mapping[str, bytes], int], Sequence[Any]]  # versions by key, and their lifetime

_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')


def cache_groups(tags: Sequence[str]) -> str:
    """Return the value of Cache-Groups: a list of strings (RFC 9651). Tags are printable ASCII."""
    return ", ".join(f'"{_escaped(tag)}"' for tag in tags)


def tags_in(header: str) -> tuple[str, ...]:
    """Return the tags in a value of Cache-Groups or Cache-Group-Invalidation."""
    return tuple(re.sub(r"\\(.)", r"\1", tag) for tag in _STRING.findall(header))


def new_version() -> bytes:
    """Return a version that no tag had before."""
    return token_hex(8).encode()


def adds_many(store: Any) -> AddMany:
    """Return the store's add_many(), which keeps each new version unless there is one and returns those that are kept.

    Other backends of Flask-Caching get one made with set_many(), so that it is one operation too. It replaces a version
    that another process has given since this process looked. That is safe, because no version was ever there before: at
    worst an entry of the other process is built again. Threads of one process use the version given a moment ago.
    """
    if hasattr(store, "add_many"):
        own: AddMany = store.add_many
        return own
    lately: dict[str, tuple[float, bytes]] = {}  # by key: when this process gave the version, and the version
    lock = Lock()

    def add_many(versions: Mapping[str, bytes], timeout: int) -> Sequence[bytes]:
        with lock:
            began = monotonic()
            for key in [key for key, (at, _) in lately.items() if at < began - MOMENT]:
                del lately[key]
            new = {key: version for key, version in versions.items() if key not in lately}
            if new:
                store.set_many(new, timeout=timeout)
                lately.update({key: (began, version) for key, version in new.items()})
            return [lately[key][1] for key in versions]

    return add_many


def purge(urls: Iterable[str], tags: Sequence[str]) -> None:
    """Ask each edge cache to purge its answers with these tags. A failure is logged."""
    for url in urls:
        place = urlsplit(url)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=PURGE_TIMEOUT)
        try:
            connection.request("PURGE", place.path or "/", headers={"Cache-Group-Invalidation": cache_groups(tags)})
            answer = connection.getresponse()
            if answer.status != 200:
                log.warning("The edge cache at %s refused to purge %s: status %d.", place.netloc, tags, answer.status)
        except (OSError, HTTPException) as error:
            log.warning("The edge cache at %s did not take the purge of %s: %s.", place.netloc, tags, error)
        finally:
            connection.close()


def _escaped(tag: str) -> str:
    return tag.replace("\\", "\\\\").replace('"', '\\"')
