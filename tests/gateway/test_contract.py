"""The document and the application say the same: generated requests get documented answers only."""

import asyncio
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.gateway.house import House
from tests.gateway.sockets import listening

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OURS = ("/api/v1/auth/status", "/api/v1/auth/login", "/api/v1/auth/setup", "/api/v1/auth/register", "/api/v1/auth/me",
        "/api/v1/auth/refresh", "/api/v1/auth/password", "/api/v1/api-keys", "/api/v1/variables", "/api/v1/audit",
        "/healthz", "/readyz", "/metrics")  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_generated_requests_get_documented_answers(house: House) -> None:
    owner = await house.owner()
    made = await owner.post("/api/v1/api-keys", json={"name": "contract", "scopes": ["admin", "workflows:read"]})
    headers = {"Authorization": f"Bearer {made.json()['key']}", "Host": "localhost"}
    document = house.app.openapi()
    async with listening(house) as port:
        checked = await asyncio.to_thread(_check_all, document, f"http://127.0.0.1:{port}", headers)
    assert checked > 15


def _check_all(document: dict[str, Any], base_url: str, headers: dict[str, str]) -> int:
    schema = schemathesis.openapi.from_dict(document)
    checked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.startswith(OURS):
            _check(operation, base_url, headers)
            checked += 1
    return checked


def _check(operation: Any, base_url: str, headers: dict[str, str]) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=12, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    def check(case: Any) -> None:
        case.call_and_validate(base_url=base_url, headers=headers, checks=CHECKS)

    check()
