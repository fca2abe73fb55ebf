"""JSON against MessagePack, with the decoding in the browser."""

from flask_roundtrip.wire import JSON, MSGPACK, Answer

from .. import take_away
from ..experiment import Experiment, Side
from ..files import client, package
from ..flights import encoded, read
from ..run import Run


def as_json(run: Run) -> Answer:
    """Answer the list as JSON."""
    return encoded(run, read(run), JSON)


def as_msgpack(run: Run) -> Answer:
    """Answer the list as MessagePack."""
    return encoded(run, read(run), MSGPACK)


EXPERIMENT = Experiment(
    title="JSON and MessagePack",
    chapter="Serialization and payload",
    shows="200 flights as text and as MessagePack, a binary form of the same, with the time that the browser takes "
    "to decode them. It may well be slower: this one is here to be measured, not to win.",
    technique=(
        package("serialization.py"),
        package("negotiation.py"),
        client("techniques/negotiation.ts"),
    ),
    sides=(
        Side(
            "json",
            "JSON",
            "Sends text, which the browser parses in native code.",
            (
                "browser -> server: flights, as JSON",
                "server -> database: 200 flights",
                "server -> browser: text",
                "browser -> browser: JSON.parse",
            ),
            as_json,
        ),
        Side(
            "msgpack",
            "MessagePack",
            "Sends fewer bytes, which a JavaScript library decodes.",
            (
                "browser -> server: flights, as MessagePack",
                "server -> database: 200 flights",
                "server -> browser: binary",
                "browser -> browser: decoded in JavaScript",
            ),
            as_msgpack,
        ),
    ),
    explanation=(
        "MessagePack writes what JSON writes, with a length before each text in place of quotes, and with small "
        "numbers in one byte. Before compression it is smaller. After it the two are nearly equal, because a "
        "compressor removes what MessagePack left out.",
        "The browser decides the rest. Its JSON.parse is native code and has been made fast for many years; "
        "MessagePack is decoded by a library in JavaScript. So JSON may well win here, and often does.",
    ),
    lesson="Measure before you leave JSON: in a browser it is hard to beat.",
    take_away=(take_away.MESSAGEPACK,),
    does_not_pay="In most pages. It pays between programs without a JSON parser in native code, for binary data, "
    "which JSON would have to carry as text, and where nothing is compressed.",
)
