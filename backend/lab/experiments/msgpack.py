"""JSON against MessagePack. The measured time contains the decoding in the browser."""

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
    shows=(
        "200 flights as JSON text and as MessagePack, a binary form of the same values. The measured time contains "
        "the decoding in the browser. MessagePack may well be slower; the experiment is here to measure it."
    ),
    technique=(
        package("serialization.py"),
        package("negotiation.py"),
        client("techniques/negotiation.ts"),
    ),
    sides=(
        Side(
            "json",
            "JSON",
            "Sends text. The browser parses it in native code.",
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
            "Sends fewer bytes. A JavaScript library decodes them.",
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
        (
            "MessagePack writes the same values as JSON. A length stands before each text instead of quotes around "
            "it, and a small number takes one byte. Before compression MessagePack is smaller. After compression the "
            "two are nearly equal, because a compressor removes the same repetitions."
        ),
        (
            "The browser decides the rest. Its JSON.parse is native code that has been made fast for many years. A "
            "library in JavaScript decodes MessagePack. So JSON often wins here."
        ),
    ),
    lesson="Measure before you leave JSON. In a browser it is hard to beat.",
    take_away=(take_away.MESSAGEPACK,),
    does_not_pay=(
        "In most pages. It pays between programs that have no native JSON parser, for binary data, which JSON must "
        "carry as text, and where nothing is compressed."
    ),
)
