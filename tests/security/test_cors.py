"""A10: no other origin reads an answer, but a configured one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.gateway.house import House, open_house

EVIL = ["https://evil.test", "null", "https://localhost:8000.evil.test", "https://app.example.com.evil.test"]
PATHS = ["/healthz", "/readyz", "/metrics", "/", "/mcp", "/v1/models", "/api/v1/auth/status", "/api/v1/auth/me",
         "/api/v1/variables", "/api/v1/api-keys", "/api/v1/audit", "/api/v1/openapi.json",
         "/api/v1/executions/01890a5d-ac96-774b-bcce-b302099a8057/events"]  # fmt: skip
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
OURS = "https://app.example.com"


@pytest.fixture
async def open_to_one(tmp_path: Path) -> AsyncIterator[House]:
    url = f"sqlite+aiosqlite:///{tmp_path}/cors.db"
    async with open_house(url, tmp_path, cors_origins=(OURS,)) as opened:
        yield opened


@pytest.mark.parametrize("origin", EVIL)
async def test_a10_no_origin_is_let_in(house: House, open_to_one: House, origin: str) -> None:
    for which in (house, open_to_one):
        owner = await which.owner()
        for path in PATHS:
            for answer in (
                await owner.get(path, headers={"Origin": origin}),
                await owner.options(path, headers={"Origin": origin, **PREFLIGHT}),
            ):
                found = [name for name in answer.headers if name.startswith("access-control-")]
                assert not found, f"{path}: {found}"


async def test_a10_control_the_configured_origin_works(open_to_one: House) -> None:
    owner = await open_to_one.owner()
    answer = await owner.get("/api/v1/auth/me", headers={"Origin": OURS})
    assert answer.headers["access-control-allow-origin"] == OURS
    assert answer.headers["access-control-allow-credentials"] == "true"
    preflight = await open_to_one.client().options("/api/v1/variables", headers={"Origin": OURS, **PREFLIGHT})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == OURS
