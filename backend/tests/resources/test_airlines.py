"""Airlines: all sixteen, a single one, and a search."""

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.on_both


def test_there_are_sixteen(client: FlaskClient) -> None:
    airlines = client.get("/api/v1/airlines").get_json()["items"]
    assert len(airlines) == 16
    assert airlines[0] == {"carrier": "9E", "name": "Endeavor Air Inc."}


def test_one_is_found_by_its_code(client: FlaskClient) -> None:
    assert client.get("/api/v1/airlines/B6").get_json() == {"carrier": "B6", "name": "JetBlue Airways"}
    assert client.get("/api/v1/airlines/b6").get_json() == client.get("/api/v1/airlines/B6").get_json()


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("jetblue", ["B6"]),
        ("JET", ["B6", "EV"]),
        ("air%20lines", ["DL", "UA"]),
        ("u", ["B6", "UA", "US", "WN"]),
        ("zzz", []),
    ],
)
def test_it_is_looked_for_by_code_or_name(client: FlaskClient, q: str, found: list[str]) -> None:
    answer = client.get(f"/api/v1/airlines?q={q}&fields=carrier").get_json()
    assert [airline["carrier"] for airline in answer["items"]] == found
