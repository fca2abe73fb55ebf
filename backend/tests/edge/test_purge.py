"""Purging by cache group (RFC 9875): the API names what has changed, and Varnish makes its entries stale."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from origin import Origin, Said, public, wait_for

ALWAYS = "max-age=600, stale-while-revalidate=600"


def test_a_purge_makes_the_entries_of_a_group_stale_and_tells_how_many(api: Origin) -> None:
    paths = {
        groups: api.says(public(ALWAYS, body=b"old", Cache_Groups=groups), public(ALWAYS, body=b"new"))
        for groups in ('"purged", "other"', '"x";p=1,"purged"', '"other"', '"purged2"', '"Purged"')
    }
    for path in paths.values():
        api.told(path)
        assert "varnish; hit; ttl=" in api.told(path)[2]

    status, body, headers = api.purge(Cache_Group_Invalidation='"purged"')
    assert (status, json.loads(body)) == (200, {"purged": 2})
    assert (headers["Content-Type"], headers["Cache-Control"]) == ("application/json", "no-store")

    for groups, path in paths.items():
        assert api.told(path)[1] == b"old"  # to the first one, while the new answer is made
        if '"purged"' in groups:
            wait_for(lambda: api.told(path)[1] == b"new")  # noqa: B023  it is called in this round
        else:
            assert api.told(path)[2].startswith("varnish; hit; ttl=5") or api.told(path)[2] == "varnish; hit; ttl=600"


def test_a_purge_names_several_groups_and_may_be_repeated(api: Origin) -> None:
    for group in ("one", "two", "three:7"):
        path = api.says(public(ALWAYS, Cache_Groups=f'"{group}"'))
        api.told(path)
    assert json.loads(api.purge(Cache_Group_Invalidation='"one","three:7"')[1]) == {"purged": 2}
    assert json.loads(api.purge(Cache_Group_Invalidation='"one", "two", "unknown"')[1]) == {"purged": 1}
    assert json.loads(api.purge(Cache_Group_Invalidation='"one", "two", "unknown"')[1]) == {"purged": 0}


@pytest.mark.parametrize("swr", [", stale-while-revalidate=600", "", ", s-maxage=600"])
def test_an_answer_fetched_during_a_purge_of_its_group_is_not_fresh(api: Origin, swr: str) -> None:
    path = api.says(
        public(f"max-age=600{swr}", body=b"old", takes=0.6, Cache_Groups='"late"'), public(ALWAYS, body=b"new")
    )
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(api.told, path)
        wait_for(lambda: len(api.asked) == 1)
        api.purge(Cache_Group_Invalidation='"late"')
        assert first.result()[:2] == (200, b"old")
    assert api.told(path)[1] == (b"old" if "while" in swr else b"new")
    wait_for(lambda: api.told(path)[1] == b"new")
    assert "varnish; hit; ttl=5" in api.told(path)[2] or "varnish; hit; ttl=600" in api.told(path)[2]


def test_a_purged_answer_is_given_when_the_api_is_away(api: Origin) -> None:
    path = api.says(public(ALWAYS, Cache_Groups='"away"'), Said(503, b"no"))
    api.told(path)
    api.purge(Cache_Group_Invalidation='"away"')
    for _ in "123":
        assert api.told(path)[:2] == (200, b"hello")


def test_a_client_gets_the_groups_and_not_the_keys_of_varnish(api: Origin) -> None:
    path = api.says(public(ALWAYS, Cache_Groups='"flights", "airlines"'))
    for _ in "12":
        headers = api.ask(path)[2]
        assert headers["Cache-Groups"] == '"flights", "airlines"'
        assert not {"xkey", "x-revalidate", "x-if-error"} & {name.lower() for name in headers}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_through_the_edge_purges_the_groups_in_its_answer(api: Origin, method: str) -> None:
    read = api.says(public(ALWAYS, Cache_Groups='"written"'))
    write = api.says(Said(headers={"Cache-Group-Invalidation": '"written"', "Cache-Control": "no-store"}))
    api.told(read)
    assert api.ask(write, method)[0] == 200
    assert api.told(read)[2] in ("varnish; hit; ttl=0", "varnish; hit; ttl=-1")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_neither_a_read_nor_a_write_that_failed_purges(api: Origin, method: str) -> None:
    read = api.says(public(ALWAYS, Cache_Groups='"kept"'))
    headers = {"Cache-Group-Invalidation": '"kept"', "Cache-Control": "no-store"}
    other = api.says(Said(200 if method == "GET" else 409, headers=headers))
    api.told(read)
    api.ask(other, method, Authorization="Bearer x")
    assert "varnish; hit; ttl=5" in api.told(read)[2] or "varnish; hit; ttl=600" in api.told(read)[2]


def test_the_port_for_clients_accepts_no_purge(api: Origin) -> None:
    path = api.says(public(ALWAYS, Cache_Groups='"guarded"'))
    api.told(path)
    for asked in ("/", path):
        status, _, headers = api.ask(asked, "PURGE", Cache_Group_Invalidation='"guarded"')
        assert (status, headers["Content-Type"]) == (501, "application/problem+json")
    assert json.loads(api.purge(Cache_Group_Invalidation='"guarded"')[1]) == {"purged": 1}


@pytest.mark.parametrize("headers", [{}, {"Cache_Group_Invalidation": ""}, {"Cache_Group_Invalidation": "flights"}])
def test_a_purge_that_names_no_group_is_refused(api: Origin, headers: dict[str, str]) -> None:
    status, body, told = api.purge(**headers)
    assert (status, told["Content-Type"]) == (400, "application/problem+json")
    assert json.loads(body) == {"type": "about:blank", "status": 400, "title": "Bad Request"}


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_the_port_for_purging_takes_no_other_method(api: Origin, method: str) -> None:
    status, body, told = api.purge(method, X_Purged="7")
    assert (status, told["Allow"], json.loads(body)["status"]) == (405, "PURGE", 405)
