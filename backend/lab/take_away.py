"""Take it away: what to install for a technique, the shortest working example, and what else it needs.

The examples are files of the two packages, and the tests of the packages run each of them.
"""

from typing import NamedTuple

from .files import CLIENT_EXAMPLES, PYTHON_EXAMPLES


class Example(NamedTuple):
    """One technique in an application of its own."""

    path: str  # from the repository's root
    install: str  # one line for a shell
    needs: str  # one sentence
    beside: str = ""  # the file that it imports from its own folder


def _flask(name: str, needs: str, extras: str = "", also: str = "") -> Example:
    package = f'"flask-roundtrip[{extras}]"' if extras else "flask-roundtrip"
    return Example(f"{PYTHON_EXAMPLES}/{name}", f"pip install {package} {also}".rstrip(), needs)


def _client(name: str, needs: str) -> Example:
    return Example(f"{CLIENT_EXAMPLES}/{name}", "npm install roundtrip-client", needs, f"{CLIENT_EXAMPLES}/api.ts")


_BATCHES = "Flask, or any other WSGI application, whose GETs answer JSON."
_ANSWERS = "A view whose answer depends on nothing but its URL and the headers that you name."
_MODELS = "SQLAlchemy models, and marshmallow schemas of their fields."

ASGI = _flask("asgi.py", "An ASGI server, such as uvicorn.", "marshmallow,sqlalchemy", "uvicorn")
BATCH = _flask("batch.py", _BATCHES)
CACHED = _flask("cached.py", _ANSWERS)
COMPRESSED = _flask("cached.py", _ANSWERS, "compress")
DOOR = _flask("door.py", "Routes that need no hook of Flask, such as a check of the user.", "marshmallow,sqlalchemy")
EVERYTHING = _flask("everything.py", _MODELS, "all", "flask-sqlalchemy")
FIELDS = _flask("fields.py", "marshmallow schemas of your answers.", "marshmallow")
KEYSET = _flask(
    "keyset.py",
    "A select() with an order whose last column is unique, and an index on its columns.",
    "marshmallow,sqlalchemy",
    "flask-sqlalchemy",
)
MEMCACHED = _flask("memcached_store.py", "A Memcached server.", "memcached", "flask-caching")
MESSAGEPACK = _flask("messagepack.py", "marshmallow schemas of your answers.", "marshmallow,sqlalchemy,msgpack")
PRIVATE = _flask("private.py", "Flask's session, or another way to tell who asks.")
QUERY_PLAN = _flask("query_plan.py", _MODELS, "marshmallow,sqlalchemy", "flask-sqlalchemy")
SERIALIZATION = _flask("query_plan.py", _MODELS, "marshmallow,sqlalchemy,orjson", "flask-sqlalchemy")
REDIS = _flask("redis_store.py", "A Redis server.", "redis", "flask-caching")
SERVER_TIMING = _flask("server_timing.py", "Flask, or any other WSGI application.")
TAGS = _flask("tags.py", "Writes that know which answers they change.")

CLIENT_BATCH = _client("batch.ts", "A server that answers batches: the example in Python is one.")
CLIENT_CONDITIONAL = _client("conditional.ts", "A server that sends an ETag: the example in Python is one.")
CLIENT_FIELDS = _client("fields.ts", "An OpenAPI document of your API, of which openapi-typescript makes the types.")
CLIENT_PREFETCH = _client("prefetch.ts", "Answers with a Cache-Control that lets them be kept for some seconds.")
CLIENT_RESPONSE_CACHE = _client("response_cache.ts", "Components that ask through one client.")
