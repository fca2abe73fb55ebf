"""Five components, one question: the sides are the browser's alone."""

from .. import take_away
from ..experiment import Experiment, Side
from ..files import client

EXPERIMENT = Experiment(
    title="Five components, one question",
    chapter="Caching",
    network="20 ms",
    shows=(
        "Five components of a page want the same list in the same moment. Each can ask for itself, or all can"
        " share one request."
    ),
    technique=(
        client("client/queries.ts"),
        client("techniques/response_cache.ts"),
    ),
    sides=(
        Side(
            "each",
            "Each for itself",
            "Every component fetches the list that it shows, past the browser's own cache.",
            (
                "browser -> server: list ×5",
                "server -> browser: list ×5",
            ),
        ),
        Side(
            "once",
            "Asked once",
            "A cache in the page sends one request, and gives its answer to all five.",
            (
                "browser -> server: list",
                "server -> browser: list",
            ),
        ),
    ),
    explanation=(
        (
            "Components that fetch for themselves are easy to write, and do not know of each other. The same "
            "question is then sent as often as it is used."
        ),
        (
            "A cache in the page knows by its key that a question is under way. Whoever asks the same waits for "
            "the same answer."
        ),
        (
            "Browsers help a little themselves: Chromium sends one of several equal GETs whose answer it may keep, "
            "and lets the others wait for it. Here both sides ask past the browser's cache. So this is what happens "
            "with answers that it may not keep, and with clients that ask the server whether theirs is still right."
        ),
    ),
    lesson="Give equal questions equal keys, and ask each once.",
    take_away=(take_away.CLIENT_RESPONSE_CACHE,),
    does_not_pay="Where each component asks something else: then the cache only adds code.",
)
