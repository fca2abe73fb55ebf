"""The same 200 flights without a content coding, and with gzip, zstd and br."""

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
    """Return the function of a side: it answers the list in this content coding."""

    def answer(run: Run) -> Answer:
        """Raises Problem (406) if the client does not accept the coding."""
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
    shows=(
        "The same 200 flights uncompressed, and compressed by gzip, zstd and br. The measured time contains the "
        "compressing."
    ),
    technique=(package("compression.py"),),
    sides=(
        Side(
            "identity",
            "As it is",
            "Sends the JSON uncompressed.",
            _pattern("", "about 35 kB"),
            in_coding(IDENTITY),
        ),
        Side(
            "gzip",
            "gzip",
            "Level 6. Every client understands gzip.",
            _pattern("gzip", "about 4 kB"),
            in_coding("gzip"),
        ),
        Side(
            "zstd",
            "zstd",
            "Level 3. The fastest of the three.",
            _pattern("zstd", "about 4 kB"),
            in_coding("zstd"),
        ),
        Side(
            "br",
            "br",
            "Level 5. The smallest of the three.",
            _pattern("br", "about 3 kB"),
            in_coding("br"),
        ),
    ),
    explanation=(
        (
            "A list repeats the names of its fields for each item, and many of the values too. A compressor writes a "
            "repeated text once and later points back to it. So a list shrinks to a fraction of its size."
        ),
        (
            "The browser names in Accept-Encoding the codings that it understands, and decompresses in native code. "
            "The server compresses in less than a millisecond. The product keeps the compressed bytes in its cache, "
            "so a hit does not pay for it again."
        ),
        "The gain depends on the network: fewer bytes take less time on the way.",
    ),
    lesson="Compress text of more than a few hundred bytes, with the best coding that the client accepts.",
    take_away=(take_away.COMPRESSED,),
    does_not_pay=(
        "On the same machine or a very fast network, for answers that fit into one packet, and for content that is "
        "compressed already, such as pictures."
    ),
    network="slow 4G",
)
