"""Server-Timing: each answer tells how long the server took, with spans of your own. Browsers show them."""

import time

from flask import Flask

from flask_roundtrip import ServerTiming, current_timing

app = Flask(__name__)
app.wsgi_app = ServerTiming(app.wsgi_app)


@app.get("/report")
def report():
    with current_timing().span("think"):
        time.sleep(0.01)  # your slow work
    return {"made": True}
