"""A batch: many GETs in one round trip. Each answer is a line, sent as soon as it is done."""

import time

from flask import Flask

from flask_roundtrip import Batch

app = Flask(__name__)
app.wsgi_app = Batch(app.wsgi_app, at="/batch", prefix="/")


@app.get("/airlines")
def airlines():
    return [{"carrier": "UA", "name": "United Air Lines"}]


@app.get("/report")
def report():
    time.sleep(0.3)  # a slow part delays no other part
    return {"late": 0.21}
