"""The links of a span of Server-Timing: the file of its technique, and the experiment that measures it."""

from typing import NamedTuple

from .files import package


class Lead(NamedTuple):
    """The way from a span to its explanation."""

    technique: str  # a path from the repository's root
    experiment: str


SPANS = {
    "app": Lead(package("doors/wsgi.py"), "middleware"),
    "cache": Lead(package("response_cache.py"), "server_cache"),
    "db": Lead(package("query_plan.py"), "n_plus_one"),
    "serialize": Lead(package("serialization.py"), "serializer"),
    "compress": Lead(package("compression.py"), "compression"),
}
