"""A check for an environment with Flask and this package alone: the core works, and the rest names its extra."""

import gzip
from importlib import import_module
from importlib.util import find_spec

from flask import Flask

import flask_roundtrip
from flask_roundtrip import Batch, Freshness, Problem, ServerTiming, cached, current_timing, invalidate

for absent in ("marshmallow", "sqlalchemy", "brotli", "zstandard", "orjson", "ormsgpack", "redis", "pymemcache"):
    assert find_spec(absent) is None, f"{absent} is installed: this would prove nothing"

app = Flask(__name__)
made: list[int] = []


@app.get("/report")
@cached(fresh=60, stale=600, tags=("reports",))
def report() -> str:
    """Count how often the view is called."""
    with current_timing().span("think"):
        made.append(1)
    return f"made {len(made)} times. " * 100


@app.get("/wrong")
def wrong() -> str:
    """Raise what the package raises."""
    raise Problem(400, "this is wrong")


app.wsgi_app = ServerTiming(Batch(app.wsgi_app, at="/batch", prefix="/"))
client = app.test_client()
client.environ_base["HTTP_ACCEPT"] = "application/json"  # as a part has it: Accept is part of the key
first = client.get("/report", headers={"Accept-Encoding": "br, zstd, gzip"})
assert first.headers["Content-Encoding"] == "gzip"
assert gzip.decompress(first.data).startswith(b"made 1 times.")
assert "think;dur=" in first.headers["Server-Timing"]
again = client.get("/report", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
assert (again.status_code, again.data, len(made)) == (304, b"", 1)
(part,) = client.post("/batch", json={"requests": [{"id": "1", "url": "/report"}]}).json["responses"]
assert (part["status"], part["headers"]["etag"]) == (200, first.headers["ETag"])
assert client.get("/wrong").content_type == "application/problem+json"
assert Freshness(60, stale=600).header() == "public, max-age=60, stale-while-revalidate=600"
with app.app_context():
    invalidate("reports")
assert client.get("/report").text.startswith("made 2 times.")
for module in ("tags", "compression", "conditional", "negotiation", "response_cache", "shared.leases", "shared.packed"):
    import_module(f"flask_roundtrip.{module}")

NEEDS = {
    "Roundtrip": "[marshmallow,sqlalchemy]",
    "keyset": "[marshmallow,sqlalchemy]",
    "select": "[marshmallow]",
    "fields": "[marshmallow]",
}
for name, extra in NEEDS.items():
    try:
        getattr(flask_roundtrip, name)
        said = "nothing"
    except ImportError as error:
        said = str(error)
    assert f"flask-roundtrip{extra}" in said, f"{name} said {said}"
for name in set(flask_roundtrip.__all__) - set(NEEDS):
    getattr(flask_roundtrip, name)
print("The core works with Flask alone.")
