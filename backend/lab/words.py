"""The experiments' names for the page's search.

.venv/bin/python -m lab.words > ../frontend/src/lab/words.json
"""

import json
from pathlib import PurePath

from .experiment import Experiment, all_experiments


def words() -> str:
    """Return each experiment's name, its title and further words to find it by, as JSON."""
    listed = [
        {"name": name, "title": found.title, "words": _words(name, found)} for name, found in all_experiments().items()
    ]
    return json.dumps(listed, indent=2, ensure_ascii=False)


def _words(name: str, found: Experiment) -> str:
    """Return the chapter, the experiment's own name and the names of its technique's files, each word once."""
    stems = " ".join(PurePath(path).stem for path in (name, *found.technique)).replace("_", " ")
    return " ".join(dict.fromkeys(f"{found.chapter} {stems}".lower().split()))


if __name__ == "__main__":
    print(words())
