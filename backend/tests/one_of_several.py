"""One process of several that share a cache: asks for one key in some threads, and says on its output what came.

Arguments: the cache's URL, how many threads, for how many seconds building takes, for how many a lease lasts.
"""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import orjson
from engines import backend_at
from roundtrip.techniques import response_cache
from roundtrip.techniques.response_cache import Entry, ResponseCache
from roundtrip.techniques.shared_backend import SharedBackend


def entry(body: bytes = b"[]", stored_at: float = 0.0) -> Entry:
    return Entry(
        body=body,
        content_type="application/json",
        coding="identity",
        etag='W/"0"',
        last_modified=None,
        cache_control="public, max-age=60, stale-while-revalidate=600",
        link=None,
        fresh_for=60,
        stale_for=600,
        tags=("flight",),
        stored_at=stored_at or time.time(),
    )


def say(**words: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(words) + b"\n")
    sys.stdout.flush()


def main(url: str, threads: int, building: float, lease: int) -> None:
    response_cache.LEASE = lease
    SharedBackend.timeout = SharedBackend.turn = 60  # the machine may be busy
    backend = backend_at(url)
    cache = ResponseCache(backend)
    ready = threading.Barrier(threads)

    def build() -> Entry:
        say(event="building")
        time.sleep(building)
        say(event="built", at=time.time())
        return entry(b"once")

    def ask() -> None:
        ready.wait(60)
        found, how = cache.get_or_build("key", build)
        say(event="answered", how=how, body=found.body.decode(), at=time.time())

    say(event="ready")
    sys.stdin.readline()
    with ThreadPoolExecutor(threads) as executor:
        for asked in [executor.submit(ask) for _ in range(threads)]:
            asked.result()
    backend.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
