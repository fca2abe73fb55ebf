"""The API keeps what its document promises: schemathesis makes valid and invalid requests of the document."""

import re
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.openapi.checks import RejectedPositiveData
from support import ROUTES

GETS = [re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.rule) for route in ROUTES]
PATHS = [*(f"GET {path}" for path in GETS), "POST /api/v1/batch", "QUERY /api/v1/batch"]

# Rules that no schema can say: a cursor is signed, two dates have an order, a report has a cost, each part has its id.
BEYOND_SCHEMAS = ("after", "from", "to", "date", "fields", "by", "query", "requests[")


@pytest.fixture(scope="module")
def operations(app: Flask) -> dict[str, Any]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    schema.config.generation.update(modes=list(GenerationMode))
    found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    return {operation.label: operation for operation in found}


def test_it_knows_all_operations(operations: dict[str, Any]) -> None:
    assert operations.keys() == set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_answers_keep_to_the_document(operations: dict[str, Any], path: str) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operations[path].as_strategy())
    def ask(case: Any) -> None:
        answer = case.call(headers={"Accept": "application/json", "Accept-Encoding": "identity"})
        try:
            case.validate_response(answer)
        except FailureGroup as group:
            if not all(isinstance(failure, RejectedPositiveData) for failure in group.exceptions):
                raise
            refused = [fault["parameter"] for fault in answer.json()["errors"]]
            assert all(name.startswith(BEYOND_SCHEMAS) for name in refused), refused

    ask()
