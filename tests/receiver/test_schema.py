"""The receiver against its own OpenAPI document: no call fails, none answers what is not declared.

A few cases a call here; VISITJOIN_SCHEMA_CASES=1000 tries as many of each outside the suite.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.receiver.conftest import CLIENT, TOKEN, MovableClock, Receiver
from visitjoin.receiver import Settings, create_app
from visitjoin.receiver.collect.door import PATH

if TYPE_CHECKING:
    from schemathesis import CheckFunction
    from schemathesis.schemas import BaseSchema

    from tests.conftest import Running

Case: TypeAlias = Any
"""A request, as Schemathesis makes it up."""

Operation: TypeAlias = Any
"""A call of the document."""

CASES = int(os.environ.get("VISITJOIN_SCHEMA_CASES", "6"))
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> BaseSchema:
    """Of a receiver whose counter 1 has goal 1 and the processed uploading 1."""
    folder = tmp_path_factory.mktemp("receiver")
    settings = Settings(data=folder / "data", admin_token=TOKEN)
    clock = MovableClock()
    app = create_app(settings, clock)
    with TestClient(app) as client:
        receiver = Receiver(client, clock, settings)
        path = receiver.shop()
        receiver.visit(path, f"v1,{CLIENT},1773990000,ad")
        receiver.ended(path, receiver.upload(path, f"{CLIENT},order_paid,1773999000,990.50,RUB"))
    return schemathesis.openapi.from_asgi("/schema/openapi.json", app)


def answers_as_declared(operation: Operation, token: str = TOKEN, cases: int = CASES) -> None:
    """Call with what the document allows and with what it does not, about what is there or not."""
    requests = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @settings(
        max_examples=cases,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=requests, is_known=st.booleans())
    def try_it(case: Case, is_known: bool) -> None:  # noqa: FBT001 - Hypothesis names it
        case.headers = {**(case.headers or {}), "Authorization": f"OAuth {token}"}
        if case.path_parameters and is_known and case.method != "DELETE":
            case.path_parameters = dict.fromkeys(case.path_parameters, 1)
        for fields in (case.query, case.body):
            if is_known and isinstance(fields, dict) and "tid" in fields:
                fields["tid"] = 1
        case.validate_response(case.call(), checks=CHECKS)

    try_it()


def test_every_call_answers_what_it_declares_and_none_fails(document: BaseSchema) -> None:
    found: list[Any] = list(document.exclude(path=PATH).get_all_operations())
    operations = [each.ok() for each in found]

    for operation in operations:
        answers_as_declared(operation)

    assert len(operations) > 20


def test_hits_are_answered_as_declared(running: Running) -> None:
    """Over HTTP: what is kept is written by a thread that lives as long as the receiver."""
    with running.client() as admin:
        admin.create_counter("Shop")
    document = schemathesis.openapi.from_url(f"{running.address}/schema/openapi.json")
    found: list[Any] = list(document.include(path=PATH).get_all_operations())

    for operation in found:
        # Among fewer there is no hit that is kept.
        answers_as_declared(operation.ok(), cases=max(CASES, 20))

    assert len(found) == 2
