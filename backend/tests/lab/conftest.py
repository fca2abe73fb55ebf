"""What the tests of the Lab share: the application with the Lab mounted."""

import pytest
from flask import Flask

import lab


@pytest.fixture(scope="module")
def app(app: Flask) -> Flask:
    """The application, with LAB=on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAB", "on")
        lab.mount(app)
    return app
