"""Public links over HTTP: made and ended by those who may, read by anybody, showing nothing else of the workspace."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.cost import wait_until
from tests.server import Server
from tests.workflows.conftest import GRAPH, House, actor
from tests.workflows.test_http import make, scoped
from weft.workflows.commands import CreateWorkflow, ShareWorkflow, WithdrawShare

UNKNOWN = "A" * 43


@pytest.fixture
def nobody(server: Server) -> Any:
    with httpx.Client(base_url=f"{server.url}/api/v1", timeout=30) as client:
        yield client


def share(owner: httpx.Client, workflow_id: str) -> dict[str, Any]:
    answer = owner.post(f"/workflows/{workflow_id}/share")
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def graph_with(note: str) -> dict[str, Any]:
    return {**GRAPH, "nodes": [{**GRAPH["nodes"][0], "note": note}, *GRAPH["nodes"][1:]]}


def entries(owner: httpx.Client, workflow_id: str) -> list[str]:
    """The audit log's events of the workflow, the first first."""
    items = owner.get("/audit", params={"limit": 200}).json()["items"]
    return [item["event"] for item in reversed(items) if item["data"].get("workflow_id") == workflow_id]


def test_a_link_is_made_once_and_read_by_anybody(server: Server, owner: httpx.Client, nobody: httpx.Client) -> None:
    made = make(owner, name="Greeter", description="Greets.", tags=["hello"])
    url = f"/workflows/{made['id']}/share"
    missing = owner.get(url)
    assert (missing.status_code, missing.json()["code"]) == (404, "not_shared")
    answer = owner.post(url)
    link = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/shared/{link['token']}"
    assert set(link) == {"token", "url", "version", "created_at"}
    assert (link["url"], link["version"]) == (f"{server.url}/shared#{link['token']}", None)
    assert len(link["token"]) == 43
    again = owner.post(url, json={})
    assert (again.status_code, again.json(), owner.get(url).json()) == (200, link, link)
    seen = nobody.get(f"/shared/{link['token']}")
    body = seen.json()
    assert seen.status_code == 200
    assert set(body) == {"name", "description", "tags", "graph", "node_types"}
    assert (body["name"], body["description"], body["tags"], body["graph"]) == ("Greeter", "Greets.", ["hello"], GRAPH)
    assert {each["type"] for each in body["node_types"]} == {"start", "template", "end"}
    assert (seen.headers["Cache-Control"], seen.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "Set-Cookie" not in seen.headers
    assert owner.get(f"/workflows/{made['id']}").json() == made


def test_sharing_at_the_same_time_makes_one_link(owner: httpx.Client) -> None:
    made = make(owner)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: owner.post(f"/workflows/{made['id']}/share"), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["token"] for answer in answers}) == 1


def test_a_shared_draft_stands_still_and_a_version_takes_its_place(owner: httpx.Client, nobody: httpx.Client) -> None:
    made = make(owner)
    workflow, link = f"/workflows/{made['id']}", share(owner, made["id"])

    def note() -> str:
        graph = nobody.get(f"/shared/{link['token']}").json()["graph"]
        return str(graph["nodes"][0].get("note", ""))

    def draft(text: str) -> None:
        put = owner.put(workflow, json={"graph": graph_with(text)}, headers={"If-Match": "*"})
        assert put.status_code == 200

    draft("a later draft")
    assert note() == ""
    assert owner.post(f"{workflow}/publish").status_code == 201
    assert (note(), owner.get(f"{workflow}/share").json()["version"]) == ("a later draft", 1)
    draft("unpublished")
    assert note() == "a later draft"
    query = {"version": "draft", "graph": '{"nodes":[]}'}
    assert nobody.get(f"/shared/{link['token']}", params=query).json()["graph"]["nodes"][0]["note"] == "a later draft"
    assert owner.post(f"{workflow}/publish").status_code == 201
    assert note() == "unpublished"


def test_every_dead_link_answers_the_same(owner: httpx.Client, nobody: httpx.Client) -> None:
    withdrawn, deleted = make(owner), make(owner)
    links = [share(owner, made["id"])["token"] for made in (withdrawn, deleted)]
    assert owner.delete(f"/workflows/{withdrawn['id']}/share").status_code == 204
    assert owner.delete(f"/workflows/{deleted['id']}", headers={"If-Match": "*"}).status_code == 204
    answers = [nobody.get(f"/shared/{token}") for token in (*links, UNKNOWN, "x", "ä" * 43, "A" * 4000)]
    for answer in answers:
        body = {**answer.json(), "request_id": None}
        assert (answer.status_code, body) == (404, {**answers[0].json(), "request_id": None})
        assert answer.headers["Cache-Control"] == "no-store"
    assert nobody.post(f"/shared/{UNKNOWN}", json={"graph": GRAPH}).status_code == 405
    assert owner.get(f"/shared/{UNKNOWN}").status_code == 404


def test_ending_a_share_is_for_good(owner: httpx.Client, nobody: httpx.Client) -> None:
    made = make(owner)
    url = f"/workflows/{made['id']}"
    first = share(owner, made["id"])["token"]
    for _ in range(2):
        assert owner.delete(f"{url}/share").status_code == 204
    second = share(owner, made["id"])["token"]
    assert first != second
    assert owner.delete(url, headers={"If-Match": "*"}).status_code == 204
    for method in ("GET", "POST", "DELETE"):
        assert owner.request(method, f"{url}/share").status_code == 404
    assert owner.post(f"{url}/restore").status_code == 200
    assert owner.get(f"{url}/share").json()["code"] == "not_shared"
    assert [nobody.get(f"/shared/{token}").status_code for token in (first, second)] == [404, 404]
    copy = owner.post(f"{url}/duplicate").json()
    assert owner.get(f"/workflows/{copy['id']}/share").status_code == 404


