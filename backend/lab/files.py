"""Where the files are that experiments name: paths from the repository's root."""

from pathlib import Path

from roundtrip.config import BACKEND

REPOSITORY = BACKEND.parent
_PACKAGE = "backend/flask_roundtrip/src/flask_roundtrip"
_CLIENT = "frontend/src/client"


def package(name: str) -> str:
    """Return the path of a technique in Python, such as `batch.py`."""
    return f"{_PACKAGE}/{name}"


def client(name: str) -> str:
    """Return the path of a technique in TypeScript, such as `batch.ts`."""
    return f"{_CLIENT}/{name}"


def exists(path: str) -> bool:
    """Tell whether a file is there: an installation may be without the frontend's sources."""
    return Path(REPOSITORY / path).is_file()
