"""A list that the browser has already. Only the browser has code for this experiment."""

from .. import take_away
from ..experiment import Experiment, Side
from ..files import client, package

EXPERIMENT = Experiment(
    title="An answer that the browser has",
    chapter="Caching",
    network="slow 4G",
    shows=(
        "A page asks for the same list again. The list can come whole, a 304 can confirm the old one without a body, "
        "or the browser can answer without any round trip."
    ),
    technique=(
        client("techniques/conditional.ts"),
        package("conditional.py"),
    ),
    sides=(
        Side(
            "full",
            "200 each time",
            "Sends a validator that never fits, so the server sends the whole list.",
            (
                "browser -> server: list",
                "server -> browser: list",
            ),
        ),
        Side(
            "not_modified",
            "304",
            "Sends the ETag of the answer that it has. The server confirms it.",
            (
                "browser -> server: list, if changed",
                "server -> browser: not modified",
            ),
        ),
        Side(
            "browser_cache",
            "Browser cache",
            "Asks within the time that Cache-Control allows. The browser answers by itself.",
            ("browser -> browser: list",),
        ),
    ),
    explanation=(
        (
            "An ETag names a version of an answer. The client sends it back in If-None-Match. If nothing has "
            "changed, the server answers 304, without a body. This saves the body, not the round trip."
        ),
        (
            "Cache-Control: max-age says for how long nobody needs to ask. Within that time the browser answers by "
            "itself. On all three sides the server's own cache has the list."
        ),
    ),
    lesson="Say for how long an answer is good, and give it a validator for the time after.",
    take_away=(take_away.CACHED, take_away.CLIENT_CONDITIONAL),
    does_not_pay=(
        "Where an answer must never be old, or where hardly anybody asks twice. A 304 saves little where the answer "
        "is small."
    ),
)
