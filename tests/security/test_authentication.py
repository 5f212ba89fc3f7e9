"""A1: nothing answers without a credential but what is listed here."""

import re

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from tests.gateway.house import House

OPEN = {
    "/healthz",
    "/readyz",
    "/api/v1/auth/status",
    "/api/v1/auth/setup",
    "/api/v1/auth/login",
    "/api/v1/auth/refresh",
    "/api/v1/auth/register",
    "/api/v1/auth/password/forgot",
    "/api/v1/openapi.json",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def is_open(path: str) -> bool:
    return path in OPEN or path.startswith(("/hooks/", "/api/v1/resume/", "/api/v1/shared/"))


async def test_a1_every_operation_but_the_listed_ones_needs_a_credential(house: House) -> None:
    await house.owner()
    client = house.client()
    schema = (await client.get("/api/v1/openapi.json")).json()
    assert len(schema["paths"]) > 10
    for path in schema["paths"]:
        if is_open(path):
            continue
        for method in METHODS:
            answer = await client.request(method, re.sub(r"\{[^}]+\}", ID, path))
            assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
            assert answer.headers["content-type"] == "application/problem+json"
            if method != "HEAD":
                assert answer.json()["code"] == "unauthenticated"


async def test_a1_the_document_knows_every_route_and_nothing_else_is_open(house: House) -> None:
    """Routes kept out of the document, or mounted, are found here."""
    documented = set(house.app.openapi()["paths"])
    for context in iter_route_contexts(house.app.routes):
        assert context.path in documented | OPEN, context.path
        assert isinstance(context.original_route, APIRoute) or context.path in OPEN


@pytest.mark.parametrize("path", ["/v1/models", "/v1/chat/completions", "/mcp", "/metrics", "/api/v1/nope", "/api/x"])
@pytest.mark.parametrize("method", METHODS)
async def test_a1_unknown_paths_where_an_api_lives(house: House, path: str, method: str) -> None:
    answer = await house.client().request(method, path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a1_control_open_paths_and_known_callers(house: House) -> None:
    owner = await house.owner()
    nobody = house.client()
    for path in ("/healthz", "/readyz", "/api/v1/auth/status", "/api/v1/openapi.json"):
        assert (await nobody.get(path)).status_code == 200, path
    for path in ("/metrics", "/api/v1/auth/me", "/api/v1/variables", "/api/v1/api-keys", "/api/v1/audit"):
        assert (await owner.get(path)).status_code == 200, path
    missing = await owner.get("/api/v1/nope")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    wrong = await owner.delete("/api/v1/auth/me")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")


async def test_order_of_checks_415_and_400_come_before_401(house: House) -> None:
    client = house.client()
    plain = await client.post("/api/v1/variables", content="x", headers={"Content-Type": "text/plain"})
    broken = await client.post("/api/v1/variables", content="{", headers={"Content-Type": "application/json"})
    wrong = await client.post("/api/v1/variables", json={"nope": 1})
    assert [plain.status_code, broken.status_code, wrong.status_code] == [415, 400, 401]
