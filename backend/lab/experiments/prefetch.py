"""Asking before the click. Only the browser has code for this experiment."""

from .. import take_away
from ..experiment import Experiment, Side

EXPERIMENT = Experiment(
    title="Asked before the click",
    chapter="Batching and rounds",
    network="100 ms",
    shows=(
        "The page behind a link needs data. If the browser asks while the pointer rests on the link, part of the "
        "wait is over at the click."
    ),
    technique=("frontend/src/app/LinkBoundary.tsx",),
    sides=(
        Side(
            "click",
            "On click",
            "Asks when the user clicks the link.",
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
            "A pointer rests on a link before the click. This experiment assumes 150 ms between the two, so the "
            "request starts 80 ms before the click. The experiment measures the time from the click to the data. On "
            "both sides the server's cache has the answer."
        ),
        (
            "Fast visitors gain less, slow visitors gain more. On a touch screen no pointer rests on a link, so "
            "nobody gains anything."
        ),
    ),
    lesson="Use the time between the intent and the click.",
    take_away=(take_away.CLIENT_PREFETCH,),
    does_not_pay=(
        "Where visitors click few of the links that they point at, or where the data is expensive. Each rest of the "
        "pointer costs the server a request."
    ),
)
