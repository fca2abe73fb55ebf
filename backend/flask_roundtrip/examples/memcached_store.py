"""The response cache in Memcached: all processes share its entries, and one process builds a missing entry."""

import os
import time

from flask import Flask
from flask_caching import Cache

from flask_roundtrip import cached

app = Flask(__name__)
server = (os.environ.get("MEMCACHED_HOST", "localhost"), int(os.environ.get("MEMCACHED_PORT", "11211")))
options = {"server": server, "most_bytes": 20_000_000}
Cache(app, config={"CACHE_TYPE": "flask_roundtrip.shared.memcached.MemcachedStore", "CACHE_OPTIONS": options})


@app.get("/report")
@cached(fresh=60, stale=600)
def report():
    return {"made_at": time.time()}
