"""The API behind a caching edge: each request goes to the API, or is answered by what the edge has kept."""

from flask_roundtrip.extension import state_of
from flask_roundtrip.wire import Answer

from roundtrip.extensions import API

from ..experiment import Experiment, Side
from ..files import package
from ..questions import day
from ..run import Run
from ..workbench import EDGE

FIELDS = "arr_delay,carrier,dep_delay,dest,flight,id,origin,sched_dep,status"


def from_the_api(run: Run) -> Answer:
    """Answer as the product does, but let nobody on the way keep it."""
    answer = from_the_edge(run)
    kept = [(name, value) for name, value in answer.headers if name != "Cache-Control"]
    return answer._replace(headers=[*kept, ("Cache-Control", "no-store")])


def from_the_edge(run: Run) -> Answer:
    """Answer as the product does, with its Cache-Control: the edge keeps it, and asks again when it is old."""
    asked = day(run.number)
    date = asked["from"][:10]
    query = f"fields={FIELDS}&from={date}&limit=50&origin={asked['origin']}&to={date}"
    head = run.head._replace(path=f"{API}/flights", query=query)
    answer = state_of(run.bench.app).responder.answer_part(head, run.timing, only_short=False)
    assert answer is not None, head  # noqa: S101 - it is a route of the extension
    return answer


EXPERIMENT = Experiment(
    title="The API behind a caching edge",
    chapter="CDN and static files",
    shows="A list that many people ask for, through the edge of the production topology. The API answers each "
    "request out of its own cache, or the edge answers and the API hears nothing of it.",
    technique=(
        "backend/edge/varnish.vcl",
        package("respond.py"),
    ),
    sides=(
        Side(
            "api",
            "Each request to the API",
            "Says no-store, so that the edge passes every request on; the API has the ready bytes in its cache.",
            (
                "browser -> edge: list",
                "edge -> server: list",
                "server -> cache: the answer's bytes",
                "server -> edge: list",
                "edge -> browser: list",
            ),
            from_the_api,
            EDGE,
        ),
        Side(
            "edge",
            "Kept at the edge",
            "Says public and for how long, as the product does: the edge has kept it and answers by itself.",
            (
                "browser -> edge: list",
                "edge -> browser: list",
            ),
            from_the_edge,
            EDGE,
        ),
    ),
    explanation=(
        "A site that many people use puts a cache in front of its servers: a CDN, or as here Varnish, a CDN in a "
        "box. Each answer's `Cache-Control` tells it who may share the answer and for how long. `no-store` and "
        "`private` pass through; `public, max-age=300` is kept, and the next who ask get it without the API.",
        "Both sides pass the same nginx and the same Varnish, and the browser's own cache keeps neither. The API has "
        "the ready bytes on both, so what is saved is the way on: the balancer, a free thread of a replica, the "
        "question to the cache.",
        "A millisecond for one visitor is not why sites do it. What the edge answers, the API need not: its threads "
        "are free, and a page that is suddenly famous stays quick. And here edge and API stand on one machine; a "
        "CDN's edge stands in the visitor's town, and saves the way to the API's continent with each hit.",
    ),
    lesson="Say of each public answer how long it may be kept, and let the edge answer for you.",
    instead="Take Varnish or a CDN, and send a Cache-Control that lets it keep answers: cached() sends one.",
    does_not_pay="For answers that belong to one person, that nobody asks for twice while they are fresh, or that "
    "must change for everybody at once.",
)
