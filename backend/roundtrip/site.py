"""The built frontend: hashed assets that never change, and one HTML page that is always revalidated."""

import json
import re
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote
from wsgiref.headers import Headers as FileHeaders

from flask import Blueprint, Flask, Response, current_app, request
from flask_roundtrip.compression import compress, negotiated
from flask_roundtrip.doors.flask import told
from flask_roundtrip.extension import state_of
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import IDENTITY, Answer, Head
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as AnyResponse
from whitenoise import WhiteNoise

from .extensions import API
from .operations.security_headers import Headers, of_a_page, of_any_answer

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
_HASHED = re.compile(r"/assets/.+-[\w-]{8,}\.\w+\Z")  # the names that Vite gives


class File(NamedTuple):
    """The page in all codings, from one build."""

    modified: int
    etag: str
    codings: dict[str, bytes]
    security: Headers


class Page:
    """The frontend's one HTML page, in every content coding; it is read again after a new build."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: File | None = None

    def response(self, status: int) -> Response:
        """Answer with the page, or 304. Raises NotFound if the frontend has not been built."""
        file = self._read()
        coding = negotiated(request.headers.get("Accept-Encoding", ""))
        if coding not in file.codings:
            file.codings[coding] = compress(file.codings[IDENTITY], coding)
        response = Response(file.codings[coding], status, content_type="text/html; charset=utf-8")
        response.set_etag(file.etag, weak=True)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers.extend(file.security)
        if coding != IDENTITY:
            response.headers["Content-Encoding"] = coding
        if status == 200:
            response.make_conditional(request)
        return response

    def _read(self) -> File:
        try:
            modified = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            raise NotFound("The frontend has not been built: run `make build`.") from None
        file = self._file
        if file is None or file.modified != modified:
            html = self._path.read_bytes()
            etag = blake2b(html, digest_size=12).hexdigest()
            file = self._file = File(modified, etag, {IDENTITY: html}, of_a_page(html))
        return file


def serve(app: Flask, dist: Path) -> None:
    """Serve the frontend: the assets in front of Flask, and the page at every address of the site."""
    site = Blueprint("site", __name__)
    for path in PAGES:
        view = show_flight if "<int:flight>" in path else show_subject if "<name>" in path else show_page
        site.add_url_rule(path, f"page{PAGES.index(path)}", view, methods=["GET"])
    app.register_blueprint(site)
    app.before_request(lead_from_slashes)
    app.register_error_handler(NotFound, not_found)
    app.extensions["roundtrip-page"] = Page(dist / "index.html")
    if dist.is_dir():
        files = WhiteNoise(
            app.wsgi_app,
            root=dist,
            max_age=3600,
            immutable_file_test=lambda path, url: bool(_HASHED.search(url)),
            allow_all_origins=False,
            add_headers_function=_secure_file,
        )
        files.files.pop("/index.html", None)  # the page has addresses of its own
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
    if request.path != f"/flights/{flight}":
        return _moved(f"/flights/{flight}")
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
    """Redirect another spelling of a page's address, such as `//delays/` or `/index.html`, to that address."""
    path = request.environ["PATH_INFO"]
    address = re.sub("/+", "/", path).rstrip("/") or "/"
    if address == "/index.html":
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
    return redirect(quote(path, encoding="latin-1") + (f"?{query}" if query else ""), 308)


def _secure_file(headers: FileHeaders, path: str, url: str) -> None:
    for name, value in of_any_answer():
        headers[name] = value


def _prefers_html() -> bool:
    accepted = request.accept_mimetypes
    return accepted.quality("text/html") > accepted.quality("application/json")
