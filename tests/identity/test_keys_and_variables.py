"""API keys, variables and the audit log, on both databases."""

import asyncio
from datetime import timedelta

from tests.gateway.house import OWNER, House

from weft.identity.commands import CreateUser, ResetPassword
from weft.kernel.actor import Role, system_actor
from weft.kernel.ids import WorkspaceId, new_id

API = "/api/v1"


async def test_a_key_is_shown_once_used_and_listed_by_prefix(any_house: House) -> None:
    owner = await any_house.owner()
    expires = (any_house.clock.now() + timedelta(days=1)).isoformat()
    made = await owner.post(
        f"{API}/api-keys", json={"name": "ci", "scopes": ["executions:read", "workflows:run"], "expires_at": expires}
    )
    assert made.status_code == 201, made.text
    key = made.json()
    assert made.headers["location"] == f"{API}/api-keys/{key['id']}"
    assert key["key"].startswith(key["prefix"])
    assert len(key["prefix"]) == 12
    client = any_house.client(headers={"Authorization": f"Bearer {key['key']}"})
    me = (await client.get(f"{API}/auth/me")).json()
    assert me["permissions"] == ["executions:read", "workflows:run"]
    assert me["api_key_id"] == key["id"]
    listed = (await owner.get(f"{API}/api-keys")).json()["items"]
    assert [item["prefix"] for item in listed] == [key["prefix"]]
    assert listed[0]["last_used_at"] is not None
    assert (await owner.delete(f"{API}/api-keys/{key['id']}")).status_code == 204
    assert (await owner.get(f"{API}/api-keys")).json()["items"] == []
    assert (await owner.delete(f"{API}/api-keys/{key['id']}")).status_code == 404


async def test_keys_are_paged_newest_first(any_house: House) -> None:
    owner = await any_house.owner()
    for number in range(5):
        await owner.post(f"{API}/api-keys", json={"name": f"k{number}", "scopes": ["admin"]})
    names, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await owner.get(f"{API}/api-keys", params=query)).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == ["k4", "k3", "k2", "k1", "k0"]
    for bad in ("x", "W10", "bnVsbA"):
        answer = await owner.get(f"{API}/api-keys", params={"cursor": bad})
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "/query/cursor")


async def test_an_expiry_that_no_calendar_has_in_utc_is_refused(house: House) -> None:
    owner = await house.owner()
    body = {"name": "ci", "scopes": ["admin"], "expires_at": "9999-12-31T23:59:59-12:00"}
    answer = await owner.post(f"{API}/api-keys", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "/expires_at")


async def test_variables_are_made_read_changed_and_deleted(any_house: House) -> None:
    owner = await any_house.owner()
    values = {"text": "x", "number": 1.5, "none": None, "list": [1, {"a": "é"}], "flag": False, "größe": 1, "$": 2}
    for name, value in values.items():
        made = await owner.post(f"{API}/variables", json={"name": name, "value": value})
        assert (made.status_code, made.json()["value"]) == (201, value)
    items = (await owner.get(f"{API}/variables")).json()["items"]
    assert {item["name"]: item["value"] for item in items} == values
    assert [item["name"] for item in items] == sorted(values)
    found = (await owner.get(f"{API}/variables", params={"q": "UMB"})).json()["items"]
    assert [item["name"] for item in found] == ["number"]
    path = f"{API}/variables/{found[0]['id']}"
    changed = await owner.put(path, json={"value": {"now": 2}})
    assert (changed.json()["value"], changed.json()["revision"]) == ({"now": 2}, 2)
    assert changed.headers["etag"] == '"2"'
    again = await owner.post(f"{API}/variables", json={"name": "text", "value": 1})
    assert (again.status_code, again.json()["code"]) == (409, "name_taken")
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.get(path)).status_code == 404
    for name in ("1a", "a b", "a-b", "", "e\u0301", "x²", "a" * 101):
        refused = await owner.post(f"{API}/variables", json={"name": name, "value": 1})
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "/name"), name
    assert (await owner.post(f"{API}/variables", json={"name": "x"})).status_code == 422


