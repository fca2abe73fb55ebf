"""The response cache in Redis: all processes share its entries, and one process builds a missing entry."""

import os
import time

from flask import Flask
from flask_caching import Cache

from flask_roundtrip import cached

app = Flask(__name__)
options = {"url": os.environ.get("REDIS_URL", "redis://localhost:6379/0"), "most_bytes": 20_000_000}
Cache(app, config={"CACHE_TYPE": "flask_roundtrip.shared.redis.RedisStore", "CACHE_OPTIONS": options})


@app.get("/report")
@cached(fresh=60, stale=600)
def report():
    return {"made_at": time.time()}
