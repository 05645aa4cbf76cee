"""No request, whether it fits the OpenAPI schema or not, gets an answer it does not describe."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.core import NOT_SET
from schemathesis.generation import GenerationMode

from tests.integration.launches import Launch, plan
from tests.web.people import signed_in

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
FUZZ = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def operations(client: TestClient) -> list[Any]:
    described = client.get("/campaigns/api/openapi.json", headers=signed_in("viewer")).json()
    schema = schemathesis.openapi.from_dict({**described, "servers": []})
    return [found.ok() for found in schema.get_all_operations()]


def takes_anything(operation: Any) -> bool:
    """Whether there is anything in a request that could be wrong."""
    raw = operation.definition.raw
    return bool(raw.get("parameters") or raw.get("requestBody"))


def sent(body: Any) -> dict[str, Any]:
    if body is NOT_SET:
        return {}
    return {"content": body} if isinstance(body, bytes) else {"json": body}


def fuzz(client: TestClient, operation: Any, mode: GenerationMode) -> None:
    known = {*operation.definition.raw["responses"], "405"}

    @FUZZ
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered(case: Case) -> None:
        if "campaign_id" in case.path_parameters and len(repr(case.body)) % 2:
            # Half of them about the campaign there is.
            case.path_parameters["campaign_id"] = "spring"
        answer = client.request(
            case.method,
            f"/campaigns{case.formatted_path}",
            params=dict(case.query or {}),
            headers=signed_in("admin"),
            **sent(case.body),
        )
        assert str(answer.status_code) in known, (case.method, case.formatted_path, answer.text)

    answered()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_one_that_the_schema_describes(
    client: TestClient, launch: Launch, mode: GenerationMode
) -> None:
    launch.create(plan(activates_in=timedelta(days=2), approval_required=True))
    found = operations(client)
    assert len(found) == 9
    for operation in found:
        if mode is GenerationMode.POSITIVE or takes_anything(operation):
            fuzz(client, operation, mode)
