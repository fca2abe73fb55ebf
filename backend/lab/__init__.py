"""The Lab: every technique on and off, side by side, with honest statistics.

It imports the product, never the other way: delete this folder, its tests, frontend/src/lab and the lines that end
in "the Lab", and everything else still works.
"""

import os
from threading import Thread

from flask import Flask, Response

from roundtrip.config import setting

FINER_CLOCK = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


def mount(app: Flask) -> None:
    """Add the Lab to an application, where LAB=on: its experiments load a server, so a public one leaves it off."""
    if setting("LAB").strip() != "on":
        return
    # Here, and not above: where the Lab is off, nothing of it and of what it needs is in memory.
    from .routes import blueprint
    from .workbench import Workbench

    app.extensions["lab"] = bench = Workbench(app)
    if "SERVER_SOFTWARE" in os.environ:  # under gunicorn: the links lead here from the start, for bookmarks of them
        Thread(target=bench.companion.start, name="start the Lab's links", daemon=True).start()
    app.register_blueprint(blueprint())
    for path in ("/lab", "/lab/<experiment>"):
        app.add_url_rule(path, f"lab {path}", show_isolated_page, methods=["GET"])


def show_isolated_page(**arguments: object) -> Response:
    """Answer with the page; isolated from other origins, a browser gives it a clock of 5 us instead of 100."""
    from roundtrip.site import show_page

    response = show_page()
    response.headers.update(FINER_CLOCK)
    return response
