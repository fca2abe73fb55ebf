"""The application as a server imports it, in a release that starts and fails at each question."""

from roundtrip import create_app, pipeline


def encode(*_: object) -> bytes:
    raise TypeError("a mistake of ours")


vars(pipeline)["encode"] = encode  # only in this process
app = create_app()
