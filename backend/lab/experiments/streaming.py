"""Quick answers first: the sides are the browser's alone."""

from .. import take_away
from ..experiment import Experiment, Side
from ..files import client, package

EXPERIMENT = Experiment(
    title="Quick answers first",
    chapter="Batching and rounds",
    network="20 ms",
    shows=(
        "A batch of five quick questions and a slow one. Streamed, the quick answers arrive without waiting "
        "for the slow one."
    ),
    technique=(
        client("techniques/batch.ts"),
        package("batch.py"),
    ),
    sides=(
        Side(
            "whole",
            "One object",
            "Waits for all six and gets them as one JSON object.",
            (
                "browser -> server: batch of 6",
                "server -> database: slow report",
                "server -> browser: 6 answers",
            ),
        ),
        Side(
            "streamed",
            "Line by line",
            "Reads each answer as soon as the server has it.",
            (
                "browser -> server: batch of 6",
                "server -> database: slow report",
                "& server -> browser: 5 quick answers",
                "server -> browser: slow answer",
            ),
        ),
    ),
    explanation=(
        "One JSON object is complete only when its slowest part is. Everything else waits for it.",
        (
            "As NDJSON each answer is a line of its own, and is sent when it is done. Measured is the time until "
            "the five quick answers are here; the slow one takes as long as before."
        ),
        "The server's cache has the quick answers on both sides, and the slow one on neither.",
    ),
    lesson="Send what is ready.",
    take_away=(take_away.BATCH, take_away.CLIENT_BATCH),
    does_not_pay="Where all parts take about as long, or the page can show nothing before the last one.",
)
