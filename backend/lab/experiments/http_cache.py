"""What the browser has already: the sides are the browser's alone."""

from .. import take_away
from ..experiment import Experiment, Side
from ..files import client, package

EXPERIMENT = Experiment(
    title="What the browser has already",
    chapter="Caching",
    network="slow 4G",
    shows=(
        "The same list asked for again. It can come whole, be confirmed without a body, or need no round trip at all."
    ),
    technique=(
        client("techniques/conditional.ts"),
        package("conditional.py"),
    ),
    sides=(
        Side(
            "full",
            "200 each time",
            "Sends a validator that never fits, so that the whole list comes from the server.",
            (
                "browser -> server: list",
                "server -> browser: list",
            ),
        ),
        Side(
            "not_modified",
            "304",
            "Sends the validator of the answer in hand, and is told that it is still good.",
            (
                "browser -> server: list, if changed",
                "server -> browser: not modified",
            ),
        ),
        Side(
            "browser_cache",
            "Browser cache",
            "Asks within the time that Cache-Control allows, and is answered by the browser.",
            ("browser -> browser: list",),
        ),
    ),
    explanation=(
        (
            "An ETag names a version of an answer. If-None-Match sends it back, and a 304 says that nothing has "
            "changed: it saves the body, not the round trip."
        ),
        (
            "Cache-Control: max-age says how long nobody needs to ask. Within that time the browser answers "
            "itself. The server's own cache has the list on all three sides."
        ),
    ),
    lesson="Say how long an answer is good for, and give it a validator for afterwards.",
    take_away=(take_away.CACHED, take_away.CLIENT_CONDITIONAL),
    does_not_pay=(
        "Where answers must never be old, or hardly anything is asked twice. A 304 saves little where the "
        "answer is small."
    ),
)
