"""The OpenAPI document, made from the routes and from the schemas that validate requests and name the fields."""

import re
from collections.abc import Mapping
from typing import Any

import orjson
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask_roundtrip.arguments import Arguments, PageArguments, declared
from flask_roundtrip.batch import MOST_PARTS
from flask_roundtrip.fields import allowed_names
from flask_roundtrip.respond import Route
from flask_roundtrip.wire import JSON, MSGPACK, NDJSON
from marshmallow import Schema

from .extensions import API

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["parameter", "detail"],
                "properties": {
                    "parameter": {"type": "string"},
                    "detail": {"type": "string"},
                    "allowed": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}
_BATCH = {
    "type": "object",
    "required": ["requests"],
    "additionalProperties": False,
    "properties": {
        "requests": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_PARTS,
            "items": {
                "type": "object",
                "required": ["id", "url"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string", "minLength": 1, "maxLength": 64},
                    "method": {"type": "string", "enum": ["GET"]},
                    "url": {"type": "string", "description": "Such as /api/v1/airlines?limit=5."},
                    "headers": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            },
        }
    },
}
_PART = {
    "type": "object",
    "required": ["id", "status", "headers", "timing", "body"],
    "properties": {
        "id": {"type": "string"},
        "status": {"type": "integer"},
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "timing": {"type": "object", "additionalProperties": {"type": "number"}},
        "body": {"description": "The body of the single GET; null for 304."},
    },
}


def document_json(routes: Mapping[str, Route]) -> bytes:
    """Return the document as JSON."""
    return orjson.dumps(document(routes), option=orjson.OPT_INDENT_2)


def document(named: Mapping[str, Route]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of these routes, by Flask's endpoint, and of the batch."""
    routes = list(named.values())
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        "Roundtrip",
        "1",
        "3.1.0",
        plugins=[plugin],
        info={"description": "All flights that left New York in 2013, and their delays."},
    )
    spec.components.schema("Problem", _PROBLEM)
    spec.components.schema("Batch", _BATCH)
    spec.components.schema("BatchPart", _PART)
    for schema in dict.fromkeys(route.schema for route in routes):
        if _name(schema) not in spec.components.schemas:
            spec.components.schema(_name(schema), schema=schema)
    for route in routes:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.rule)
        spec.path(path, operations={"get": _operation(plugin, route)})
    spec.path(f"{API}/batch", operations={"post": _batch_operation()})
    made = spec.to_dict()
    for schema in dict.fromkeys(route.schema for route in routes):
        described = made["components"]["schemas"][_name(schema)]
        described["required"] = list(described["properties"])  # of what was asked for, nothing is left out
    return made


def _operation(plugin: MarshmallowPlugin, route: Route) -> dict[str, Any]:
    in_path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if kind else "string"},
        }
        for kind, name in re.findall(r"<(\w+:)?(\w+)>", route.rule)
    ]
    return {
        "operationId": route.view.__name__,
        "summary": (route.view.__doc__ or "").strip(),
        "parameters": in_path + _in_query(plugin, route),
        "x-default-fields": route.fields,
        "responses": {
            "200": {
                "description": "The answer, with the selected fields.",
                "content": {kind: {"schema": _body(route)} for kind in (JSON, MSGPACK)},
            },
            "304": {"description": "The client has this answer already."},
            "4XX": _problem("The fault of the request."),
        },
    }


def _in_query(plugin: MarshmallowPlugin, route: Route) -> list[dict[str, Any]]:
    assert plugin.converter is not None  # noqa: S101 - apispec sets it when the document is begun
    parameters = []
    for name, field in declared(route.arguments).items():
        described = plugin.converter.field2property(field)
        if described.get("default") == "":
            del described["default"]  # it is not given at all, which an empty value in the address is not
        parameter = {"name": name, "in": "query", "required": False, "schema": described}
        if "description" in described:
            parameter["description"] = described.pop("description")
        if name == "fields":
            parameter["x-allowed"] = list(allowed_names(route.schema))
        parameters.append(parameter)
    return parameters


def _body(route: Route) -> dict[str, Any]:
    one = {"$ref": f"#/components/schemas/{_name(route.schema)}"}
    if "<" in route.rule:
        return one
    properties: dict[str, Any] = {"items": {"type": "array", "items": one}}
    if issubclass(route.arguments, PageArguments):
        properties["next"] = {"type": ["string", "null"], "description": "The cursor of the next page."}
    return {"type": "object", "required": list(properties), "properties": properties}


def _batch_operation() -> dict[str, Any]:
    part = {"$ref": "#/components/schemas/BatchPart"}
    answers = {"type": "object", "properties": {"responses": {"type": "array", "items": part}}}
    return {
        "operationId": "batch",
        "summary": "Many GETs in one round trip; each answer is sent when it is done. QUERY (RFC 10008) does the same.",
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/Batch"}}},
        },
        "responses": {
            "200": {
                "description": "NDJSON: a line for each part when it is done. JSON: all parts, in the requests' order.",
                "content": {NDJSON: {"schema": part}, JSON: {"schema": answers}},
            },
            "4XX": _problem("The batch itself is wrong; no part was answered."),
        },
    }


def _problem(description: str) -> dict[str, Any]:
    reference = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {"application/problem+json": {"schema": reference}}}


def _name(schema: Schema | type[Schema] | type[Arguments]) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")
