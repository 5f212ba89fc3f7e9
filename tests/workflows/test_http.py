"""Workflows over HTTP, through the whole application: shapes, headers, the order of checks, files."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.server import Server
from tests.workflows.conftest import GRAPH

WORKFLOWS = "/workflows"


def scoped(server: Server, owner: httpx.Client, *scopes: str) -> httpx.Client:
    """A client with a key of these scopes."""
    made = owner.post("/api-keys", json={"name": "k", "scopes": list(scopes)})
    assert made.status_code == 201, made.text
    return server.client(made.json()["key"])


def make(owner: httpx.Client, **fields: Any) -> dict[str, Any]:
    answer = owner.post(WORKFLOWS, json={"name": "A", "graph": GRAPH, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_new_workflow_has_a_place_and_an_etag(owner: httpx.Client) -> None:
    answer = owner.post(WORKFLOWS, json={"name": "A", "graph": GRAPH, "tags": ["t"]})
    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1{WORKFLOWS}/{body['id']}"
    assert set(body) == {
        "id", "name", "description", "tags", "graph", "settings", "revision", "published_version", "created_at",
        "updated_at",
    }  # fmt: skip
    assert body["created_at"].endswith("Z")
    read = owner.get(f"{WORKFLOWS}/{body['id']}")
    assert (read.json(), read.headers["ETag"]) == (body, answer.headers["ETag"])


def test_the_checks_come_in_their_order(server: Server, owner: httpx.Client) -> None:
    made = make(owner)
    url, stale, bad = f"{WORKFLOWS}/{made['id']}", {"If-Match": '"77"'}, {"surprise": 1}
    with scoped(server, owner, "workflows:read") as reader:
        for method in ("PUT", "PATCH"):
            assert (reader.request(method, f"{WORKFLOWS}/{uuid4()}", json=bad)).status_code == 404
            assert (reader.request(method, url, json=bad)).status_code == 403
            assert (owner.request(method, url, json=bad)).status_code == 428
            assert (owner.request(method, url, json=bad, headers=stale)).status_code == 412
            answer = owner.request(method, url, json=bad, headers={"If-Match": '"1"'})
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["path"] == "/surprise"
        assert (reader.post(WORKFLOWS, json=bad)).status_code == 403
        assert (reader.post(f"{WORKFLOWS}/import", content=b"")).status_code == 403
        assert (reader.delete(url)).status_code == 403
        assert (reader.get(url)).status_code == 200
    assert (owner.delete(url)).status_code == 428
    assert (owner.delete(url, headers=stale)).status_code == 412
    assert (owner.get(f"{WORKFLOWS}/not-an-id")).status_code == 404


def test_put_patch_delete_restore(owner: httpx.Client) -> None:
    made = make(owner, tags=["x"])
    url = f"{WORKFLOWS}/{made['id']}"
    put = owner.put(url, json={"graph": {"nodes": [], "edges": []}}, headers={"If-Match": '"1"'})
    assert (put.status_code, put.json()["revision"], put.headers["ETag"]) == (200, 2, '"2"')
    assert (put.json()["graph"], put.json()["tags"]) == ({"nodes": [], "edges": []}, ["x"])
    patch = {"tags": None, "settings": {"durability": "sync"}}
    patched = owner.patch(url, json=patch, headers={"If-Match": '"2"'})
    assert (patched.json()["tags"], patched.json()["settings"]["durability"]) == ([], "sync")
    refused = owner.patch(url, json={"graph": GRAPH}, headers={"If-Match": '"3"'})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "/graph")
    assert (owner.patch(url, json={"name": None}, headers={"If-Match": '"3"'})).status_code == 422
    assert (owner.delete(url, headers={"If-Match": '"3"'})).status_code == 204
    for method, path in (("GET", ""), ("POST", "/publish"), ("GET", "/versions"), ("GET", "/export"), ("PUT", "")):
        assert (owner.request(method, url + path, headers={"If-Match": '"3"'})).status_code == 404
    assert (owner.post(f"{url}/restore")).json()["id"] == made["id"]
    assert (owner.get(url)).status_code == 200
    copy = owner.post(f"{url}/duplicate")
    assert (copy.status_code, copy.headers["Location"]) == (201, f"/api/v1{WORKFLOWS}/{copy.json()['id']}")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": "n" * 201}, "/name"),
        ({"name": "a\0"}, "/name"),
        ({"name": "a", "description": "d" * 10_001}, "/description"),
        ({"name": "a", "tags": ["t"] * 51}, "/tags"),
        ({"name": "a", "tags": ["t" * 101]}, "/tags/0"),
        ({"name": "a", "graph": None}, "/graph"),
        ({"name": "a", "graph": {"nodes": [{"id": "x", "type": "set", "note": "no\0"}]}}, "/graph/nodes/0/note"),
        ({"name": "a", "graph": {"nodes": [{"id": "if", "type": "set"}]}}, "/graph/nodes/0/id"),
        ({"name": "a", "settings": {"durability": 1}}, "/settings/durability"),
        *(
            ({"name": "a", field: 1}, f"/{field}")
            for field in ("id", "workspace_id", "revision", "published_version", "created_at", "role", "graph_hash")
        ),
    ],
)
def test_a_bad_body_is_refused_by_field(owner: httpx.Client, body: dict[str, Any], path: str) -> None:
    answer = owner.post(WORKFLOWS, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path)


def test_validate_answers_200_for_any_graph(owner: httpx.Client) -> None:
    for graph, valid in ((GRAPH, True), ({}, False), (None, False), ([], False), ({"nodes": [{"id": 1}]}, False)):
        answer = owner.post(f"{WORKFLOWS}/validate", json={"graph": graph})
        assert (answer.status_code, answer.json()["valid"]) == (200, valid)
        assert set(answer.json()) == {"valid", "errors", "warnings"}
        assert all(error["path"].startswith("/graph") for error in answer.json()["errors"])
    for body in ({}, [], {"graph": {}, "extra": 1}):
        assert (owner.post(f"{WORKFLOWS}/validate", json=body)).status_code == 422


def test_a_version_of_a_type_that_is_not_here_is_a_draft_and_not_published(owner: httpx.Client) -> None:
    nodes = [{**node, "type_version": 1} for node in GRAPH["nodes"]]
    nodes[1]["type_version"] = 99
    url = f"{WORKFLOWS}/{make(owner, graph={**GRAPH, 'nodes': nodes})['id']}"
    for path, body in (("publish", {}), ("runs", {"version": "draft"})):
        answer = owner.post(f"{url}/{path}", json=body)
        assert (answer.status_code, [error["path"] for error in answer.json()["errors"]]) == (
            422, ["/graph/nodes/1/type_version"],
        )  # fmt: skip


def test_publishing_versions_and_diff(owner: httpx.Client) -> None:
    made = make(owner)
    url = f"{WORKFLOWS}/{made['id']}"
    first = owner.post(f"{url}/publish", json={"note": "First"})
    assert (first.status_code, first.headers["Location"]) == (201, f"/api/v1{url}/versions/1")
    assert set(first.json()) == {
        "id", "workflow_id", "version", "note", "graph", "warnings", "created_at", "created_by",
    }  # fmt: skip
    assert (owner.post(f"{url}/publish")).json()["version"] == 2
    assert (owner.get(url)).json()["published_version"] == 2
    page = (owner.get(f"{url}/versions", params={"limit": 1})).json()
    assert [item["version"] for item in page["items"]] == [2]
    assert "graph" not in page["items"][0]
    rest = (owner.get(f"{url}/versions", params={"cursor": page["next_cursor"]})).json()
    assert ([item["version"] for item in rest["items"]], rest["next_cursor"]) == ([1], None)
    assert (owner.get(f"{url}/versions/1")).json() == first.json()
    for number in ("3", "0", "x", "99999999999"):
        missing = owner.get(f"{url}/versions/{number}")
        assert (missing.status_code, missing.json()["code"]) == (404, "version_not_found")
    diff = owner.get(f"{url}/diff", params={"from": "1", "to": "draft"})
    assert (diff.status_code, diff.json()["nodes"]["changed"]) == (200, [])
    assert (owner.get(f"{url}/diff", params={"from": "x"})).status_code == 422
    assert (owner.get(f"{url}/diff", params={"from": "9"})).json()["code"] == "version_not_found"
    owner.put(url, json={"graph": {"nodes": []}}, headers={"If-Match": '"1"'})
    refused = owner.post(f"{url}/publish")
    shown = (owner.post(f"{WORKFLOWS}/validate", json={"graph": {"nodes": []}})).json()
    assert (refused.status_code, refused.json()["errors"]) == (422, shown["errors"])


def test_lists_leave_out_graphs_and_page_by_cursor(owner: httpx.Client) -> None:
    tag = uuid4().hex
    made = [(make(owner, name=f"list {n}", tags=[tag]))["id"] for n in range(5)]
    seen, cursor = [], None
    while True:
        params = {"tag": tag, "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (owner.get(WORKFLOWS, params=params)).json()
        seen += [item["id"] for item in page["items"]]
        assert all("graph" not in item for item in page["items"])
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == made[::-1]
    first = (owner.get(WORKFLOWS, params={"tag": tag, "limit": 2})).json()["next_cursor"]
    for params in ({"cursor": first}, {"cursor": "x"}, {"limit": 0}, {"limit": 201}, {"q": "q" * 201}):
        assert (owner.get(WORKFLOWS, params=params)).status_code == 422
    assert owner.get(WORKFLOWS, params={"q": "\0"}).status_code == 400
    assert [w["name"] for w in (owner.get(WORKFLOWS, params={"q": "LIST 3", "tag": tag})).json()["items"]] == ["list 3"]


@pytest.mark.parametrize("format", ["yaml", "json"])
def test_export_and_import_update_in_place(owner: httpx.Client, format: str) -> None:
    made = make(owner, name="Round trip", tags=["t"], settings={"variables": {"a": 1}})
    url = f"{WORKFLOWS}/{made['id']}"
    exported = owner.get(f"{url}/export", params={"format": format})
    assert exported.headers["Content-Type"].startswith(f"application/{format}")
    assert f'filename="round-trip.{format}"' in exported.headers["Content-Disposition"]
    changed = exported.text.replace("Hello", "Good day")
    headers = {"Content-Type": f"application/{format}"}
    answer = owner.post(f"{WORKFLOWS}/import", content=changed, headers=headers)
    assert (answer.status_code, answer.json()["workflow"]["id"]) == (200, made["id"])
    assert answer.json()["workflow"]["revision"] == 2
    assert [line["status"] for line in answer.json()["report"]] == ["imported"] * 3
    again = owner.get(f"{url}/export", params={"format": format})
    assert again.text == changed
    same = owner.post(f"{WORKFLOWS}/import", content=changed, headers=headers)
    assert same.json()["workflow"]["revision"] == 2


def test_an_unknown_id_is_created_with_it_and_a_deleted_one_comes_back(owner: httpx.Client) -> None:
    name = "01890000-0000-7000-8000-" + uuid4().hex[:12]
    text = f"id: {name}\nname: From git\ngraph: {{nodes: [{{id: a, type: nonsense}}]}}"
    first = owner.post(f"{WORKFLOWS}/import", files={"file": ("flow.yaml", text)})
    assert (first.status_code, first.headers["Location"]) == (201, f"/api/v1{WORKFLOWS}/{name}")
    assert first.json()["workflow"]["id"] == name
    assert [line["node"] for line in first.json()["report"] if line["status"] == "error"] == [None, "a"]
    owner.delete(f"{WORKFLOWS}/{name}", headers={"If-Match": '"1"'})
    second = owner.post(f"{WORKFLOWS}/import", content=text, headers={"Content-Type": "text/plain"})
    assert (second.status_code, second.json()["workflow"]["id"]) == (200, name)
    assert (owner.get(f"{WORKFLOWS}/{name}")).status_code == 200


def test_imports_of_one_new_id_at_the_same_time_make_one_workflow(owner: httpx.Client) -> None:
    for _ in range(3):
        name = "01890000-0000-7000-8000-" + uuid4().hex[:12]
        with ThreadPoolExecutor(8) as pool:
            texts = [f"id: {name}\nname: From git {each}\ngraph: {{}}" for each in range(8)]
            answers = list(pool.map(lambda text: owner.post(f"{WORKFLOWS}/import", content=text), texts))
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert {answer.json()["workflow"]["id"] for answer in answers} == {name}


@pytest.mark.parametrize(
    ("request_parts", "status", "code"),
    [
        ({"content": b"a: *b", "headers": {"Content-Type": "application/yaml"}}, 422, "invalid"),
        ({"content": b"", "headers": {"Content-Type": "text/plain"}}, 422, "invalid"),
        ({"content": b"x", "headers": {"Content-Type": "image/png"}}, 415, "unsupported_media_type"),
        ({"content": b"{}", "params": {"format": "n8n"}, "headers": {"Content-Type": "application/json"}}, 422,
         "unsupported_format"),
        ({"content": b"kind: app\napp: {}", "headers": {"Content-Type": "application/yaml"}}, 422,
         "unsupported_format"),
        ({"content": b"{}", "params": {"format": "doc"}, "headers": {"Content-Type": "application/json"}}, 422,
         "invalid"),
        ({"content": json.dumps({"files": {"x": {"filepath": "/etc/passwd"}}}),
          "headers": {"Content-Type": "application/json"}}, 422, "invalid"),
        ({"files": {"other": ("flow.yaml", "graph: {}")}}, 422, "invalid"),
        ({"data": {"file": "graph: {}"}, "files": {"x": ("a", b"")}}, 422, "invalid"),
        ({"files": [("file", (str(n), b"graph: {}")) for n in range(50)]}, 400, "malformed"),
    ],
)  # fmt: skip
def test_what_is_no_workflow_file_is_refused(
    owner: httpx.Client, request_parts: dict[str, Any], status: int, code: str
) -> None:
    answer = owner.post(f"{WORKFLOWS}/import", **request_parts)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
