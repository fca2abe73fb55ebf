"""The payload: all fields of 200 flights and of their relations, against the fields that the page shows."""

from typing import Any

from flask_roundtrip.wire import JSON, Answer

from .. import take_away
from ..experiment import Experiment, Side
from ..files import client, package
from ..flights import EVERYTHING, encoded, narrowed, read
from ..run import Run


def everything(run: Run) -> Answer:
    """Answer with all 56 fields."""
    return encoded(run, read(run, EVERYTHING), JSON)


def asked(run: Run) -> Answer:
    """Answer with the nine fields that the page shows."""
    return encoded(run, read(run), JSON)


def shown(content: Any) -> Any:
    """Return the part of an answer that the page uses."""
    return narrowed(content["items"])


EXPERIMENT = Experiment(
    title="Only the fields that are shown",
    chapter="Serialization and payload",
    shows=(
        "A page shows nine fields of each of 200 flights. One side sends all 56 fields of the flight and its "
        "relations. The other side sends nine."
    ),
    technique=(
        package("fields.py"),
        client("techniques/fields.ts"),
    ),
    sides=(
        Side(
            "everything",
            "Everything",
            "Sends each flight with its airline, plane, airports and weather. The page picks the fields that it shows.",
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
            "Sends the nine fields that the page shows.",
            (
                "browser -> server: flights, nine fields",
                "server -> database: nine columns from two tables",
                "server -> browser: nine fields of 200 flights",
            ),
            asked,
        ),
    ),
    explanation=(
        (
            "Where an API always sends all fields, each page pays for the needs of all other pages. The database "
            "reads more, the server encodes more, the network carries more, and the browser parses more."
        ),
        (
            "With fields=id,dest,airline.name the client names the fields that it shows. The server reads, encodes "
            "and sends these only."
        ),
        (
            "Both sides are compressed as the browser allows. Compression helps the large answer most, because it "
            "repeats itself much. The large answer stays larger all the same."
        ),
    ),
    lesson="Ask for the fields that you show, and for no others.",
    take_away=(take_away.FIELDS, take_away.CLIENT_FIELDS),
    does_not_pay=(
        "For single rows on a fast network. Answers with different fields need different cache entries, so pages "
        "with nearly the same needs should ask for the same fields."
    ),
    network="slow 4G",
    seen=shown,
)