def test_sharing_is_in_the_audit_log_and_the_token_is_not(owner: httpx.Client) -> None:
    made = make(owner)
    token = share(owner, made["id"])["token"]
    share(owner, made["id"])
    owner.delete(f"/workflows/{made['id']}/share")
    share(owner, made["id"])
    owner.delete(f"/workflows/{made['id']}", headers={"If-Match": "*"})
    expected = ["WorkflowCreated", "WorkflowShared", "WorkflowShareWithdrawn", "WorkflowShared",
                "WorkflowShareWithdrawn", "WorkflowDeleted"]  # fmt: skip
    wait_until(lambda: len(entries(owner, made["id"])) >= len(expected), "the writing of the audit log")
    assert entries(owner, made["id"]) == expected
    assert token not in owner.get("/audit", params={"limit": 200}).text
    assert token not in owner.get("/workflows", params={"limit": 200}).text


def test_who_may_share(server: Server, owner: httpx.Client, nobody: httpx.Client) -> None:
    made = make(owner)
    url = f"/workflows/{made['id']}/share"
    share(owner, made["id"])
    with scoped(server, owner, "workflows:read", "workflows:run") as reader:
        assert [reader.request(method, url).status_code for method in ("GET", "POST", "DELETE")] == [403] * 3
    with scoped(server, owner, "workflows:write") as writer:
        assert [writer.request(method, url).status_code for method in ("GET", "POST", "DELETE")] == [200, 200, 204]
    assert [nobody.request(method, url).status_code for method in ("GET", "POST", "DELETE")] == [401] * 3
    unknown = url.replace(made["id"][:8], "00000000")
    assert [owner.request(method, unknown).status_code for method in ("GET", "POST", "DELETE")] == [404] * 3
    wrong = owner.post(url, json={"public": True})
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "/public")


def test_nothing_of_the_workspace_is_shown(owner: httpx.Client, nobody: httpx.Client) -> None:
    body = {"name": "SEKRET-name", "type": "bearer", "data": {"token": "SEKRET-token"}, "allowed_hosts": ["a.test"]}
    credential = owner.post("/credentials", json=body).json()["id"]
    owner.post("/variables", json={"name": "shown_nowhere", "value": "SEKRET-variable"})
    call = {
        "url": "https://u:SEKRET-user@a.test/?api_key=SEKRET-query&page=1",
        "headers": {"Authorization": "Bearer SEKRET-header", "X-Api-Key": "{{ vars.shown_nowhere }}", "Accept": "x/y"},
        "credential_id": credential,
    }
    nodes = [
        GRAPH["nodes"][0],
        {"id": "call", "type": "http_request", "config": call, "pinned_output": {"body": "SEKRET-pin"}},
        {"id": "odd", "type": "of_a_plugin", "config": {"anything": "SEKRET-plugin", "id": credential}},
    ]
    edges = [{"source": "start", "target": "call"}, {"source": "call", "target": "odd"}]
    variables = {"mine": "SEKRET-setting"}
    made = make(owner, graph={"nodes": nodes, "edges": edges}, settings={"variables": variables})
    seen = nobody.get(f"/shared/{share(owner, made['id'])['token']}")
    me = owner.get("/auth/me").json()
    for hidden in ("SEKRET", credential, made["id"], me["user"]["id"], me["user"]["email"], me["workspace"]["id"]):
        assert hidden not in seen.text, hidden
    shown = {node["id"]: node for node in seen.json()["graph"]["nodes"]}
    assert shown["odd"]["config"] == {}
    assert shown["call"]["config"]["url"] == "https://•••@a.test/?api_key=•••&page=1"
    assert shown["call"]["config"]["headers"] == {
        "Authorization": "•••", "X-Api-Key": "{{ vars.shown_nowhere }}", "Accept": "x/y"
    }  # fmt: skip
    assert seen.json()["graph"]["edges"] == edges


def test_readers_are_counted_as_anonymous(owner: httpx.Client, nobody: httpx.Client) -> None:
    token = share(owner, make(owner)["id"])["token"]
    seen = [client.get(f"/shared/{token}").headers["RateLimit-Remaining"] for client in (nobody, owner, nobody)]
    assert int(seen[0]) - int(seen[2]) == 2
    assert int(seen[1]) == int(seen[2]) + 1


async def test_only_a_hash_and_sealed_bytes_are_stored(house: House) -> None:
    who = actor()
    made = await house.bus.execute(CreateWorkflow("A", graph=GRAPH), who)
    link = await house.bus.execute(ShareWorkflow(made.id), who)
    if house.database.is_sqlite:
        rows = sqlite3.connect(str(house.database.engine.url.database)).execute("SELECT * FROM workflows").fetchall()
        stored = repr(rows) + repr([bytes(cell) for row in rows for cell in row if isinstance(cell, bytes)])
        assert link.token not in stored
        assert await house.events("WorkflowShared", who) == 1
    again = await house.bus.execute(ShareWorkflow(made.id), who)
    assert (again.token, again.created) == (link.token, False)
    await house.bus.execute(WithdrawShare(made.id), who)
    await house.bus.execute(WithdrawShare(made.id), who)
    assert await house.events("WorkflowShareWithdrawn", who) == 1
