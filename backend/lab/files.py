"""The paths of the files that experiments name, from the repository's root."""

from roundtrip.config import BACKEND

REPOSITORY = BACKEND.parent
PYTHON_EXAMPLES = "backend/flask_roundtrip/examples"
CLIENT_EXAMPLES = "frontend/packages/roundtrip-client/examples"
_PACKAGE = "backend/flask_roundtrip/src/flask_roundtrip"
_CLIENT = "frontend/packages/roundtrip-client/src"


def package(name: str) -> str:
    """Return the path of a technique in Python, such as `batch.py`."""
    return f"{_PACKAGE}/{name}"


def client(name: str) -> str:
    """Return the path of a file of the client, such as `techniques/batch.ts`."""
    return f"{_CLIENT}/{name}"


def exists(path: str) -> bool:
    """Tell whether a file is there: an installation may be without the frontend's sources."""
    return (REPOSITORY / path).is_file()
