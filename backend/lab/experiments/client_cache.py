"""Five components ask one question. Only the browser has code for this experiment."""

from .. import take_away
from ..experiment import Experiment, Side
from ..files import client

EXPERIMENT = Experiment(
    title="Five components, one question",
    chapter="Caching",
    network="20 ms",
    shows=(
        "Five components of a page need the same list at the same moment. Each can send its own request, or all five "
        "can share one."
    ),
    technique=(
        client("client/queries.ts"),
        client("techniques/response_cache.ts"),
    ),
    sides=(
        Side(
            "each",
            "Each for itself",
            "Each component fetches the list for itself, past the browser's own cache.",
            (
                "browser -> server: list ×5",
                "server -> browser: list ×5",
            ),
        ),
        Side(
            "once",
            "Asked once",
            "A cache in the page sends one request, and gives its answer to all five components.",
            (
                "browser -> server: list",
                "server -> browser: list",
            ),
        ),
    ),
    explanation=(
        (
            "Components that fetch for themselves are easy to write, but they do not know of each other. The page "
            "then sends the same question as often as components use it."
        ),
        (
            "A cache in the page has a key for each question. It sees that a question is on its way already, and "
            "lets all who ask the same question wait for the same answer."
        ),
        (
            "Browsers help a little by themselves. Of several equal GETs whose answer it may keep, Chromium sends "
            "one, and the others wait. In this experiment both sides bypass the browser's cache. So it shows answers "
            "that the browser may not keep, and clients that ask the server whether their copy is still right."
        ),
    ),
    lesson="Give equal questions equal keys, and ask each question once.",
    take_away=(take_away.CLIENT_RESPONSE_CACHE,),
    does_not_pay="Where each component asks a different question. Then the cache only adds code.",
)
