"""A10: no other origin reads an answer, but a configured one."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.gateway.house import House, open_house
from tests.security.conftest import OUR_ORIGIN
from tests.server import OWNER, Server
from tests.servers.postgres import postgres_database

EVIL = ["https://evil.test", "null", "https://localhost:8000.evil.test", "https://app.example.com.evil.test"]
PATHS = ["/healthz", "/readyz", "/metrics", "/", "/mcp", "/v1/models", "/api/v1/auth/status", "/api/v1/auth/me",
         "/api/v1/variables", "/api/v1/api-keys", "/api/v1/audit", "/api/v1/openapi.json",
         "/api/v1/executions/01890a5d-ac96-774b-bcce-b302099a8057/events"]  # fmt: skip
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
WAITING = {
    "nodes": [{"id": "start", "type": "start"}, {"id": "pause", "type": "delay", "config": {"seconds": 600}}],
    "edges": [{"source": "start", "target": "pause"}],
}


@pytest.fixture(params=["sqlite", "postgresql"])
async def open_to_one(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A house that one other origin may ask."""
    if request.param == "sqlite":
        async with open_house(f"sqlite+aiosqlite:///{tmp_path}/cors.db", tmp_path, cors_origins=(OUR_ORIGIN,)) as one:
            yield one
    else:
        server = request.getfixturevalue("postgres")
        async with postgres_database(server) as url, open_house(url, tmp_path, cors_origins=(OUR_ORIGIN,)) as one:
            yield one


@pytest.mark.parametrize("origin", EVIL)
async def test_a10_no_origin_is_let_in(house: House, origin: str) -> None:
    await _let_in_nowhere(house, origin)


@pytest.mark.parametrize("origin", EVIL)
async def test_a10_one_that_is_let_in_lets_no_other_in(open_to_one: House, origin: str) -> None:
    await _let_in_nowhere(open_to_one, origin)


async def _let_in_nowhere(house: House, origin: str) -> None:
    owner = await house.owner()
    for path in PATHS:
        for answer in (
            await owner.get(path, headers={"Origin": origin}),
            await owner.options(path, headers={"Origin": origin, **PREFLIGHT}),
        ):
            assert not _access(answer), f"{path}: {_access(answer)}"


def _access(answer: httpx.Response) -> list[str]:
    return [name for name in answer.headers if name.startswith("access-control-")]


async def test_a10_control_the_configured_origin_works(open_to_one: House) -> None:
    owner = await open_to_one.owner()
    answer = await owner.get("/api/v1/auth/me", headers={"Origin": OUR_ORIGIN})
    assert answer.headers["access-control-allow-origin"] == OUR_ORIGIN
    assert answer.headers["access-control-allow-credentials"] == "true"
    preflight = await open_to_one.client().options("/api/v1/variables", headers={"Origin": OUR_ORIGIN, **PREFLIGHT})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == OUR_ORIGIN


@pytest.mark.parametrize("origin", [*EVIL, OUR_ORIGIN])
def test_a10_a_live_stream_is_read_by_one_other_origin_only(server: Server, origin: str) -> None:
    """With the cookies of who is signed in, on a run that goes on: the stream is there, and no header shares it."""
    with server.owner(), server.client() as browser:
        browser.headers["Origin"] = origin
        browser.post("/auth/login", json={name: OWNER[name] for name in ("email", "password")})
        token = {"X-CSRF-Token": browser.cookies["weft_csrf"]}
        made = browser.post("/workflows", json={"name": "stream", "graph": WAITING}, headers=token).json()["id"]
        body = {"mode": "stream", "version": "draft"}
        assert browser.post(f"/workflows/{made}/runs", json=body).status_code == 403, "cookies alone start nothing"
        with browser.stream("POST", f"/workflows/{made}/runs", json=body, headers=token) as started:
            path = started.headers["location"].removeprefix("/api/v1") + "/events"
            _hold_a_stream(started, origin)
        with browser.stream("GET", path, headers={"Accept": "text/event-stream"}) as watched:
            _hold_a_stream(watched, origin)
        _hold(browser.options(path, headers=PREFLIGHT), origin)
        browser.post(path.replace("/events", "/cancel"), headers=token)


def _hold_a_stream(answer: httpx.Response, origin: str) -> None:
    assert answer.headers["content-type"].startswith("text/event-stream"), answer.status_code
    assert next(answer.iter_lines()).startswith("id: 1")
    _hold(answer, origin)


def _hold(answer: httpx.Response, origin: str) -> None:
    if origin == OUR_ORIGIN:
        assert answer.headers["access-control-allow-origin"] == OUR_ORIGIN
        assert answer.headers["access-control-allow-credentials"] == "true"
    else:
        assert not _access(answer)
