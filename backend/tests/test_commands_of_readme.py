"""CI runs each command that the README names: `.ci/run` and `.ci/readme`."""

import re
import subprocess

from roundtrip.config import BACKEND

ROOT = BACKEND.parent


def test_ci_runs_the_commands_that_the_readme_names_and_no_others() -> None:
    readme = (ROOT / "README.md").read_text()
    code = re.findall(r"```sh\n.*?```|`[^`\n]+`", readme, re.DOTALL)
    named = {target for text in code for target in re.findall(r"\bmake ([a-z][a-z0-9-]*)", text)}
    run = subprocess.run([".ci/readme", "names"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert len(named) > 5
    assert sorted(run) == sorted(named)


def test_each_command_that_a_page_names_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    targets |= set(" ".join(re.findall(r"^([a-z0-9 -]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)).split())
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", BACKEND / "STACK.md", BACKEND / "bench" / "README.md"):
        for text in re.findall(r"```sh\n.*?```|`[^`\n]+`", page.read_text(), re.DOTALL):
            for target in re.findall(r"\bmake ([a-z][a-z0-9-]*)", text):
                assert target in targets, f"{page.name}: make {target}"
