"""For development: the timing panel runs a request again, with its statements' plans or under a profiler.

INSPECT=on puts these routes below /api/inspection, and says so in the Server-Timing of each page. Without it neither
the routes nor their code exist. The production profile refuses the setting: plans and profiles show how the server
works, and cost much more than a request.
"""

from flask import Flask

from ..config import Settings


def mount(app: Flask, settings: Settings) -> None:
    """Add the routes to an application, if its settings ask for them."""
    if settings.inspect != "on":
        return
    from .routes import MarkedPage, blueprint

    app.register_blueprint(blueprint(settings))
    app.extensions["roundtrip-page"] = MarkedPage(app.extensions["roundtrip-page"])
