"""The built frontend: hashed assets that never change, and one HTML page that is always asked for again."""

import re
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple
from wsgiref.headers import Headers as FileHeaders

from flask import Blueprint, Flask, Response, current_app, request
from flask_roundtrip.compression import compress, negotiated
from flask_roundtrip.doors.flask import told
from flask_roundtrip.wire import IDENTITY
from werkzeug.exceptions import NotFound
from whitenoise import WhiteNoise

from .extensions import API
from .operations.security_headers import Headers, of_a_page, of_any_answer

PAGES = ("/", "/flights/<int:flight>", "/delays", "/docs")
_HASHED = re.compile(r"/assets/.+-[\w-]{8,}\.\w+\Z")  # as Vite names them


class File(NamedTuple):
    """The page as it was at a time; whoever has one has all of it from the same build."""

    modified: int
    etag: str
    codings: dict[str, bytes]
    security: Headers


class Page:
    """The frontend's one HTML page, in every content coding; read again when a build has replaced it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: File | None = None

    def response(self, status: int) -> Response:
        """Answer with the page, or 304. Raises NotFound where the frontend has not been built."""
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
            raise NotFound("The frontend has not been built: `make build` does it.") from None
        file = self._file
        if file is None or file.modified != modified:
            html = self._path.read_bytes()
            etag = blake2b(html, digest_size=12).hexdigest()
            file = self._file = File(modified, etag, {IDENTITY: html}, of_a_page(html))
        return file


def serve(app: Flask, dist: Path) -> None:
    """Serve the frontend: its assets in front of Flask, its page for every address that a person can visit."""
    site = Blueprint("site", __name__)
    for path in PAGES:
        site.add_url_rule(path, f"page{PAGES.index(path)}", show_page, methods=["GET"])
    app.register_blueprint(site)
    app.register_error_handler(NotFound, not_found)
    app.extensions["roundtrip-page"] = Page(dist / "index.html")
    if dist.is_dir():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # Flask's own way to add a middleware
            app.wsgi_app,
            root=dist,
            max_age=3600,
            immutable_file_test=lambda path, url: bool(_HASHED.search(url)),
            allow_all_origins=False,
            add_headers_function=_secure_file,
        )


def show_page(**arguments: object) -> Response:
    """Answer with the page, which reads its own address."""
    page: Page = current_app.extensions["roundtrip-page"]
    return page.response(200)


def not_found(error: NotFound) -> Response:
    """Show a person the page, which says that nothing is here; tell a program the problem."""
    to_a_person = not request.path.startswith(API) and _prefers_html()
    if to_a_person:
        page: Page = current_app.extensions["roundtrip-page"]
        return page.response(404)
    return told(error)


def _secure_file(headers: FileHeaders, path: str, url: str) -> None:
    for name, value in of_any_answer():
        headers[name] = value


def _prefers_html() -> bool:
    accepted = request.accept_mimetypes
    return accepted.quality("text/html") > accepted.quality("application/json")
