"""A51: every error is one problem+json that says what was wrong and nothing about the inside."""

import random
import string
from typing import Any

import pytest
from fastapi import APIRouter
from sqlalchemy import text
from tests.gateway.house import House

LEAKS = ("Traceback", "site-packages", ".py", "sqlalchemy", "pydantic", "SELECT", "INSERT", "Error(", "<html")
API = "/api/v1"


def nonsense(draw: random.Random, depth: int = 0) -> Any:
    choices = [None, True, -1, 1e308, 2**63, "", "x" * 300, "é\U0001f600", "'; DROP TABLE users;--", "\x7f", [], {}]
    kind = draw.randrange(4)
    if depth > 2 or kind == 0:
        return draw.choice(choices)
    if kind == 1:
        return [nonsense(draw, depth + 1) for _ in range(draw.randrange(4))]
    keys = ["name", "value", "scopes", "email", "password", "expires_at", "id", "graph", "nodes", ""]
    return {draw.choice(keys): nonsense(draw, depth + 1) for _ in range(draw.randrange(5))}


def is_ours(path: str) -> bool:
    return path.startswith(("/api/v1/auth", "/api/v1/api-keys", "/api/v1/variables", "/api/v1/audit"))


@pytest.mark.parametrize("seed", range(4))
async def test_a51_malformed_requests(house: House, seed: int) -> None:
    draw = random.Random(seed)
    owner = await house.owner()
    paths = [path for path in house.app.openapi()["paths"] if is_ours(path) and not path.endswith("logout")]
    failures = 0
    for _ in range(120):
        method = draw.choice(["GET", "POST", "PUT", "PATCH", "DELETE"])
        path = draw.choice(paths).replace(
            "{id}", draw.choice(["x", "%2e%2e", "0" * 40, "%ff", "é", "1;2", "%0d%0aX:1"])
        )
        query = {draw.choice(["limit", "cursor", "q", "since", "event"]): draw.choice(
            ["", "-1", "0", "1e9", "NaN", "é", "x" * 2000, "W10", "9" * 40, "2020-13-01T00:00:00Z", "\x00"]
        )}  # fmt: skip
        body: dict[str, Any] = {"json": nonsense(draw)} if draw.random() < 0.7 else {"content": draw.randbytes(50)}
        if method in ("GET", "DELETE"):
            body = {}
        answer = await owner.request(method, path, params=query, **body)
        assert answer.status_code < 500, f"{method} {path} {query} {body}: {answer.text}"
        if answer.status_code >= 400:
            failures += 1
            problem = answer.json()
            assert answer.headers["content-type"] == "application/problem+json"
            assert problem["code"]
            assert problem["request_id"] == answer.headers["x-request-id"]
            assert problem["type"] == f"https://weft.dev/problems/{problem['code']}"
            assert not [leak for leak in LEAKS if leak in answer.text], answer.text
    assert failures > 60
    assert (await owner.get(f"{API}/auth/me")).status_code == 200


async def test_a51_what_nobody_expected_is_a_500_without_its_inside(house: House) -> None:
    broken = APIRouter()

    @broken.get("/broken")
    async def fail() -> None:
        raise RuntimeError("the secret is SEKRET " + string.ascii_letters)

    @broken.get("/database")
    async def query() -> None:
        async with house.database.read() as connection:
            await connection.execute(text("SELECT * FROM nowhere"))

    @broken.get("/gone")
    async def refuse() -> None:
        raise ConnectionRefusedError(111, "postgres.internal:5432")

    house.app.include_router(broken, prefix=API)
    owner = await house.owner()
    for path in ("broken", "database"):
        answer = await owner.get(f"{API}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (500, "internal")
        assert "SEKRET" not in answer.text
        assert "nowhere" not in answer.text
    gone = await owner.get(f"{API}/gone")
    assert (gone.status_code, gone.json()["code"]) == (503, "unavailable")
    assert gone.headers["retry-after"]
    assert "postgres.internal" not in gone.text


async def test_fields_are_named_by_json_pointers(house: House) -> None:
    owner = await house.owner()
    answer = await owner.post(f"{API}/api-keys", json={"name": "", "scopes": ["workflows:read", 5], "a/b~c": 1})
    found = {error["path"]: error["code"] for error in answer.json()["errors"]}
    assert set(found) == {"/name", "/scopes/1", "/a~1b~0c"}
    assert found["/a~1b~0c"] == "unknown_field"
    unknown = await owner.post(f"{API}/api-keys", json={"name": "x", "scopes": ["workflows:fly"]})
    assert unknown.json()["errors"] == [
        {"path": "/scopes/0", "code": "unknown_scope", "message": "There is no scope 'workflows:fly'."}
    ]
    limit = await owner.get(f"{API}/variables?limit=0")
    assert limit.json()["errors"][0]["path"] == "/query/limit"
    past = await owner.post(
        f"{API}/api-keys", json={"name": "x", "scopes": ["admin"], "expires_at": "2020-01-01T00:00:00Z"}
    )
    assert past.json()["errors"][0]["path"] == "/expires_at"


async def test_the_document_says_what_it_answers(house: House) -> None:
    schema = house.app.openapi()
    assert schema["openapi"].startswith("3.1")
    assert "HTTPValidationError" not in schema["components"]["schemas"]
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                if int(status) >= 400 and path != "/readyz":
                    assert list(response["content"]) == ["application/problem+json"], f"{method} {path} {status}"
            if operation["security"]:
                assert {"401", "403", "429"} <= set(operation["responses"]), f"{method} {path}"
