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
from flask_roundtrip.wire import JSON, MSGPACK, NDJSON, PROBLEM_JSON
from marshmallow import Schema, fields

from .extensions import API

_LICENSE = {"name": "MIT", "identifier": "MIT"}
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
_ASCII = {"type": "string", "pattern": "^[ -~]*$"}
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
                    "url": {
                        "type": "string",
                        "pattern": rf"^{API}/(?!batch$)[a-z]+(/[A-Za-z0-9]+)?(\?[!-\"$-~]*)?$",
                        "description": "Such as /api/v1/airlines?limit=5.",
                    },
                    "headers": {
                        "type": "object",
                        "description": "Names in upper or lower case.",
                        "additionalProperties": False,
                        "properties": {
                            "Accept": {"type": "string", "enum": [JSON, "*/*"]},
                            **dict.fromkeys(("If-None-Match", "If-Modified-Since"), _ASCII),
                        },
                    },
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
_LOCAL_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$"  # date-time (RFC 3339) has an offset
_HEADERS = {
    "ETag": "The weak validator of this representation, for If-None-Match.",
    "Last-Modified": "When the data set was loaded, for If-Modified-Since.",
    "Cache-Control": "For how many seconds the answer is fresh, and for how many more it may be used stale.",
    "Cache-Status": "How the server's response cache answered (RFC 9211).",
    "Cache-Groups": "The tags of the answer (RFC 9875).",
    "Server-Timing": "The milliseconds of each step in the server.",
    "Vary": "The request headers that choose the representation.",
    "Link": "The next page of a list (RFC 8288).",
    "Retry-After": "After how many seconds to ask again.",
    "Allow": "The methods of this path.",
}
_OF_DATA = ("ETag", "Last-Modified", "Cache-Control", "Cache-Status", "Cache-Groups", "Server-Timing", "Vary")


def document_json(routes: Mapping[str, Route]) -> bytes:
    """Return the document as JSON."""
    return orjson.dumps(document(routes), option=orjson.OPT_INDENT_2)


def document(named: Mapping[str, Route]) -> dict[str, Any]:
    """Return the OpenAPI 3.2 document of these routes, by Flask's endpoint, and of the batch."""
    routes = list(named.values())
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        "Roundtrip",
        "1",
        "3.2.0",
        plugins=[plugin],
        info={"description": "All flights that left New York in 2013, and their delays.", "license": _LICENSE},
        servers=[{"url": "/"}],
        security=[{}],
    )
    assert plugin.converter is not None  # noqa: S101 - apispec sets it when the document is begun
    plugin.map_to_openapi_type(fields.NaiveDateTime, "string", None)  # type: ignore[no-untyped-call]
    plugin.converter.add_attribute_function(_local_time)  # type: ignore[no-untyped-call]
    spec.components.schema("Problem", _PROBLEM)
    spec.components.schema("Batch", _BATCH)
    spec.components.schema("BatchPart", _PART)
    for schema in dict.fromkeys(route.schema for route in routes):
        if _name(schema) not in spec.components.schemas:
            spec.components.schema(_name(schema), schema=schema)
    for route in routes:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.rule)
        spec.path(path, operations={"get": _operation(plugin, route)})
    for name, description in _HEADERS.items():
        spec.components.header(name, {"description": description, "schema": {"type": "string"}})
    spec.path(f"{API}/batch", operations={"post": _batch_operation("post")})
    made = spec.to_dict()
    made["paths"][f"{API}/batch"]["query"] = _batch_operation("query")  # OpenAPI 3.2; apispec does not know it yet
    return made


def _local_time(_: Any, field: fields.Field[Any], **__: Any) -> dict[str, Any]:
    return {"pattern": _LOCAL_TIME} if isinstance(field, fields.NaiveDateTime) else {}


def _operation(plugin: MarshmallowPlugin, route: Route) -> dict[str, Any]:
    in_path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if kind == "int:" else "string"},
        }
        for kind, name in re.findall(r"<(\w+:)?(\w+)>", route.rule)
    ]
    return {
        "operationId": route.view.__name__,
        "summary": (route.view.__doc__ or "").strip(),
        "parameters": in_path + _in_query(plugin, route),
        "responses": {
            "200": {
                "description": "The answer, with the selected fields.",
                "headers": _headers(*_OF_DATA, *(() if in_path else ("Link",))),
                "content": {kind: {"schema": _body(route)} for kind in (JSON, MSGPACK)},
            },
            "304": {
                "description": "The client has this representation already.",
                "headers": _headers("ETag", "Last-Modified", "Cache-Control", "Cache-Status", "Server-Timing"),
            },
            **_problems("The request is wrong. `errors` names each wrong parameter."),
        },
    }


def _in_query(plugin: MarshmallowPlugin, route: Route) -> list[dict[str, Any]]:
    assert plugin.converter is not None  # noqa: S101 - see document()
    parameters: list[dict[str, Any]] = []
    for name, field in declared(route.arguments).items():
        described = plugin.converter.field2property(field)
        if described.get("default") == "":
            del described["default"]  # it is not given at all, which an empty value in the address is not
        parameter = {"name": name, "in": "query", "required": False, "schema": described}
        if "description" in described:
            parameter["description"] = described.pop("description")
        if name == "fields":
            parameter |= _fields(route)
        parameters.append(parameter)
    return parameters


def _fields(route: Route) -> dict[str, Any]:
    """Return the selection as a list by commas: no answer has another field, and none of them is left out."""
    one = {"type": "string", "enum": list(allowed_names(route.schema))}
    schema: dict[str, Any] = {"type": "array", "minItems": 1, "items": one}
    if "fields_" not in route.arguments().load({}):  # else the default depends on the other arguments
        schema["default"] = route.fields.split(",")
    return {"style": "form", "explode": False, "schema": schema}


def _body(route: Route) -> dict[str, Any]:
    one = {"$ref": f"#/components/schemas/{_name(route.schema)}"}
    if "<" in route.rule:
        return one
    properties: dict[str, Any] = {"items": {"type": "array", "items": one}}
    if issubclass(route.arguments, PageArguments):
        properties["next"] = {"type": ["string", "null"], "description": "The cursor of the next page."}
    return {"type": "object", "required": list(properties), "properties": properties}


def _batch_operation(method: str) -> dict[str, Any]:
    part = {"$ref": "#/components/schemas/BatchPart"}
    answers = {
        "type": "object",
        "required": ["responses"],
        "properties": {"responses": {"type": "array", "items": part}},
    }
    return {
        "operationId": "batch" if method == "post" else f"batch_by_{method}",
        "summary": "Many GETs in one round trip, each answered as it is done."
        if method == "post"
        else "The same by QUERY (RFC 10008): safe, so that a client may repeat it.",
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/Batch"}}},
        },
        "responses": {
            "200": {
                "description": "One line for each part as it is done (NDJSON), or all in the order asked (JSON).",
                "headers": _headers("Cache-Control", "Server-Timing", "Vary"),
                "content": {NDJSON: {"schema": part}, JSON: {"schema": answers}},
            },
            **_problems("The batch as a whole is wrong. A wrong part has a line with its own status."),
        },
    }


def _problems(of_the_client: str) -> dict[str, Any]:
    reference = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": description,
            "headers": _headers(*told),
            "content": {PROBLEM_JSON: {"schema": reference}},
        }
        for status, description, told in (
            ("4XX", of_the_client, ("Retry-After", "Allow", "Server-Timing")),
            ("5XX", "The server failed, or has too much to do.", ("Retry-After", "Server-Timing")),
        )
    }


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _name(schema: Schema | type[Schema] | type[Arguments]) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")
