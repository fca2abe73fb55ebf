"""The document describes the API as it is: its routes, its parameters, its fields, no more and no less."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.fields import allowed_names
from flask_roundtrip.respond import Route
from support import ROUTES

from roundtrip.config import BACKEND
from roundtrip.resources.delays.schema import DelaySchema

TYPES = {"string", "integer", "number", "boolean", "array", "object", "null"}


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    made: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").get_json()
    return made


def path_of(route: Route) -> str:
    return "/api/v1" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.path)


def every(value: Any, kind: type) -> Iterator[Any]:
    """Yield everything of a kind anywhere in the document."""
    if isinstance(value, kind):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from every(inner, kind)


def test_it_is_an_openapi_3_2_document(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.2.0"
    assert {"title", "version"} <= set(document["info"])
    assert set(document) == {"openapi", "info", "servers", "security", "paths", "components"}
    for path, item in document["paths"].items():
        assert path.startswith("/api/v1/")
        for operation in item.values():
            assert set(operation) <= {
                *("operationId", "summary", "parameters", "requestBody", "responses"),
            }
            assert operation["summary"].endswith(".")
            assert operation["responses"]
            assert all(re.fullmatch(r"[1-5](\d\d|XX)", status) for status in operation["responses"])
            assert all(response["description"] for response in operation["responses"].values())


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"\w+", name) for name in names)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = [value["$ref"] for value in every(document, dict) if "$ref" in value]
    assert references
    for reference in references:
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
    named = {reference.rpartition("/")[2] for reference in references}
    components = document["components"]
    assert named == set(components["schemas"]) | set(components["headers"])


def test_every_type_is_one_of_json_schema(document: dict[str, Any]) -> None:
    for schema in every(document["components"], dict):
        kind = schema.get("type")
        if isinstance(kind, str | list):
            assert set([kind] if isinstance(kind, str) else kind) <= TYPES
        assert "nullable" not in schema  # which was OpenAPI 3.0's


def test_it_lists_exactly_the_routes(app: Flask, document: dict[str, Any]) -> None:
    routed = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule): (rule.methods or set()) & {"GET", "POST"}
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "api.openapi"
    }
    described = {path: {method.upper() for method in item} for path, item in document["paths"].items()}
    assert described == routed | {"/api/v1/batch": {"POST", "QUERY"}}  # the batch is answered in front of Flask
    assert {path_of(route) for route in ROUTES} == set(routed)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_its_parameters_are_exactly_those_that_are_accepted(
    client: FlaskClient, document: dict[str, Any], route: Route
) -> None:
    parameters = document["paths"][path_of(route)]["get"]["parameters"]
    in_path = {one["name"] for one in parameters if one["in"] == "path"}
    in_query = {one["name"] for one in parameters if one["in"] == "query"}
    assert in_path == set(re.findall(r"{(\w+)}", path_of(route)))
    assert all(one["required"] == (one["in"] == "path") for one in parameters)
    assert len(in_path) + len(in_query) == len(parameters)
    assert all(one["schema"].get("type") for one in parameters)
    url = "/api/v1" + re.sub(r"<.*?>", "1", route.path)
    refused = client.get(f"{url}?no-such-parameter=1").get_json()["errors"]
    assert set(refused[0]["allowed"]) == in_query


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_a_default_may_be_given(client: FlaskClient, document: dict[str, Any], route: Route) -> None:
    for parameter in document["paths"][path_of(route)]["get"]["parameters"]:
        if parameter["in"] == "query" and "default" in parameter["schema"]:
            default = parameter["schema"]["default"]
            given = {parameter["name"]: ",".join(default) if isinstance(default, list) else default}
            answer = client.get(re.sub(r"{(\w+)}", "1", path_of(route)), query_string=given)
            assert answer.status_code in (200, 404), answer.text


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_each_schema_names_exactly_the_fields(client: FlaskClient, document: dict[str, Any], route: Route) -> None:
    schemas = document["components"]["schemas"]
    described = schemas[route.schema.__name__.removesuffix("Schema")]
    leaves = []
    for name, of_name in described["properties"].items():
        nested = next((value["$ref"] for value in every(of_name, dict) if "$ref" in value), None)
        if nested is None:
            leaves.append(name)
        else:
            inner = schemas[nested.rpartition("/")[2]]
            leaves += [name, *(f"{name}.{inner_name}" for inner_name in inner["properties"])]
    assert leaves == list(allowed_names(route.schema))
    assert "required" not in described  # an answer has the fields asked for
    operation = document["paths"][path_of(route)]["get"]
    (fields,) = [one for one in operation["parameters"] if one["name"] == "fields"]
    assert (fields["schema"]["items"]["enum"], fields["explode"]) == (leaves, False)


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.schema is not DelaySchema], ids=lambda route: route.path
)
def test_the_default_fields_are_those_that_are_answered(
    client: FlaskClient, document: dict[str, Any], route: Route
) -> None:
    parameters = document["paths"][path_of(route)]["get"]["parameters"]
    written = ",".join(next(one["schema"]["default"] for one in parameters if one["name"] == "fields"))
    example = {"id": "1", "carrier": "UA", "faa": "JFK", "tailnum": "N14228"}
    url = "/api/v1" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: example[found[1]], route.path)
    assert client.get(url).data == client.get(f"{url}?fields={written}").data


def test_answers_have_the_types_that_it_says(client: FlaskClient, document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["Flight"]["properties"]
    python = {"string": str, "integer": int, "number": float, "boolean": bool, "null": type(None), "object": dict}
    names = [name for name, described in schema.items() if "type" in described]
    for flight in client.get(f"/api/v1/flights?origin=LGA&date=2013-02-09&fields={','.join(names)}").get_json()[
        "items"
    ]:
        for name in names:
            kinds = schema[name]["type"] if isinstance(schema[name]["type"], list) else [schema[name]["type"]]
            assert isinstance(flight[name], tuple(python[kind] for kind in kinds)), name


def test_it_is_what_the_command_prints(app: Flask, document: dict[str, Any]) -> None:
    printed = app.test_cli_runner().invoke(args=["openapi"])
    assert printed.exit_code == 0
    assert json.loads(printed.output) == document


def test_the_frontends_copy_is_up_to_date(app: Flask) -> None:
    """Mend a failure with `flask openapi > ../frontend/openapi.json` and the frontend's types after it."""
    printed = app.test_cli_runner().invoke(args=["openapi"]).output
    assert (BACKEND.parent / "frontend" / "openapi.json").read_text() == printed
