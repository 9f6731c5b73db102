"""What a tester that others wrote makes of our OpenAPI document, against the whole stack.

Each operation gets requests that fit the document and requests that break it, half of them about
objects that exist. None may make us fail, every answer has to be one that the document describes,
and every refusal is a problem document.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from partners.api.document import document
from tests.api.test_openapi import IDS, OPERATIONS, house

__all__ = ["house"]

CHECKS: list[Any] = [
    not_a_server_error,
    negative_data_rejection,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
BOUNDED: dict[str, Any] = {
    "max_examples": 8,
    "deadline": None,
    "derandomize": True,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


@pytest.fixture(scope="module")
def schema() -> Any:
    """The document as the tester reads it; requests go straight into the application."""
    loaded = schemathesis.openapi.from_dict(document())
    loaded.app = WSGIHandler()
    return loaded


@pytest.fixture(autouse=True)
def _in_the_transaction_of_the_test(house: Any) -> Iterator[None]:
    """A request does not close the test's connection. Django's own client does so too, and
    undoes it: so this comes after `house`."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def test_the_document_is_one_of_openapi_3_1_by_its_own_schema(schema: Any) -> None:
    assert document()["openapi"].startswith("3.1")
    schema.validate()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path", "entry"), OPERATIONS, ids=IDS)
def test_whatever_it_sends_is_answered_as_the_document_says(
    house: Any, schema: Any, method: str, path: str, entry: Any, mode: GenerationMode
) -> None:
    api, refs = house
    real = refs.get(path.split("/")[1], "")
    cases = schema[path][method.upper()].as_strategy(generation_mode=mode)

    @settings(**BOUNDED)
    @given(case=cases, known=st.booleans())
    def send(case: Any, known: bool) -> None:
        if known and "ref" in (case.path_parameters or {}):
            case.path_parameters["ref"] = real
        answer = case.call(headers=api.headers)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400 and not path.startswith("/oauth/"):
            assert answer.headers["content-type"] == ["application/problem+json"]

    # An operation that takes nothing cannot be sent anything wrong.
    with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
        send()
