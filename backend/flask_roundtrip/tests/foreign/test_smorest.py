"""An application written with flask-smorest: class-based views, its arguments, pages and ETags."""

from collections.abc import Callable

import pytest
from flask import Flask, request
from foreign_checks import Checks
from petstore import create_app

from flask_roundtrip import Batch, ServerTiming, cached, invalidate


def add(app: Flask, fresh: int = 60) -> None:
    for name in ("pets.Pets", "pets.PetsById"):
        app.view_functions[name] = cached(fresh, stale=600, tags=("pets",))(app.view_functions[name])
    app.after_request(lambda answer: (request.method == "POST" and invalidate("pets")) or answer)
    app.wsgi_app = ServerTiming(Batch(app.wsgi_app, at="/batch", prefix="/pets/"))  # type: ignore[method-assign]


class OfSmorest(Checks):
    missing = "/pets/99"
    add = add

    @pytest.fixture
    def make(self) -> Callable[[], Flask]:
        return create_app


class TestList(OfSmorest):
    url = "/pets/?page_size=7"
    endpoint = "pets.Pets"

    def test_the_header_of_pages_is_kept(self, make: Callable[[], Flask], app: Flask) -> None:
        plain = make().test_client().get(self.url).headers["X-Pagination"]
        client = app.test_client()
        assert [client.get(self.url).headers["X-Pagination"] for _ in range(2)] == [plain, plain]

    def test_a_post_gets_the_same_answer_as_without_the_package_and_invalidates_the_list(
        self, make: Callable[[], Flask], app: Flask
    ) -> None:
        plain, client = make().test_client(), app.test_client()
        assert "Rex" not in client.get("/pets/?name=Rex").text
        for pet in ({"name": "Rex"}, {"nickname": "Rex"}):
            answers = [one.post("/pets/", json=pet) for one in (plain, client)]
            assert answers[0].status_code == answers[1].status_code
            assert answers[0].json == answers[1].json
        assert [pet["name"] for pet in client.get("/pets/?name=Rex").json] == ["Rex"]

    def test_wrong_arguments_are_refused_each_time(self, app: Flask) -> None:
        client = app.test_client()
        assert [client.get("/pets/?page=0").status_code for _ in range(2)] == [422, 422]


class TestDetail(OfSmorest):
    url = "/pets/3"
    endpoint = "pets.PetsById"

    def test_the_etag_is_the_view_s_own(self, make: Callable[[], Flask], app: Flask) -> None:
        own = make().test_client().get(self.url).headers["ETag"]
        assert app.test_client().get(self.url).headers["ETag"] == f"W/{own}"
        for _ in range(2):
            assert app.test_client().get(self.url, headers={"If-None-Match": own}).status_code == 304
