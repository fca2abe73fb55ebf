"""The payload: all fields of 200 flights and all that belongs to them, against those that the page shows."""

from typing import Any

from flask_roundtrip.wire import JSON, Answer

from .. import take_away
from ..experiment import Experiment, Side
from ..files import client, package
from ..flights import EVERYTHING, encoded, narrowed, read
from ..run import Run


def everything(run: Run) -> Answer:
    """Answer all that is known."""
    return encoded(run, read(run, EVERYTHING), JSON)


def asked(run: Run) -> Answer:
    """Answer what the page shows."""
    return encoded(run, read(run), JSON)


def shown(content: Any) -> Any:
    """Return what the page uses of an answer."""
    return narrowed(content["items"])


EXPERIMENT = Experiment(
    title="Only the fields that are shown",
    chapter="Serialization and payload",
    shows="200 flights for a page that shows nine fields of each. One side sends all 56 fields of the flight and of "
    "what belongs to it; the other sends nine.",
    technique=(
        package("fields.py"),
        client("techniques/fields.ts"),
    ),
    sides=(
        Side(
            "everything",
            "Everything",
            "Sends each flight with its airline, plane, airports and weather, and the page picks.",
            (
                "browser -> server: flights",
                "server -> database: 56 columns from five tables",
                "server -> browser: 56 fields of 200 flights",
            ),
            everything,
        ),
        Side(
            "asked",
            "The fields asked for",
            "Sends what the page shows.",
            (
                "browser -> server: flights, nine fields",
                "server -> database: nine columns from two tables",
                "server -> browser: nine fields of 200 flights",
            ),
            asked,
        ),
    ),
    explanation=(
        "An API that always sends all it knows makes each page pay for the needs of all others: the database reads "
        "more, the server encodes more, the network carries more, and the browser parses more.",
        "With fields=id,dest,airline.name the client names what it shows. The server reads, encodes and sends just "
        "that.",
        "Both sides are compressed as the browser allows. That helps the large answer most, for it repeats itself "
        "much; it stays larger all the same.",
    ),
    lesson="Ask for the fields that are shown, and for no others.",
    take_away=(take_away.FIELDS, take_away.CLIENT_FIELDS),
    does_not_pay="For single rows on a quick network. And answers with different fields cannot share a place in a "
    "cache: pages that need nearly the same do well to ask for the same.",
    network="slow 4G",
    seen=shown,
)
