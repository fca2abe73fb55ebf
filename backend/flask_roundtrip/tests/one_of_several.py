"""One process of several that share a cache: it asks for one key in some threads and prints the results.

Arguments: the cache's URL, the number of threads, the seconds that building takes, the seconds that a lease lasts.
"""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import orjson
from engines import store_at
from flask_roundtrip.response_cache import Entry, ResponseCache
from flask_roundtrip.shared.store import SharedStore
from helpers import body_of, entry, get_or_build

from flask_roundtrip import response_cache


def say(**words: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(words) + b"\n")
    sys.stdout.flush()


def main(url: str, threads: int, building: float, lease: int) -> None:
    response_cache.LEASE = lease
    SharedStore.timeout = SharedStore.turn = 60  # the machine may be busy
    backend = store_at(url)
    cache = ResponseCache(backend)
    ready = threading.Barrier(threads)

    def build() -> Entry:
        say(event="building")
        time.sleep(building)
        say(event="built", at=time.time())
        return entry(b"once")

    def ask() -> None:
        ready.wait(60)
        found, how = get_or_build(cache, "key", build)
        say(event="answered", how=how, body=(body_of(found) or b"").decode(), at=time.time())

    say(event="ready")
    sys.stdin.readline()
    with ThreadPoolExecutor(threads) as executor:
        for asked in [executor.submit(ask) for _ in range(threads)]:
            asked.result()
    backend.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
