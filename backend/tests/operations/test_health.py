"""The health probes report soon whether the process is alive and ready, even if a check hangs."""

import threading
import time
from pathlib import Path

import pytest
from engines import Engine
from flask.testing import FlaskClient
from flask_roundtrip.shared.store import SharedStore
from support import Asking
from werkzeug.test import Client, TestResponse

from flask_roundtrip import respond
from roundtrip.operations.health import OK, PATIENCE, Check, Readiness

pytestmark = pytest.mark.at_both_doors


def test_a_server_with_all_it_needs_is_ready(asking: Asking) -> None:
    answer = asking().get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ready", "database": OK, "answers": OK, "cache": OK}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_an_answer_is_never_kept(asking: Asking, path: str) -> None:
    assert asking().get(path).headers["Cache-Control"] == "no-store"


def test_a_database_without_tables_is_reported(asking: Asking, tmp_path: Path) -> None:
    client = asking(database_url=f"sqlite:///{tmp_path / 'empty'}")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["status"] == "not ready"
    assert "flask db upgrade" in answer.get_json()["database"]
    assert client.get("/healthz").status_code == 200


def test_a_failed_check_is_named_without_the_text_of_its_error(asking: Asking, tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("This is no database." * 1000)
    client = asking(database_url=f"sqlite:///{tmp_path / 'broken'}")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["database"] == "failed: DatabaseError"
    assert client.get("/healthz").status_code == 200


def test_a_release_that_fails_at_each_question_is_not_ready(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    client = asking()
    assert client.get("/api/v1/flights?limit=1").status_code == 200  # it is in the cache now

    def broken(*_: object) -> bytes:
        raise TypeError("a mistake of ours")

    monkeypatch.setattr(respond, "encode", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json() == {"status": "not ready", "database": OK, "answers": "failed: TypeError", "cache": OK}


def test_a_cache_that_is_away_degrades_the_process_only(
    asking: Asking, redis: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SharedStore, "timeout", 60)  # the machine may be busy
    client = asking(cache_url=redis.url)
    assert client.get("/readyz").get_json()["status"] == "ready"
    redis.kill()
    try:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")
        assert answer.get_json()["cache"] != OK
    finally:
        redis.start()


def readiness(*checks: Check) -> "Client":
    return Client(Readiness({str(number): check for number, check in enumerate(checks)}))


def test_a_check_that_hangs_is_not_awaited_and_not_started_again() -> None:
    free, asked = threading.Event(), []

    def hang() -> str:
        asked.append(1)
        free.wait(60)
        return OK

    client = readiness(Check(hang, needed=True), Check(lambda: OK, needed=True))
    for _ in range(3):
        began = time.monotonic()
        answer = client.get("/readyz")
        assert time.monotonic() - began < PATIENCE + 10  # which a busy machine may take; the check would take 60
        assert answer.status_code == 503
        assert answer.get_json() == {"status": "not ready", "0": "did not answer within 0.8 s", "1": OK}
    assert len(asked) == 1
    free.set()
    assert _until_ready(client).status_code == 200


def test_probes_pass_all_guards(asking: Asking) -> None:
    client: FlaskClient = asking(trusted_hosts="flights.example.org", rate_limit="1/hour")
    for path in ("/healthz", "/readyz"):
        for _ in range(3):
            assert client.get(path, headers={"Host": "10.0.0.7:8000"}).status_code == 200


def test_only_a_get_asks_for_health(asking: Asking) -> None:
    assert asking().post("/healthz").status_code == 404


def _until_ready(client: Client) -> TestResponse:
    for _ in range(100):
        answer = client.get("/readyz")
        if answer.status_code == 200:
            break
        time.sleep(0.05)
    return answer
