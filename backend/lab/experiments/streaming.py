"""Fast answers first. Only the browser has code for this experiment."""

from .. import take_away
from ..experiment import Experiment, Side
from ..files import client, package

EXPERIMENT = Experiment(
    title="Quick answers first",
    chapter="Batching and rounds",
    network="20 ms",
    shows=(
        "A batch has five fast questions and a slow one. In a stream the fast answers arrive first, and do not wait "
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
            "Waits for all six answers, and gets them as one JSON object.",
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
        "One JSON object is complete only when its slowest part is. All other parts wait for it.",
        (
            "In NDJSON each answer is a line of its own, and the server sends it when it is done. The experiment "
            "measures the time until the five fast answers are here. The slow answer takes as long as before."
        ),
        "On both sides the server's cache has the fast answers. On neither side does it have the slow one.",
    ),
    lesson="Send each answer when it is ready.",
    take_away=(take_away.BATCH, take_away.CLIENT_BATCH),
    does_not_pay="Where all parts take about as long, or where the page can show nothing before the last part.",
)
