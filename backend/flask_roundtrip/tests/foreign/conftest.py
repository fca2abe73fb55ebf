"""The sources of applications that are not ours."""

import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def flaskr_folder(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with Flask's own tutorial application, from Flask's source distribution; downloaded once."""
    assert pytestconfig.cache is not None
    name = f"flask-{version('flask')}"
    archive = pytestconfig.cache.mkdir("flask-source") / f"{name}.tar.gz"
    if not archive.exists():
        drafts = tmp_path_factory.mktemp("download")
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "flask"]
        done = subprocess.run([*pip, "-d", drafts, f"flask=={version('flask')}"], capture_output=True, text=True)
        if done.returncode:
            pytest.fail(f"Flask's source distribution could not be downloaded; it is needed once:\n{done.stderr}")
        (drafts / archive.name).rename(archive)
    folder = tmp_path_factory.mktemp("flask-source")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / name / "examples" / "tutorial"
