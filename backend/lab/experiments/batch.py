"""Six questions, one round trip: the sides are the browser's alone."""

from .. import take_away
from ..experiment import Experiment, Side
from ..files import client, package

EXPERIMENT = Experiment(
    title="Six questions, one round trip",
    chapter="Batching and rounds",
    network="100 ms",
    shows=(
        "Six questions about one flight. Asked one by one they wait for six round trips; in one batch they wait "
        "for one."
    ),
    technique=(
        client("techniques/batch.ts"),
        package("batch.py"),
    ),
    sides=(
        Side(
            "one_by_one",
            "One by one",
            "Asks each question when the one before has been answered.",
            (
                "browser -> server: question ×6",
                "server -> browser: answer ×6",
            ),
        ),
        Side(
            "parallel",
            "In parallel",
            "Asks all six at once, on as many connections as the browser opens.",
            (
                "browser -> server: flight",
                "& browser -> server: five others",
                "server -> browser: six answers",
            ),
        ),
        Side(
            "one_batch",
            "One batch",
            "Sends all six in one request, and reads each answer as its line arrives.",
            (
                "browser -> server: batch of 6",
                "server -> browser: 6 answers",
            ),
        ),
    ),
    explanation=(
        (
            "On a distant server a round trip costs more than the work. Questions that wait for each other pay "
            "for it each time."
        ),
        (
            "Asked in parallel they share the wait, but HTTP/1.1 gives a site six connections. Here all six are open "
            "beforehand; to open them costs round trips of its own, which no figure on this page has. A batch needs "
            "one connection and one set of headers."
        ),
        "On all sides the server's cache has the answers already, so that only the way to them differs.",
    ),
    lesson="Ask for all that a page needs in one go.",
    take_away=(take_away.BATCH, take_away.CLIENT_BATCH),
    does_not_pay=(
        "Where the questions are few and the browser's or a shared cache has their answers: a batch is a "
        "POST, which no cache keeps."
    ),
)
