"""Flask's own tutorial application (flaskr, a blog with accounts), from Flask's source distribution."""

import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path


def tutorial(archives: Path, folder: Path) -> Path:
    """Unpack Flask's source into `folder`, and return the tutorial's folder in it.

    The source is downloaded once, into `archives`. Raises RuntimeError if pip cannot download it.
    """
    name = f"flask-{version('flask')}"
    archive = archives / f"{name}.tar.gz"
    if not archive.exists():
        archives.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=archives) as drafts:
            pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "flask"]
            done = subprocess.run([*pip, "-d", drafts, f"flask=={version('flask')}"], capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"Flask's source distribution could not be downloaded:\n{done.stderr}")
            (Path(drafts) / archive.name).rename(archive)
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / name / "examples" / "tutorial"
