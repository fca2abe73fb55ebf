"""Every experiment has its code, an install line and an example that runs."""

import re
import tomllib
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from support import WHOLE

from lab.experiment import all_experiments
from lab.files import REPOSITORY
from lab.spans import SPANS
from lab.take_away import Example
from roundtrip.config import BACKEND

EXPERIMENTS = all_experiments()
EXAMPLES = {example.path: example for found in EXPERIMENTS.values() for example in found.take_away}
PACKAGE = BACKEND / "flask_roundtrip"
CLIENT = REPOSITORY / "frontend" / "packages" / "roundtrip-client"
INSTALL = re.compile(r'(pip install "?flask-roundtrip(\[[a-z,]+\])?"?( [a-z-]+)?|npm install roundtrip-client)')
SPAN = re.compile(r'\bspan\("(\w+)"\)|\bspans\["(\w+)"\]')


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_has_examples_or_says_what_to_take_instead(name: str) -> None:
    found = EXPERIMENTS[name]
    assert bool(found.take_away) != bool(found.instead)
    assert re.fullmatch(r"(Take .+\.)?", found.instead)


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=str)
def test_an_example_exists_and_a_test_of_its_package_runs_it(example: Example) -> None:
    path = REPOSITORY / example.path
    assert path.is_file()
    if path.suffix == ".py":
        assert f'"{path.stem}"' in (PACKAGE / "tests" / "test_examples.py").read_text()
    else:
        assert f'"../examples/{path.name}"' in (CLIENT / "tests" / "examples.test.ts").read_text()
    assert INSTALL.fullmatch(example.install)
    assert example.needs.endswith(".")


def test_no_example_is_left_out() -> None:
    there = [*(PACKAGE / "examples").glob("*.py"), *(CLIENT / "examples").glob("*.ts")]
    beside = {example.beside for example in EXAMPLES.values()} - {""}
    assert {str(path.relative_to(REPOSITORY)) for path in there} == EXAMPLES.keys() | beside


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=str)
def test_an_example_names_the_file_beside_it_that_it_imports(example: Example) -> None:
    path = REPOSITORY / example.path
    imported = re.findall(r'from "\./([\w.]+)"', path.read_text())
    assert [str((path.parent / name).relative_to(REPOSITORY)) for name in imported] == [example.beside][: len(imported)]
    assert bool(imported) == bool(example.beside)


def test_the_extras_of_an_install_line_are_those_of_the_package() -> None:
    known = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]["optional-dependencies"].keys()
    named = re.findall(r"\[([a-z,]+)\]", " ".join(example.install for example in EXAMPLES.values()))
    assert named
    assert {extra for extras in named for extra in extras.split(",")} <= known


def test_an_example_installs_what_it_imports() -> None:
    """Every imported package is in the install line, or comes with our package or its extras."""
    package_of = {"flask_sqlalchemy": "flask-sqlalchemy", "flask_caching": "flask-caching"}
    extra_of = {"marshmallow": "marshmallow", "sqlalchemy": "sqlalchemy"}
    for found in EXPERIMENTS.values():
        for example in found.take_away:
            if not example.path.endswith(".py"):
                continue
            imported = set(re.findall(r"^(?:from|import) (\w+)", (REPOSITORY / example.path).read_text(), re.M))
            for module, package in package_of.items():
                assert (package in example.install) == (module in imported), example.path
            for module, extra in extra_of.items():
                assert module not in imported or extra in example.install or "[all]" in example.install, example.path


def test_the_list_and_the_source_have_what_a_page_shows(client: FlaskClient) -> None:
    listed = client.get("/api/lab/experiments").get_json()
    assert listed["spans"].keys() == SPANS.keys()
    shown = {lead["technique"] for lead in listed["spans"].values()}
    for item in listed["experiments"]:
        shown.update(item["technique"], item["code"], (example["path"] for example in item["take_away"]))
        shown.update(example["beside"] for example in item["take_away"] if example["beside"])
        assert item["take_away"] or item["instead"]
    for path in shown:
        answer = client.get(f"/api/lab/source/{path}")
        assert (answer.status_code, answer.text) == (200, (REPOSITORY / path).read_text()), path


@pytest.mark.parametrize(
    "path", ["experiments", "source/backend/flask_roundtrip/src/flask_roundtrip/batch.py", "audit"]
)
@pytest.mark.parametrize("coding", ["br", "gzip", "zstd"])
def test_long_answers_of_the_lab_are_compressed(client: FlaskClient, path: str, coding: str) -> None:
    whole = client.get(f"/api/lab/{path}")
    assert "Content-Encoding" not in whole.headers
    answer = client.get(f"/api/lab/{path}", headers={"Accept-Encoding": coding})
    assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == (coding, "Accept-Encoding")
    assert len(answer.data) < len(whole.data)
    if path != "audit":  # its figures are new each time
        assert WHOLE[coding](answer.data) == whole.data


def test_every_file_has_a_page(client: FlaskClient) -> None:
    for address in ("/lab/source/backend/flask_roundtrip/src/flask_roundtrip/batch.py", "/lab/batch"):
        answer = client.get(address, headers={"Accept": "text/html"})
        assert answer.status_code == 200
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_every_span_leads_to_a_technique_and_to_an_experiment_about_it() -> None:
    for name, lead in SPANS.items():
        assert (REPOSITORY / lead.technique).is_file(), name
        assert lead.technique in EXPERIMENTS[lead.experiment].technique, name


def test_the_spans_are_those_that_the_product_emits(client: FlaskClient) -> None:
    answer = client.get("/api/v1/flights?limit=200", headers={"Accept-Encoding": "br"})
    told = {span.partition(";")[0] for span in answer.headers["Server-Timing"].split(", ")}
    assert told - {"rid"} == SPANS.keys()
    sources = [path for folder in (PACKAGE / "src", BACKEND / "roundtrip") for path in Path(folder).rglob("*.py")]
    written = {name for path in sources for pair in SPAN.findall(path.read_text()) for name in pair if name}
    assert written | {"app"} == SPANS.keys()
