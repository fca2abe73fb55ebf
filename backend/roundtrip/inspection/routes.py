"""The routes of the inspection, below /api/inspection."""

from threading import Lock
from urllib.parse import unquote_to_bytes

from flask import Blueprint, Response, current_app, jsonify, request
from flask_roundtrip.extension import state_of
from flask_roundtrip.wire import RETRY_SOON, Head, Problem

from ..config import Settings
from ..extensions import API
from ..site import Page
from .statements import explained

INSPECTION = "/api/inspection"
LONGEST_URL = 4_000  # characters
PATIENCE = 2.0  # seconds to wait for another inspection


class MarkedPage:
    """The page with one metric more in its Server-Timing: `inspection`, with the path of these routes.

    The timing panel reads it: to ask a server that has no such routes would be an error in the console.
    """

    def __init__(self, page: Page) -> None:
        self._page = page

    def response(self, status: int) -> Response:
        """Answer as the page does. Raises NotFound if the frontend has not been built."""
        response = self._page.response(status)
        response.headers.add("Server-Timing", f'inspection;desc="{INSPECTION}"')
        return response


def blueprint(settings: Settings) -> Blueprint:
    """Return the routes for an application with these settings."""
    routes = Blueprint("inspection", __name__, url_prefix=INSPECTION)
    one_at_a_time = Lock()

    @routes.before_request
    def refuse_other_sites() -> None:
        """Let no page of another site start work here. Browsers send this header (W3C, Fetch Metadata)."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise Problem(403, "Only pages of this site may ask here.")

    @routes.after_request
    def keep_out_of_caches(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.get("/statements")
    def statements() -> Response:
        """Describe the statements of the GET that the parameter `url` names."""
        head = head_of_url(request.args.to_dict(flat=False).get("url", []))
        if not one_at_a_time.acquire(timeout=PATIENCE):
            raise Problem(503, "Another request is being inspected. Try again in a moment.", headers=[RETRY_SOON])
        try:
            return jsonify(explained(state_of(current_app), head))
        finally:
            one_at_a_time.release()

    return routes


def head_of_url(urls: list[str]) -> Head:
    """Return the head of a GET of this API. Raises Problem (400) for any other address."""
    expected = f"expected one path of the API with its query, such as {API}/airlines?limit=3"
    if len(urls) != 1 or not urls[0].startswith(f"{API}/") or "#" in urls[0]:
        raise Problem(400, f"url: {expected}.")
    if len(urls[0]) > LONGEST_URL:
        raise Problem(400, f"url: {expected}, of at most {LONGEST_URL} characters.")
    if not (urls[0].isascii() and urls[0].isprintable()) or " " in urls[0]:
        raise Problem(400, f"url: {expected}, percent-encoded.")
    path, _, query = urls[0].partition("?")
    return Head("GET", unquote_to_bytes(path).decode("utf-8", "replace"), query, client=request.remote_addr or "")
