"""Runs a command in this folder while no other make installs or builds in it: `python3 .make/locked.py COMMAND...`

The lock lies on the Makefile and passes to the command and all its children. It ends with the last of them, however
that ends, so a killed make leaves no lock behind. The second of two waits, and finds the work of the first one done.
"""

import fcntl
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

VENV = "backend/.venv"
STAMP = f"{VENV}/.server"
SAFE = " ._-+=@,()%/"  # and every letter and digit


def main() -> None:
    """Check the folder's name, take the lock, become the command."""
    folder = os.getcwd()
    strange = sorted({character for character in folder if not is_safe(character)})
    if strange:
        sys.exit(
            f"The path of this folder has {' '.join(map(ascii, strange))}, which some tools here cannot take: "
            f"{ascii(folder)}. Letters, digits, spaces and {' '.join(SAFE[1:-1])} are fine. Please rename the folder."
        )
    lock = os.open("Makefile", os.O_RDONLY)
    os.set_inheritable(lock, True)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another make installs or builds here. Waiting for it ...", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
    except KeyboardInterrupt:
        sys.exit(130)
    if not environment_works(folder):
        Path(STAMP).unlink(missing_ok=True)  # make makes it anew
    os.execvp(sys.argv[1], sys.argv[1:])


def environment_works(folder: str) -> bool:
    """Tell whether the backend's environment, if there is one, is where it was made, and its Python is still there."""
    try:
        made_in = Path(STAMP).read_text().strip()
        return made_in == folder and subprocess.run([f"{VENV}/bin/python", "-c", ""], check=False).returncode == 0
    except OSError:
        return False


def is_safe(character: str) -> bool:
    """Tell whether shells, URLs and file patterns take a character for itself."""
    return character.isalnum() or character in SAFE or unicodedata.category(character).startswith("M")


if __name__ == "__main__":
    main()
