"""The API behind a caching edge: each request goes to the API, or the edge answers from its cache."""

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
    """Answer as the product does, but with `no-store`: no cache on the way keeps it."""
    answer = from_the_edge(run)
    kept = [(name, value) for name, value in answer.headers if name != "Cache-Control"]
    return answer._replace(headers=[*kept, ("Cache-Control", "no-store")])


def from_the_edge(run: Run) -> Answer:
    """Answer as the product does, with its Cache-Control: the edge keeps the answer until it is stale."""
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
    shows=(
        "Many people ask for one list through the edge of the production topology. Either the API answers each "
        "request from its own cache, or the edge answers and the API gets no request."
    ),
    technique=(
        "backend/edge/varnish.vcl",
        package("respond.py"),
    ),
    sides=(
        Side(
            "api",
            "Each request to the API",
            "Sends `no-store`, so the edge passes every request on. The API has the ready bytes in its cache.",
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
            "Sends `public` and a max-age, as the product does. The edge keeps the answer and answers by itself.",
            (
                "browser -> edge: list",
                "edge -> browser: list",
            ),
            from_the_edge,
            EDGE,
        ),
    ),
    explanation=(
        (
            "A site with many visitors puts a cache in front of its servers: a CDN, or here Varnish, which does the "
            "same on one machine. The `Cache-Control` of each answer tells this cache who may share the answer and "
            "for how long. It passes on requests for `no-store` and `private` answers. It keeps `public, "
            "max-age=300`, and answers the next visitors without the API."
        ),
        (
            "On both sides a request passes the same nginx and the same Varnish, and the browser's own cache keeps "
            "nothing. On both sides the API has the ready bytes. So the edge saves the rest of the way: the load "
            "balancer, a free thread of a replica, the look-up in the cache."
        ),
        (
            "Sites do this not for one millisecond of one visitor. They do it because the API gets fewer requests: "
            "its threads stay free, and a page that is suddenly famous stays fast. Here edge and API run on one "
            "machine. The edge of a CDN is in the visitor's town, and a hit there also saves the way to the API's "
            "continent."
        ),
    ),
    lesson="Say of each public answer how long a cache may keep it, and let the edge answer for you.",
    instead="Take Varnish or a CDN, and send a Cache-Control that lets it keep answers: cached() sends one.",
    does_not_pay=(
        "For answers that belong to one person, for answers that nobody asks for twice while they are fresh, and for "
        "answers that must change for everybody at once."
    ),
)
