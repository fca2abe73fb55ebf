"""Asked before the click: the sides are the browser's alone."""

from .. import take_away
from ..experiment import Experiment, Side

EXPERIMENT = Experiment(
    title="Asked before the click",
    chapter="Batching and rounds",
    network="100 ms",
    shows=(
        "A link's page needs data. Asked for while the pointer rests on the link, part of the wait is over "
        "when it clicks."
    ),
    technique=("frontend/src/app/LinkBoundary.tsx",),
    sides=(
        Side(
            "click",
            "On click",
            "Asks when the link is clicked.",
            (
                "browser -> server: flight",
                "server -> browser: flight",
            ),
        ),
        Side(
            "intent",
            "On intent",
            "Asks when the pointer has rested on the link for 70 ms, as the product does.",
            (
                "browser -> server: flight, before the click",
                "server -> browser: flight",
            ),
        ),
    ),
    explanation=(
        (
            "A pointer comes to rest on a link before it clicks. This experiment assumes 150 ms between the two, "
            "so the request is 80 ms ahead. Measured is the time from click to data. The server's cache has the "
            "answer on both sides."
        ),
        ("Fast visitors gain less, slow ones more; on a touch screen nothing rests on a link, and nothing is gained."),
    ),
    lesson="Use the time between intent and click.",
    take_away=(take_away.CLIENT_PREFETCH,),
    does_not_pay=(
        "Where few of the links pointed at are clicked, or the data is expensive: every rest costs the server"
        " a question."
    ),
)
