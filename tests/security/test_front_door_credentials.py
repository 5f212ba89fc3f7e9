"""A8 and A12 on a whole server, and that a stored secret is not sent where its owner did not send it."""

from base64 import b64decode, b64encode
from typing import Any

import httpx
import pytest
from tests.security.stage import Canary, unharmed, until
from tests.server import Json, Server, events_of, make_workflow, run_node, run_workflow

MARKER = "SEKRET-front-door-0042"
STRANGE: Json = {
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "workspace_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "tenant_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "owner_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "role": "owner",
    "status": "completed",
    "revision": 999,
    "created_at": "2020-01-01T00:00:00Z",
    "key_hash": "x",
    "scopes": ["admin"],
    "is_admin": True,
}
GRAPH: Json = {"nodes": [{"id": "start", "type": "start"}], "edges": []}


def new_credential(owner: httpx.Client, url: str) -> str:
    data = {"base_url": f"{url}/v1", "api_key": MARKER}
    answer = owner.post("/credentials", json={"name": "c", "type": "openai_compatible", "data": data})
    assert answer.status_code == 201, answer.text
    assert MARKER not in answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("also", [{}, {"name": "other"}])
def test_a_stored_secret_is_not_redirected(
    owner: httpx.Client, friend: Canary, canary: Canary, also: dict[str, str]
) -> None:
    """An editor who does not know the key cannot have it sent to a server of their own."""
    path = f"/credentials/{new_credential(owner, friend.url)}"
    before = owner.get(path).json()
    changes: list[Json] = [
        {"data": {"base_url": canary.url}},
        {"data": {"base_url": f"{friend.url}/elsewhere"}},
        {"allowed_hosts": ["127.0.0.1", "mine.test"]},
        {"allowed_hosts": [f"127.0.0.1:{canary.port}"]},
    ]
    for change in changes:
        answer = owner.patch(path, json=change | also)
        assert answer.status_code == 422, answer.text
        told = [(error["path"], error["code"]) for error in answer.json()["errors"]]
        assert told == [("/data/api_key", "secret_required")]
        assert MARKER not in answer.text
    assert owner.get(path).json() == before
    seen = len(friend.arrivals)
    assert owner.post(f"{path}/test").status_code == 200
    assert friend.arrivals[seen:][-1].headers["authorization"] == f"Bearer {MARKER}"
    assert canary.connections == 0
    control = {"data": {"base_url": f"{friend.url}/elsewhere", "api_key": "another-known-key"}}
    assert owner.patch(path, json=control).status_code == 200
    owner.post(f"{path}/test")
    assert friend.arrivals[-1].headers["authorization"] == "Bearer another-known-key"


def test_a12_odd_keys_are_nobody(server: Server, owner: httpx.Client) -> None:
    made = owner.post("/api-keys", json={"name": "k", "scopes": ["workflows:read"]}).json()
    key: str = made["key"]
    odd: list[bytes] = [
        b"Bearer weft_' OR '1'='1", b"Bearer weft_%", b"Bearer weft_" + b"a" * 4000, b"Bearer weft_\xff\xfe",
        b"Bearer", b"Basic " + key.encode(), b"bearer " + key[:-1].encode(), key.encode(),
        b"Bearer " + key.upper().encode(), b"Bearer " + key.encode() + b"x", b"Bearer " + key.encode() + b" x",
    ]  # fmt: skip
    with unharmed(server), server.client() as client:
        for value in odd:
            answer = client.get("/workflows", headers=[(b"Authorization", value)])
            assert answer.status_code == 401, (value[:60], answer.text)
            assert answer.json()["code"] == "unauthenticated"
            assert answer.headers["www-authenticate"] == "Bearer"
        twice = [(b"Authorization", b"Bearer " + key.encode())] * 2
        assert client.get("/workflows", headers=twice).status_code == 401
        assert client.get(f"/workflows?token={key}&access_token={key}").status_code == 401
        huge = client.get("/workflows", headers={"Authorization": "Bearer weft_" + "a" * 65_536})
        assert huge.status_code in (401, 431)
    with server.client(key) as known:
        assert known.get("/workflows").status_code == 200
        assert owner.delete(f"/api-keys/{made['id']}").status_code == 204
        assert until(lambda: known.get("/workflows").status_code == 401, 5)
    assert key not in server.log()


def test_a8_bodies_set_what_they_name_and_nothing_else(server: Server, owner: httpx.Client, friend: Canary) -> None:
    credential = f"/credentials/{new_credential(owner, friend.url)}"
    workflow = f"/workflows/{make_workflow(owner, GRAPH)}"
    execution = f"/executions/{run_workflow(owner, workflow.rpartition('/')[2])['id']}"
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/credentials", {"name": "c", "type": "openai", "data": {"api_key": "x"}}),
        ("PATCH", credential, {"name": "d"}),
        ("POST", "/workflows", {"name": "w", "graph": GRAPH}),
        ("PUT", workflow, {"name": "w", "graph": GRAPH}),
        ("PATCH", workflow, {"name": "w"}),
        ("POST", f"{workflow}/publish", {"note": "n"}),
        ("POST", f"{workflow}/runs", {"inputs": {}}),
        ("POST", f"{workflow}/nodes/start/run", {}),
        ("POST", f"{execution}/retry", {"version": 1}),
        ("POST", "/workflows/validate", {"graph": GRAPH}),
        ("POST", "/expressions/evaluate", {"expression": "1"}),
    ]
    kept = {path: owner.get(path).json() for path in (credential, workflow, execution)}
    headers = {"If-Match": owner.get(workflow).headers["etag"]}
    with unharmed(server):
        for method, path, body in bodies:
            for extra in (*({name: value} for name, value in STRANGE.items()), STRANGE):
                answer = owner.request(method, path, json=body | extra, headers=headers)
                assert answer.status_code == 422, (method, path, extra, answer.text)
                told = {error["path"]: error["code"] for error in answer.json()["errors"]}
                assert told == {f"/{name}": "unknown_field" for name in extra}, (method, path, told)
    assert {path: owner.get(path).json() for path in kept} == kept
    for method, path, body in bodies:
        answer = owner.request(method, path, json=body, headers={"If-Match": owner.get(workflow).headers["etag"]})
        assert answer.status_code in (200, 201, 202, 409), (method, path, answer.text)


def test_a49_what_a_server_echoes_shows_neither_name_nor_password(
    server: Server, owner: httpx.Client, friend: Canary
) -> None:
    """`friend` answers with the headers it was sent, the pair in base64 among them."""
    data = {"username": "SEKRET-sk-live-4242", "password": "SEKRET-pass-0042!"}
    body = {"name": "pair", "type": "basic", "data": data, "allowed_hosts": [f"127.0.0.1:{friend.port}"]}
    credential = owner.post("/credentials", json=body).json()["id"]
    execution = run_node(owner, "http_request", {"url": f"{friend.url}/echo", "credential_id": credential})
    assert execution["status"] == "completed", execution["error"]
    sent = friend.arrivals[-1].headers["authorization"].removeprefix("Basic ")
    assert b64decode(sent).decode() == ":".join(data.values())
    assert execution["outputs"]["value"]["body"]["headers"]["authorization"].startswith("Basic •••")
    shown = [str(execution), str(events_of(owner, execution["id"])), server.log()]
    for secret in (*data.values(), sent, sent[:16], b64encode(data["password"].encode()).decode()):
        assert [secret in text for text in shown] == [False] * len(shown), secret
