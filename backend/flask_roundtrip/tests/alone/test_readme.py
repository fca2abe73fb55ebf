"""Every block of code in the README runs, in its order, as one application."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask_caching import Cache

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """The names that the README's code defines."""
    names: dict[str, Any] = {"__name__": "readme"}
    for number, block in enumerate(re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)):
        exec(compile(block, f"README.md, block {number}", "exec"), names)
    with names["app"].app_context():
        names["db"].create_all()
    for _ in range(3):
        assert names["app"].test_client().post("/flights").status_code == 204
    return names


def test_the_first_lines_work(made: dict[str, Any]) -> None:
    client = made["app"].test_client()
    etag = client.get("/report").headers["ETag"]
    assert client.get("/report", headers={"If-None-Match": etag}).status_code == 304


def test_a_new_word_is_seen_after_invalidate(made: dict[str, Any]) -> None:
    client = made["app"].test_client()
    assert [client.get("/words").json, client.post("/words", data="new").status_code] == [["old"], 204]
    assert client.get("/words").json == ["old", "new"]


def test_each_user_has_their_own_answer(made: dict[str, Any]) -> None:
    client = made["app"].test_client()
    assert client.get("/mine").headers["Cache-Status"].endswith("detail=session")
    with client.session_transaction() as session:
        session["user_id"] = "ann"
    assert client.get("/mine").json == {"user": "ann"}
    assert "hit" in client.get("/mine").headers["Cache-Status"]


def test_answers_have_spans_and_batches_are_answered(made: dict[str, Any]) -> None:
    client = made["app"].test_client()
    assert "think;dur=" in client.get("/slow").headers["Server-Timing"]
    answer = client.post("/batch", json={"requests": [{"id": "1", "url": "/flights/1?fields=carrier"}]})
    assert answer.json["responses"][0]["body"] == {"carrier": "AA"}


def test_fields_are_chosen(made: dict[str, Any]) -> None:
    client = made["app"].test_client()
    assert client.get("/chosen?fields=carrier").json == {"carrier": "UA"}
    assert client.get("/chosen?fields=x").status_code == 400


@pytest.mark.parametrize("path", ["/page", "/flights?limit=2"])
def test_pages_follow_each_other(made: dict[str, Any], path: str) -> None:
    client = made["app"].test_client()
    first = client.get(path).json
    assert "items" in first, first
    second = client.get(f"{path}{'&' if '?' in path else '?'}after={first['next']}").json
    ids = [item["id"] if isinstance(item, dict) else item for item in first["items"] + second["items"]]
    assert (ids, second["next"]) == ([1, 2, 3], None)


@pytest.mark.parametrize("store", ["REDIS", "MEMCACHED"])
def test_the_stores_are_found_by_flask_caching(made: dict[str, Any], store: str) -> None:
    cache = Cache(made["Flask"]("other"), config=made[store])
    assert f"{type(cache.cache).__module__}.{type(cache.cache).__name__}" == made[store]["CACHE_TYPE"]


def test_the_readme_lists_every_setting(made: dict[str, Any]) -> None:
    settings = {name for name in made["app"].config if name.startswith("ROUNDTRIP_")}
    assert settings == set(re.findall(r"^\| `(ROUNDTRIP_\w+)`", README.read_text(), re.MULTILINE))
