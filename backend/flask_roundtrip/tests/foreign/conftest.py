"""Applications that are not ours: where they come from."""

from pathlib import Path

import pytest
from flask_source import tutorial


@pytest.fixture(scope="session")
def flaskr_folder(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with Flask's own tutorial application; its source is downloaded once."""
    assert pytestconfig.cache is not None
    return tutorial(pytestconfig.cache.mkdir("flask-source"), tmp_path_factory.mktemp("flask-source"))
