"""The Lab: every technique on and off, side by side, with honest statistics.

The Lab imports the product; the product never imports the Lab. Delete this folder, its tests, frontend/src/lab and
the lines that end in "the Lab", and everything else still works.
"""

import os
from threading import Thread

from flask import Flask, Response

from roundtrip.config import setting

FINER_CLOCK = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


def mount(app: Flask) -> None:
    """Add the Lab to an application, if LAB=on. Experiments load a server, so a public server leaves it off."""
    if setting("LAB").strip() != "on":
        return
    # Imported here: where the Lab is off, neither its code nor its dependencies are in memory.
    from .page import MarkedPage
    from .routes import blueprint
    from .workbench import Workbench

    app.extensions["lab"] = bench = Workbench(app)
    if "SERVER_SOFTWARE" in os.environ:  # under gunicorn: start the links at once, so that bookmarks of them work
        Thread(target=bench.companion.start, name="start the Lab's links", daemon=True).start()
    app.register_blueprint(blueprint())
    app.extensions["roundtrip-page"] = MarkedPage(app.extensions["roundtrip-page"])
    for path in ("/lab", "/lab/<experiment>", "/lab/source/<path:source>"):
        app.add_url_rule(path, f"lab {path}", show_isolated_page, methods=["GET"])


def show_isolated_page(**arguments: object) -> Response:
    """Answer with the page, isolated from other origins: then a browser gives it a clock of 5 us instead of 100."""
    from roundtrip.site import show_page

    response = show_page()
    response.headers.update(FINER_CLOCK)
    return response
