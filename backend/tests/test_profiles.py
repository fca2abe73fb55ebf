"""`make profile` says in one sentence what is wrong with what it was given, and finds what takes the time."""

import pstats
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import settings_for
from flask import Flask
from support import end

from profiles.__main__ import main
from profiles.question import Question
from profiles.tools import TOOLS, Asked
from roundtrip import create_app
from roundtrip.config import Settings

URL = "/api/v1/airlines?limit=3"


@pytest.fixture
def environment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The environment of a shell; later applications read the whole data set."""
    made: list[Flask] = []

    def make(_: Settings) -> Flask:
        made.append(create_app(settings_for(database_url)))
        return made[-1]

    monkeypatch.setattr("profiles.__main__.create_app", make)
    yield {"URL": URL, "WITH": "cprofile", "TIMES": "5"}
    for app in made:
        end(app)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"URL": ""}, "URL is missing: make profile URL='/api/v1/"),
        ({"URL": "api/v1/airlines"}, "URL: expected a path of this application"),
        ({"URL": "http://localhost:8000/api/v1/airlines"}, "URL: expected a path of this application"),
        ({"URL": "//airlines"}, "URL: expected a path of this application"),
        ({"URL": "/api/v1/airlines#x"}, "URL: expected a path of this application"),
        ({"URL": "/api/v1/a b"}, "URL: expected a path of this application"),
        (
            {"URL": "/api/v1/nothing"},
            "URL: GET /api/v1/nothing is answered with 404: There is nothing at this address.",
        ),
        ({"URL": "/api/v1/airlines?limit=x"}, "URL: GET /api/v1/airlines?limit=x is answered with 400: limit: "),
        ({"WITH": "gprof"}, "WITH: expected pyinstrument, cprofile, line_profiler, py-spy, memray, got 'gprof'."),
        ({"TIMES": "0"}, "TIMES: expected a whole number from 1 to 100000, got '0'."),
        ({"TIMES": "many"}, "TIMES: expected a whole number from 1 to 100000, got 'many'."),
        ({"TIMES": "1000000"}, "TIMES: expected a whole number from 1 to 100000, got '1000000'."),
        ({"CACHED": "yes"}, "CACHED: expected 1 or 0, got 'yes'."),
    ],
)
def test_an_impossible_profile_is_refused_in_one_sentence(
    environment: dict[str, str], given: dict[str, str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as refused:
        main({**environment, **given}, tmp_path / "profiles")
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "profiles").exists()


@pytest.mark.parametrize(("cached", "statements"), [("", 5), ("1", 0)])
def test_a_table_of_calls_is_saved_for_uncached_and_for_cached_answers(
    environment: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], cached: str, statements: int
) -> None:
    main({**environment, "CACHED": cached}, tmp_path)
    said = capsys.readouterr().out
    assert f"5 requests, {'cached' if cached else 'uncached'}: " in said
    assert str((tmp_path / "cprofile.prof").name) in said
    calls = pstats.Stats(str(tmp_path / "cprofile.prof")).stats  # type: ignore[attr-defined]  # no types
    fetches = [
        told[0] for (file, _, name), told in calls.items() if (Path(file).name, name) == ("database.py", "fetch")
    ]
    assert sum(fetches) == statements


def test_a_function_that_takes_most_of_the_time_is_told_to_take_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings_for(database_url))
    wsgi_app = app.wsgi_app

    def planted() -> None:
        until = time.thread_time() + 0.05
        while time.thread_time() < until:
            pass

    def slower(*given: object) -> object:
        planted()
        return wsgi_app(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(app, "wsgi_app", slower)

    def ask_often(question: Question) -> None:
        for _ in range(4):
            question.ask()

    question = Question(app, URL, is_cached=True)
    question.try_once()
    TOOLS["cprofile"](Asked(URL, 4, question, lambda: ask_often(question)), tmp_path)
    calls = pstats.Stats(str(tmp_path / "cprofile.prof")).stats  # type: ignore[attr-defined]
    ((count, _, _, seconds, _),) = [told for (_, _, name), told in calls.items() if name == "planted"]
    assert count == 4
    assert seconds >= 4 * 0.05
    end(app)
