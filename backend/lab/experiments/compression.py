"""The same 200 flights as they are, and in each content coding."""

from collections.abc import Callable

from flask_roundtrip.compression import compress
from flask_roundtrip.serialization import encode
from flask_roundtrip.wire import IDENTITY, JSON, Answer, Problem
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from .. import take_away
from ..experiment import Experiment, Side
from ..files import package
from ..flights import read
from ..run import Run


def in_coding(coding: str) -> Callable[[Run], Answer]:
    """Return what answers the list in a content coding."""

    def answer(run: Run) -> Answer:
        """Raises Problem (406) where the client says that it could not read it."""
        accepted = run.head.accept_encoding
        if coding != IDENTITY and accepted and not parse_accept_header(accepted, Accept).quality(coding):
            raise Problem(406, f"This browser does not accept {coding} here; many do so only over HTTPS.")
        value = read(run)
        with run.timing.span("serialize"):
            body = encode(value, JSON)
        if coding != IDENTITY:
            with run.timing.span("compress"):
                body = compress(body, coding)
        return run.bytes(body, coding=coding)

    return answer


def _pattern(work: str, sent: str) -> tuple[str, ...]:
    return (
        "browser -> server: flights",
        "server -> database: 200 flights",
        *((f"server -> server: {work}",) if work else ()),
        f"server -> browser: {sent}",
    )


EXPERIMENT = Experiment(
    title="Compression",
    chapter="Serialization and payload",
    shows="The same 200 flights as they are, and as gzip, zstd and br make them smaller. The time to compress them "
    "counts.",
    technique=(package("compression.py"),),
    sides=(
        Side(
            "identity",
            "As it is",
            "Sends the JSON without a content coding.",
            _pattern("", "about 35 kB"),
            in_coding(IDENTITY),
        ),
        Side(
            "gzip",
            "gzip",
            "Level 6: every client understands it.",
            _pattern("gzip", "about 4 kB"),
            in_coding("gzip"),
        ),
        Side(
            "zstd",
            "zstd",
            "Level 3: the quickest to make.",
            _pattern("zstd", "about 4 kB"),
            in_coding("zstd"),
        ),
        Side(
            "br",
            "br",
            "Level 5: the smallest of the three.",
            _pattern("br", "about 3 kB"),
            in_coding("br"),
        ),
    ),
    explanation=(
        "A list says the names of its fields again for each item, and many of their values too. A compressor writes "
        "such things once and then points back to them, so that a list shrinks to a fraction.",
        "The browser says in Accept-Encoding what it understands, and undoes it in native code. The server "
        "compresses in less than a millisecond; the product keeps the result in its cache, and does not even pay "
        "that again.",
        "How much it saves is a matter of the network: bytes that need not be sent need not be waited for.",
    ),
    lesson="Compress text of more than a few hundred bytes, in the best coding that the client accepts.",
    take_away=(take_away.COMPRESSED,),
    does_not_pay="On the same machine or a very fast network, for answers that fit into one packet, and for what is "
    "compressed already, such as pictures.",
    network="slow 4G",
)
