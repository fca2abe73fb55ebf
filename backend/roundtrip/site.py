"""The built frontend: hashed assets that never change, and one HTML page that is always revalidated."""

import json
import re
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, request
from flask_roundtrip.doors.flask import Ready, told
from flask_roundtrip.extension import state_of
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import NOSNIFF, Answer, Head, Problem
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as AnyResponse

from .extensions import API
from .operations.security_headers import of_a_page, of_any_answer
from .static_files import Files

PAGES = (
    *("/", "/flights/<int:flight>", "/delays", "/docs"),
    "/<any(airlines, airports, routes, numbers):kind>/<name>",
)
# The name in the address of each kind; frontend/src/app/subjects.ts and nginx.conf have the same.
NAMES = {
    "airlines": re.compile("(?P<carrier>[A-Z0-9]{2})"),
    "airports": re.compile("(?P<origin>EWR|JFK|LGA)|(?P<dest>[A-Z0-9]{3})"),
    "routes": re.compile("(?P<origin>EWR|JFK|LGA)-(?P<dest>[A-Z0-9]{3})"),
    "numbers": re.compile("(?P<carrier>[A-Z0-9]{2})(?P<flight>[1-9][0-9]{0,3})"),
}
_HASHED = re.compile(r"assets/.+-[\w-]{8,}\.\w+")  # the names that Vite gives


PAGE = "index.html"
NOT_BUILT = Problem(503, "The frontend has not been built: run `make build`.")


class Page:
    """The frontend's one HTML page, in every content coding; it is read again after a new build."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def response(self, status: int) -> Response:
        """Answer with the page, or as its conditions and ranges ask; 503 if the frontend has not been built."""
        file = self._files.read(PAGE)
        try:
            if file is None:
                raise NOT_BUILT
            answer = file.answer(request.environ, status)
        except Problem as problem:
            return told(problem)
        return Ready([answer.body], answer.status, answer.headers)


def serve(app: Flask, dist: Path) -> None:
    """Serve the frontend: the assets in front of Flask, and the page at every address of the site."""
    site = Blueprint("site", __name__)
    for path in PAGES:
        view = show_flight if "<int:flight>" in path else show_subject if "<name>" in path else show_page
        site.add_url_rule(path, f"page{PAGES.index(path)}", view, methods=["GET"])
    app.register_blueprint(site)
    app.before_request(lead_from_slashes)
    app.register_error_handler(NotFound, not_found)
    files = Files(app.wsgi_app, dist, _headers, hidden=[PAGE])  # the page has addresses of its own
    app.extensions["roundtrip-page"] = Page(files)
    app.wsgi_app = files  # type: ignore[method-assign]  # Flask's own way to add a middleware


def lead_from_slashes() -> AnyResponse | None:
    """Redirect from `//delays` to `/delays`. Werkzeug routes both to one view."""
    if not request.environ["PATH_INFO"].startswith("//"):
        return None
    return _to_the_address()


def show_page() -> Response:
    """Answer with the page; its script reads the address."""
    page: Page = current_app.extensions["roundtrip-page"]
    return page.response(200)


def show_flight(flight: int) -> AnyResponse:
    """Answer with the page; the status is 404 if there is no such flight, and the page says so."""
    answer = _of_the_api(f"/flights/{flight}", "fields=id")
    if answer is None or answer.status != 404:  # the page shows any other error
        return show_page()
    return not_found(NotFound(f"There is no flight {flight}."))


def show_subject(kind: str, name: str) -> AnyResponse:
    """Answer with the page of an airline, an airport, a route or a flight number; with 404 where nothing flew so."""
    named = NAMES[kind].fullmatch(name)
    if named is None:
        return not_found(NotFound("Nothing is at this path."))
    filters = "&".join(f"{parameter}={value}" for parameter, value in named.groupdict().items() if value)
    answer = _of_the_api("/flights", f"{filters}&limit=1&fields=id")
    if answer is None or answer.status != 200 or json.loads(answer.body)["items"]:
        return show_page()
    return not_found(NotFound(f"No flight is recorded under {name}."))


def _of_the_api(path: str, query: str) -> Answer | None:
    head = Head("GET", f"{API}{path}", query)
    return state_of(current_app).responder.answer_part(head, Timing(), only_short=False)


def not_found(error: NotFound) -> AnyResponse:
    """Redirect another spelling of an address; otherwise answer with 404: a page for a browser, JSON for a program."""
    moved = _to_the_address()
    if moved:
        return moved
    to_a_person = not request.path.startswith(API) and _prefers_html()
    if to_a_person:
        page: Page = current_app.extensions["roundtrip-page"]
        return page.response(404)
    return told(error)


def _to_the_address() -> AnyResponse | None:
    """Redirect another spelling of a page's address, such as `//delays/` or `/flights/007`, to that address."""
    path = request.environ["PATH_INFO"]
    address = re.sub("/+", "/", path).rstrip("/") or "/"
    address = re.sub("^/flights/0+(?=[0-9])", "/flights/", address)
    if address == f"/{PAGE}":
        address = "/"
    if address == path or address.startswith("/api/") or request.method not in ("GET", "HEAD"):
        return None
    try:
        current_app.url_map.bind("").match(address)
    except HTTPException:
        return None
    return _moved(address)


def _moved(path: str) -> AnyResponse:
    query = request.query_string.decode("latin-1")
    moved = redirect(quote(path, encoding="latin-1") + (f"?{query}" if query else ""), 308)
    moved.headers.set(*NOSNIFF)
    return moved


def _headers(name: str, content: bytes) -> list[tuple[str, str]]:
    """Return the headers of a file that say how long it is fresh, and what it may do."""
    if name == PAGE:
        return [("Cache-Control", "no-cache"), *of_a_page(content)]
    kept = "31536000, immutable" if _HASHED.fullmatch(name) else "3600"
    return [("Cache-Control", f"public, max-age={kept}"), *of_any_answer()]


def _prefers_html() -> bool:
    accepted = request.accept_mimetypes
    return accepted.quality("text/html") > accepted.quality("application/json")
