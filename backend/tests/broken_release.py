"""The application as a server imports it, in a release that starts and fails at each question."""

from flask_roundtrip import respond
from roundtrip import create_app


def encode(*_: object) -> bytes:
    raise TypeError("a mistake of ours")


vars(respond)["encode"] = encode  # only in this process
app = create_app()
