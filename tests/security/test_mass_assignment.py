"""A8: a body sets what it names and nothing else."""

import re
from typing import Any

import httpx
import pytest
from tests.gateway.house import OWNER, House

API = "/api/v1"
SMUGGLED: dict[str, Any] = {
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "workspace_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "tenant_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "owner_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "role": "owner",
    "status": "completed",
    "revision": 999,
    "created_at": "2020-01-01T00:00:00Z",
    "key_hash": "x",
    "is_admin": True,
}
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/auth/login"): {"email": OWNER["email"], "password": OWNER["password"]},
    ("POST", "/auth/register"): {**OWNER, "email": "else@example.com"},
    ("POST", "/auth/password/forgot"): {"email": OWNER["email"]},
    ("POST", "/api-keys"): {"name": "k", "scopes": ["workflows:read"]},
    ("POST", "/variables"): {"name": "fresh", "value": 1},
    ("PUT", "/variables/{id}"): {"value": 2},
    ("PATCH", "/variables/{id}"): {"value": 2},
}


@pytest.mark.parametrize(("method", "path"), BODIES)
@pytest.mark.parametrize("field", [*SMUGGLED, "scopes", "all"])
async def test_a8_unknown_fields_are_named_and_move_nothing(house: House, method: str, path: str, field: str) -> None:
    owner = await house.owner()
    made = (await owner.post(f"{API}/variables", json={"name": "kept", "value": 1})).json()
    if field == "scopes" and path == "/api-keys":
        return
    extra = SMUGGLED if field == "all" else {field: {**SMUGGLED, "scopes": ["admin"]}[field]}
    url = f"{API}{path}".replace("{id}", made["id"])
    answer = await owner.request(method, url, json={**BODIES[method, path], **extra})
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert {error["path"] for error in problem["errors"]} == {f"/{name}" for name in extra}
    assert {error["code"] for error in problem["errors"]} == {"unknown_field"}
    assert (await owner.get(f"{API}/variables/{made['id']}")).json() == made
    assert len((await owner.get(f"{API}/variables")).json()["items"]) == 1
    assert (await owner.get(f"{API}/api-keys")).json()["items"] == []


async def test_a8_control_the_same_bodies_without_them(house: House) -> None:
    owner = await house.owner()
    made = (await owner.post(f"{API}/variables", json={"name": "kept", "value": 1})).json()
    expected = {"/auth/register": 403, "/auth/password/forgot": 200, "/api-keys": 201, "/variables": 201}
    for (method, path), body in BODIES.items():
        answer = await owner.request(method, f"{API}{path}".replace("{id}", made["id"]), json=body)
        assert answer.status_code == expected.get(path, 200), f"{method} {path}: {answer.text}"
        if path == "/auth/login":
            owner.headers["X-CSRF-Token"] = owner.cookies["weft_csrf"]


def properties(schema: dict[str, Any], document: dict[str, Any]) -> set[str]:
    """The fields that a body may have, over all its forms."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name:
        schema = document["components"]["schemas"][name]
    forms = [form for kind in ("anyOf", "oneOf", "allOf") for form in schema.get(kind, ())]
    return set(schema.get("properties", {})).union(*(properties(form, document) for form in forms))


FILE: dict[str, Any] = {
    "weft": 1,
    "id": "01890a5d-ac96-774b-bcce-b302099a8058",
    "name": "f",
    "graph": {"nodes": [{"id": "start", "type": "start"}], "edges": []},
}
"""A workflow file may name its id; what is no such file at all is told before its fields."""


async def things(owner: httpx.AsyncClient) -> dict[str, str]:
    """One of each that has an id, by the first part of its path: what is not there is 404 before its body is read."""
    graph = {"nodes": [{"id": "start", "type": "start"}], "edges": []}
    credential = {"name": "c", "type": "bearer", "data": {"token": "SEKRET-token"}, "allowed_hosts": ["example.com"]}
    ids = {}
    for name, body in (
        ("variables", {"name": "kept", "value": 1}),
        ("workflows", {"name": "w", "graph": graph}),
        ("credentials", credential),
        ("api-keys", {"name": "k", "scopes": ["workflows:read"]}),
    ):
        made = await owner.post(f"{API}/{name}", json=body)
        assert made.status_code == 201, made.text
        ids[name] = made.json()["id"]
    run = await owner.post(f"{API}/workflows/{ids['workflows']}/runs", json={"version": "draft"})
    assert run.status_code == 202, run.text
    return {**ids, "executions": run.json()["execution"]["id"]}


async def test_a8_every_body_of_the_document_refuses_what_it_does_not_name(house: House) -> None:
    """A route added later is found here."""
    owner = await house.owner()
    document = (await owner.get(f"{API}/openapi.json")).json()
    ids = await things(owner)
    tried = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}) if method != "parameters" else {}
            if "application/json" not in content:
                continue
            given = FILE if path.endswith("/import") else {}
            known = properties(content["application/json"].get("schema", {}), document) | set(given)
            extra = {k: v for k, v in {**SMUGGLED, "scopes": ["admin"]}.items() if k not in known}
            thing = ids.get(path.removeprefix(API).split("/")[1], "")
            url = re.sub(r"\{[^}]+\}", thing, path.replace("{node}", "start"))
            answer = await owner.request(method, url, json=extra | given, headers={"If-Match": '"1"'})
            assert answer.status_code == 422, f"{method} {path}: {answer.text[:300]}"
            unknown = {error["path"] for error in answer.json()["errors"] if error["code"] == "unknown_field"}
            assert unknown == {f"/{name}" for name in extra}, f"{method} {path}"
            tried += 1
    assert tried > 20


async def test_a8_set_up_takes_no_more_than_it_names(house: House) -> None:
    client = house.client()
    refused = await client.post(f"{API}/auth/setup", json={**OWNER, "role": "owner"})
    assert refused.status_code == 422
    assert (await client.get(f"{API}/auth/status")).json()["setup_required"] is True
