"""The rules that hold for every route, asked at the door: preconditions, methods, bodies, pointers, rights."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.server import Json, Server, events_of, make_workflow, run_workflow

NOBODY = "01a1fc61-9630-702e-827d-bf7a3734bcba"
MERGE = "application/merge-patch+json"
GRAPH: Json = {"nodes": [{"id": "start", "type": "start"}], "edges": []}
WAITING: Json = {
    "nodes": [{"id": "start", "type": "start"}, {"id": "d", "type": "delay", "config": {"seconds": 600}}],
    "edges": [{"source": "start", "target": "d"}],
}
KeyOf = Callable[..., httpx.Client]


@pytest.fixture
def key_of(server: Server, owner: httpx.Client) -> KeyOf:
    """A client with a new API key of these scopes."""

    def make(*scopes: str) -> httpx.Client:
        made = owner.post("/api-keys", json={"name": "test", "scopes": scopes})
        assert made.status_code == 201, made.text
        return server.client(made.json()["key"])

    return make


def errors_of(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["path"], error["message"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("*", 200), ('"{}"', 200), ('W/"{}"', 200), ('"77", "{}"', 200), ("{}", 200),
        ('"77"', 412), ('"77", "78"', 412), ('"{}', 412), ('"{}"x', 412), ('""', 412), ("", 412), (None, 428),
    ],
)  # fmt: skip
def test_if_match_is_read_as_http_says(owner: httpx.Client, given: str | None, status: int) -> None:
    url = f"/workflows/{make_workflow(owner, GRAPH, publish=False)}"
    etag = owner.get(url).headers["etag"].strip('"')
    headers = {} if given is None else {"If-Match": given.format(etag)}
    answer = owner.patch(url, json={"description": "changed"}, headers=headers)
    assert answer.status_code == status, answer.text
    assert owner.get(url).json()["description"] == ("changed" if status == 200 else "")


def test_a_merge_patch_may_call_itself_one(owner: httpx.Client) -> None:
    url = f"/workflows/{make_workflow(owner, GRAPH, publish=False)}"
    headers = {"If-Match": '"1"', "Content-Type": MERGE}
    body = b'{"settings": {"variables": {"a": 1, "b": 2}}, "tags": ["x"]}'
    assert owner.patch(url, content=body, headers=headers).status_code == 200
    headers["If-Match"] = '"2"'
    answer = owner.patch(url, content=b'{"settings": {"variables": {"a": null}}, "tags": null}', headers=headers)
    assert (answer.json()["settings"]["variables"], answer.json()["tags"]) == ({"b": 2}, [])
    assert owner.patch(url, content=b"{}", headers={**headers, "Content-Type": "text/plain"}).status_code == 415


@pytest.mark.parametrize("number", ["x", "latest", "draft", "-1", "1.0", "9" * 30])
def test_a_version_that_is_no_number_is_not_called_zero(owner: httpx.Client, number: str) -> None:
    answer = owner.get(f"/workflows/{make_workflow(owner, GRAPH)}/versions/{number}")
    assert (answer.status_code, answer.json()["code"]) == (404, "version_not_found")
    assert " 0" not in answer.json()["detail"]


def test_head_is_get_without_the_body(owner: httpx.Client, server: Server) -> None:
    workflow_id = make_workflow(owner, WAITING)
    execution_id = owner.post(f"/workflows/{workflow_id}/runs", json={}).json()["execution"]["id"]
    for path in ("/workflows", f"/workflows/{workflow_id}", "/node-types", "/auth/status", "/nothing"):
        got, head = owner.get(path), owner.head(path)
        assert (head.status_code, head.headers.get("etag"), head.content) == (
            got.status_code, got.headers.get("etag"), b"",
        )  # fmt: skip
        assert head.headers["content-length"] == str(len(got.content))
    stream = owner.head(f"/executions/{execution_id}/events", headers={"Accept": "text/event-stream"}, timeout=10)
    assert stream.headers["content-type"].startswith("text/event-stream")
    with server.client() as nobody:
        assert nobody.head("/workflows").status_code == 401
    owner.post(f"/executions/{execution_id}/cancel")


@pytest.mark.parametrize("path", ["workflows", "executions", "credentials", "variables", "api-keys"])
def test_404_comes_before_405(owner: httpx.Client, path: str) -> None:
    assert owner.post(f"/{path}/{NOBODY}").status_code == 404
    assert owner.post(f"/{path}/no-id").status_code == 404


@pytest.mark.parametrize("call", ["events?limit=0", "events?depth=7", "nodes", "nodes?under=l&cursor=x"])
def test_a_run_and_the_right_to_it_come_before_the_query(owner: httpx.Client, key_of: KeyOf, call: str) -> None:
    execution_id = run_workflow(owner, make_workflow(owner, GRAPH))["id"]
    assert owner.get(f"/executions/{NOBODY}/{call}").status_code == 404
    with key_of("workflows:read") as other:
        assert other.get(f"/executions/{execution_id}/{call}").status_code == 403
    assert owner.get(f"/executions/{execution_id}/{call}").status_code == 422


def test_a_position_that_is_no_number_comes_before_the_run(owner: httpx.Client) -> None:
    assert owner.get(f"/executions/{NOBODY}/events", params={"after": "x"}).status_code == 400


def test_the_thing_and_the_right_to_it_come_before_the_body(owner: httpx.Client, key_of: KeyOf) -> None:
    workflow_id = make_workflow(owner, GRAPH, publish=False)
    wrong = {"surprise": 1}
    with key_of("workflows:read", "workflows:run") as other:
        for client, node, status in ((owner, "nope", 404), (other, "nope", 404), (other, "start", 403)):
            assert client.post(f"/workflows/{workflow_id}/nodes/{node}/run", json=wrong).status_code == status
    assert errors_of(owner.post(f"/workflows/{workflow_id}/nodes/start/run", json=wrong))
    assert owner.post(f"/credentials/{NOBODY}/test", json=wrong).status_code == 404


def test_405_names_what_is_possible(owner: httpx.Client) -> None:
    there = owner.post(f"/workflows/{make_workflow(owner, GRAPH, publish=False)}")
    assert (there.status_code, there.json()["code"]) == (405, "method_not_allowed")
    assert there.headers["allow"] == "DELETE, GET, HEAD, PATCH, PUT"
    assert owner.delete("/node-types").headers["allow"] == "GET, HEAD"


def test_what_takes_no_fields_takes_no_fields(owner: httpx.Client) -> None:
    workflow_id = make_workflow(owner, GRAPH)
    execution_id = run_workflow(owner, workflow_id)["id"]
    paths = [f"/workflows/{workflow_id}/{verb}" for verb in ("duplicate", "restore")]
    for path in [*paths, f"/executions/{execution_id}/cancel"]:
        assert errors_of(owner.post(path, json={"surprise": 1})) == [("/surprise", "There is no such field.")]
    assert owner.post(paths[0], json={}).status_code == owner.post(paths[0]).status_code == 201


def test_pointers_lead_into_the_body(owner: httpx.Client) -> None:
    url = f"/workflows/{make_workflow(owner, GRAPH)}/runs"
    told = "Name a version by its number, 'latest' or 'draft'."
    for version in (0, "x", 1.5, True, "1", []):
        assert errors_of(owner.post(url, json={"version": version})) == [("/version", told)]
    too_long = "k" * 101
    wrong: list[tuple[Any, str]] = [({too_long: "v"}, f"/labels/{too_long[:100]}"), ({"": "v"}, "/labels/"),
                                    ({"k": 1}, "/labels/k")]  # fmt: skip
    for labels, path in wrong:
        assert [error[0] for error in errors_of(owner.post(url, json={"labels": labels}))] == [path]
    many = {str(number): "v" for number in range(51)}
    assert errors_of(owner.post(url, json={"labels": many})) == [("/labels", "at most 50 labels")]


def test_positions_in_events(owner: httpx.Client) -> None:
    execution = run_workflow(owner, make_workflow(owner, GRAPH))
    url = f"/executions/{execution['id']}/events"
    for beyond in ("999", "9" * 40):
        assert owner.get(url, params={"after": beyond}).json() == {"items": [], "next_cursor": None}
    assert len(owner.get(url, params={"after": "0" * 40 + "1"}).json()["items"]) == execution["last_sequence"] - 1
    for wrong in ("", "x", "-1", "1.5", "٣"):
        assert owner.get(url, params={"after": wrong}).status_code == 400
    streamed = owner.get(url, headers={"Accept": "Text/Event-Stream", "Last-Event-ID": "2"})
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert streamed.text.startswith("id: 3\n")


def test_a_version_is_a_number_in_resource_and_event(owner: httpx.Client) -> None:
    execution = run_workflow(owner, make_workflow(owner, GRAPH))
    created = events_of(owner, execution["id"])[0]["data"]
    assert created["version"] == execution["version"] == created["workflow"]["version"] == 1


def test_the_canvas_is_told_by_its_session(server: Server, owner: httpx.Client) -> None:
    workflow_id = make_workflow(owner, GRAPH)
    by_key = owner.post(f"/workflows/{workflow_id}/runs", json={}, headers={"X-CSRF-Token": "whatever"})
    assert by_key.json()["execution"]["trigger"] == {"type": "api"}
    with server.client() as browser:
        assert browser.post("/auth/login", json={"email": "owner@example.com", "password": "correct horse battery"})
        browser.headers["X-CSRF-Token"] = browser.cookies["weft_csrf"]
        by_browser = browser.post(f"/workflows/{workflow_id}/runs", json={})
    assert by_browser.json()["execution"]["trigger"] == {"type": "canvas"}


def test_executions_write_is_enough_to_move_a_run(owner: httpx.Client, key_of: KeyOf) -> None:
    workflow_id = make_workflow(owner, WAITING)
    execution_id = owner.post(f"/workflows/{workflow_id}/runs", json={}).json()["execution"]["id"]
    with key_of("executions:write") as mover, key_of("executions:read") as reader:
        assert reader.post(f"/executions/{execution_id}/cancel").status_code == 403
        for path in ("", "/events", "/nodes?under=d", "/graph"):
            assert mover.get(f"/executions/{execution_id}{path}").status_code == 403, path
        assert mover.post(f"/executions/{execution_id}/cancel").status_code == 202
        run_workflow(owner, make_workflow(owner, GRAPH))
        ended = run_workflow(owner, make_workflow(owner, GRAPH))["id"]
        assert mover.post(f"/executions/{ended}/retry").status_code == 202


def test_the_scope_admin_covers_what_has_no_scope_of_its_own(key_of: KeyOf) -> None:
    secret = {"name": "x", "type": "bearer", "data": {"token": "t" * 8}, "allowed_hosts": ["api.example.com"]}
    with key_of("admin") as admin, key_of("workflows:write") as writer:
        assert admin.post("/credentials", json=secret).status_code == 201
        assert [admin.get(path).status_code for path in ("/credentials", "/models", "/audit")] == [200] * 3
        assert admin.get("/workflows").status_code == 403
        assert writer.post("/credentials", json=secret).status_code == 403


def test_a_key_ends_with_the_answer_to_its_delete(owner: httpx.Client, server: Server) -> None:
    for _ in range(10):
        made = owner.post("/api-keys", json={"name": "short", "scopes": ["workflows:read"]}).json()
        with server.client(made["key"]) as client:
            assert client.get("/workflows").status_code == 200
            gone = owner.delete(f"/api-keys/{made['id']}")
            assert (gone.status_code, gone.headers.get("content-type"), gone.content) == (204, None, b"")
            assert client.get("/workflows").status_code == 401


def test_a_run_reads_the_variable_that_was_just_written(owner: httpx.Client) -> None:
    graph: Json = {
        "nodes": [{"id": "start", "type": "start"},
                  {"id": "end", "type": "end", "config": {"outputs": {"v": "{{ vars.fresh }}"}}}],
        "edges": [{"source": "start", "target": "end"}],
    }  # fmt: skip
    workflow_id = make_workflow(owner, graph)
    variable = owner.post("/variables", json={"name": "fresh", "value": -1}).json()["id"]
    for value in range(10):
        assert owner.put(f"/variables/{variable}", json={"value": value}).status_code == 200
        assert run_workflow(owner, workflow_id)["outputs"] == {"v": value}
    owner.delete(f"/variables/{variable}")
