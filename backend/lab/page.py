"""The product's page, which tells a browser that this server has the Lab."""

from flask import Response

from roundtrip.site import Page


class MarkedPage:
    """The page with one metric more in its Server-Timing: `lab`. By it the timing panel leads from spans to the Lab."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def response(self, status: int) -> Response:
        """Answer as the page does. Raises NotFound where the frontend has not been built."""
        response = self._page.response(status)
        response.headers.add("Server-Timing", "lab")
        return response
