"""`make stack` makes the passwords that are missing, and none that is there."""

import os
import re
import subprocess
from pathlib import Path

from roundtrip.config import BACKEND

NAMES = ("POSTGRES_PASSWORD", "SECRET_KEY")


def secrets_in(folder: Path, **environment: str) -> str:
    """Run `make secrets` there, and return what .env says then."""
    rest = {name: value for name, value in os.environ.items() if name not in NAMES}
    command = ["make", "--silent", "-f", str(BACKEND.parent / "Makefile"), "secrets"]
    subprocess.run(command, cwd=folder, env={**rest, **environment}, check=True, capture_output=True)
    kept = folder / ".env"
    return kept.read_text() if kept.exists() else ""


def test_both_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    made = secrets_in(tmp_path)
    assert re.fullmatch(r"POSTGRES_PASSWORD=[0-9a-f]{64}\nSECRET_KEY=[0-9a-f]{64}\n", made)
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert secrets_in(tmp_path) == made


def test_existing_secrets_stay_and_missing_ones_are_added(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TRUSTED_HOSTS=a.example\nSECRET_KEY=of my own")  # no newline at its end
    said = secrets_in(tmp_path)
    assert re.fullmatch(r"TRUSTED_HOSTS=a.example\nSECRET_KEY=of my own\nPOSTGRES_PASSWORD=[0-9a-f]{64}\n", said)


def test_a_secret_in_the_environment_is_not_made(tmp_path: Path) -> None:
    assert secrets_in(tmp_path, POSTGRES_PASSWORD="of the environment", SECRET_KEY="too") == ""
