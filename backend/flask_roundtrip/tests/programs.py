"""The server programs that tests start.

`make test` installs no system packages. A test whose program is missing is skipped and names the package. CI installs
all packages, and fails if a test was skipped.
"""

import os
import shutil
from pathlib import Path

import pytest

# Debian keeps these off the PATH of most users; PostgreSQL's, in a folder for each version.
ELSEWHERE = ("/usr/sbin", *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True))


def program(name: str, package: str) -> str:
    """Return where a program is, or skip the test."""
    found = shutil.which(name, path=os.pathsep.join((*ELSEWHERE, os.environ["PATH"])))
    if found is None:
        pytest.skip(f"{name} is missing: apt-get install {package}")
    return found
