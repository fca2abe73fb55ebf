"""A response cache: one computation for clients that ask at once, compressed; 304 for a client that has the answer."""

import time

from flask import Flask

from flask_roundtrip import cached

app = Flask(__name__)


@app.get("/report")
@cached(fresh=60, stale=600)
def report():
    time.sleep(0.1)  # your slow work
    return {"made_at": time.time(), "rows": list(range(500))}