async def test_another_workspace_sees_none_of_it(any_house: House) -> None:
    owner = await any_house.owner()
    mine = (await owner.post(f"{API}/variables", json={"name": "mine", "value": 1})).json()
    key = (await owner.post(f"{API}/api-keys", json={"name": "k", "scopes": ["admin"]})).json()
    object.__setattr__(any_house.settings, "signup", "open")
    stranger = any_house.client()
    made = await stranger.post(f"{API}/auth/register", json={**OWNER, "email": "b@example.com"})
    assert made.status_code == 201, made.text
    stranger.headers["X-CSRF-Token"] = stranger.cookies["weft_csrf"]
    for path in (f"{API}/variables/{mine['id']}", f"{API}/api-keys/{key['id']}"):
        theirs, nobodys = await stranger.get(path), await stranger.get(f"{path[:-36]}{new_id()}")
        assert theirs.status_code == nobodys.status_code == 404
        assert {**theirs.json(), "request_id": ""} == {**nobodys.json(), "request_id": ""}
        assert (await stranger.delete(path)).status_code == 404
    assert (await stranger.get(f"{API}/variables")).json()["items"] == []
    assert (await owner.get(f"{API}/variables/{mine['id']}")).json() == mine
    taken = await stranger.post(f"{API}/auth/register", json=OWNER)
    assert (taken.status_code, taken.json()["code"]) == (409, "email_taken")


async def test_the_audit_log_tells_who_did_what(any_house: House) -> None:
    owner = await any_house.owner()
    await owner.post(f"{API}/variables", json={"name": "a", "value": "SEKRET"})
    me = (await owner.get(f"{API}/auth/me")).json()
    wanted = {"WorkspaceCreated", "MemberAdded", "SessionStarted", "VariableChanged"}
    async with asyncio.timeout(60):
        while True:
            log = (await owner.get(f"{API}/audit")).json()["items"]
            if wanted <= {entry["event"] for entry in log}:
                break
            await asyncio.sleep(0.02)
    changed = next(entry for entry in log if entry["event"] == "VariableChanged")
    assert changed["actor"] == f"user:{me['user']['id']}"
    assert changed["data"]["variable"] == "a"
    assert "SEKRET" not in str(log)
    only = (await owner.get(f"{API}/audit", params={"event": "MemberAdded"})).json()["items"]
    assert {entry["event"] for entry in only} == {"MemberAdded"}


async def test_roles_bound_what_a_member_may_do(any_house: House) -> None:
    owner = await any_house.owner()
    workspace = WorkspaceId((await owner.get(f"{API}/auth/me")).json()["workspace"]["id"])
    editor = await _member(any_house, workspace, Role.EDITOR)
    viewer = await _member(any_house, workspace, Role.VIEWER)
    assert (await editor.post(f"{API}/variables", json={"name": "a", "value": 1})).status_code == 201
    assert (await viewer.get(f"{API}/variables")).status_code == 200
    assert (await viewer.post(f"{API}/variables", json={"name": "b", "value": 1})).status_code == 403
    assert (await viewer.post(f"{API}/variables", json={"nope": 1})).status_code == 403
    for path in ("api-keys", "audit"):
        assert (await editor.get(f"{API}/{path}")).status_code == 403
        assert (await owner.get(f"{API}/{path}")).status_code == 200


async def test_a_reset_password_ends_every_session(any_house: House) -> None:
    owner = await any_house.owner()
    actor = system_actor(WorkspaceId(new_id()))
    await any_house.bus.execute(ResetPassword(OWNER["email"].upper(), "another long password"), actor)
    async with asyncio.timeout(5):
        while (await owner.get(f"{API}/auth/me")).status_code != 401:
            await asyncio.sleep(0.01)
    assert (await owner.post(f"{API}/auth/refresh")).status_code == 401
    fresh = any_house.client()
    old = await fresh.post(f"{API}/auth/login", json={k: OWNER[k] for k in ("email", "password")})
    assert old.status_code == 401
    new = {"email": OWNER["email"], "password": "another long password"}
    assert (await fresh.post(f"{API}/auth/login", json=new)).status_code == 200


async def _member(house: House, workspace: WorkspaceId, role: Role):  # type: ignore[no-untyped-def]
    email = f"{role}@example.com"
    command = CreateUser(email, "a long password", role.value.title(), role)
    await house.bus.execute(command, system_actor(workspace))
    client = house.client()
    answer = await client.post(f"{API}/auth/login", json={"email": email, "password": "a long password"})
    client.headers["X-CSRF-Token"] = client.cookies["weft_csrf"]
    assert answer.json()["role"] == role
    return client
