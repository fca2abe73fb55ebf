"""The links of a span: the file of its technique, and the experiment that measures it."""

from typing import NamedTuple

from .files import client, package


class Lead(NamedTuple):
    """The way from a span to its explanation."""

    technique: str  # a path from the repository's root
    experiment: str


# By the name in Server-Timing.
SPANS = {
    "app": Lead(package("doors/wsgi.py"), "middleware"),
    "cache": Lead(package("response_cache.py"), "server_cache"),
    "db": Lead(package("query_plan.py"), "n_plus_one"),
    "serialize": Lead(package("serialization.py"), "serializer"),
    "compress": Lead(package("compression.py"), "compression"),
}

# The same by the names of the timing panel, which has spans of the browser too (SpanName of the client's timing.ts).
PANEL = {
    "batch window": Lead(client("techniques/batch.ts"), "batch"),
    "waiting for another": Lead(client("techniques/batch.ts"), "batch"),
    "download": SPANS["compress"],
    "decode": Lead(client("techniques/negotiation.ts"), "msgpack"),
    "server": SPANS["app"],
    "app (other)": SPANS["app"],
    **{name: lead for name, lead in SPANS.items() if name != "app"},
}
