"""What several test files use that is no fixture; helpers.py of the package's tests has the rest."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from helpers import ARRIVING, ONE_APP, SOON, WHOLE, in_time, noted

from roundtrip.extensions import cache

__all__ = ["ARRIVING", "ONE_APP", "SOON", "WHOLE", "Asking", "forget", "in_time", "noted"]

Asking = Callable[..., FlaskClient]  # gives a client of an application with the settings that it is given


def forget(app: Flask) -> None:
    """Empty the application's response cache."""
    app.extensions["cache"][cache].clear()
