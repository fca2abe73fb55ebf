"""Six questions in one round trip. Only the browser has code for this experiment."""

from .. import take_away
from ..experiment import Experiment, Side
from ..files import client, package

EXPERIMENT = Experiment(
    title="Six questions, one round trip",
    chapter="Batching and rounds",
    network="100 ms",
    shows=(
        "A page asks six questions about one flight. Asked one by one, they wait for six round trips. In one batch "
        "they wait for one."
    ),
    technique=(
        client("techniques/batch.ts"),
        package("batch.py"),
    ),
    sides=(
        Side(
            "one_by_one",
            "One by one",
            "Asks each question after the answer to the one before.",
            (
                "browser -> server: question ×6",
                "server -> browser: answer ×6",
            ),
        ),
        Side(
            "parallel",
            "In parallel",
            "Asks all six at once, over as many connections as the browser opens.",
            (
                "browser -> server: flight",
                "& browser -> server: five others",
                "server -> browser: six answers",
            ),
        ),
        Side(
            "one_batch",
            "One batch",
            "Sends all six in one request, and reads each answer when its line arrives.",
            (
                "browser -> server: batch of 6",
                "server -> browser: 6 answers",
            ),
        ),
    ),
    explanation=(
        (
            "When the server is far away, a round trip takes longer than the work of the server. Six questions one "
            "after the other pay for six round trips."
        ),
        (
            "In parallel they share the wait, but over HTTP/1.1 a browser opens six connections to a site at most. "
            "Here all six are open before the measuring starts. To open them takes more round trips, and no figure "
            "on this page contains those. A batch needs one connection and one set of headers."
        ),
        "On all sides the server's cache already has the answers, so that only the way to them differs.",
    ),
    lesson="Ask for everything that a page needs in one request.",
    take_away=(take_away.BATCH, take_away.CLIENT_BATCH),
    does_not_pay=(
        "For few questions, or where the browser's cache or a shared cache has the answers. A batch is a POST, and "
        "no cache keeps its answer."
    ),
)
