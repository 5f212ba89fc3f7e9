"""A20: looking is not running. Graphs full of what would call the canary are saved, checked, published, shown,
exported, imported and compared, and it stays silent."""

from itertools import pairwise

import httpx
import orjson
from tests.security.stage import Canary, unharmed
from tests.server import Json, Server, run_node


def armed(url: str) -> Json:
    """A valid graph whose every field would call `url`, were it run."""
    call = f"{{{{ fetch('{url}/template') }}}}"
    expression = f"fetch('{url}/expression')"
    script = f"return fetch('{url}/code')"
    python = f"import urllib.request\nreturn urllib.request.urlopen('{url}/python').read()"
    http = {"url": f"{url}/http", "headers": {"X-A": call}, "query": {"q": call}, "body": call}
    nodes: list[Json] = [
        {"id": "start", "type": "start", "config": {"inputs_schema": {"type": "object", "description": call}}},
        {"id": "set", "type": "set", "config": {"values": {"a": call, "b": [call, {call: call}]}}},
        {"id": "text", "type": "template", "config": {"template": f"x {call}"}},
        {"id": "change", "type": "transform", "config": {"expression": expression}},
        {"id": "choose", "type": "condition", "config": {"expression": expression}},
        {"id": "sift", "type": "filter", "config": {"items": call, "where": expression}},
        {"id": "script", "type": "code_javascript", "config": {"code": script, "inputs": {"a": call}}},
        {"id": "python", "type": "code_python", "config": {"code": python, "inputs": {"a": call}}},
        {"id": "request", "type": "http_request", "config": http},
        {"id": "ask", "type": "llm", "config": {"model": "openai/x", "prompt": call, "images": [f"{url}/image.png"]}},
        {"id": "rounds", "type": "loop", "config": {"over": call, "break_if": expression}},
        {"id": "inside", "type": "set", "parent": "rounds", "config": {"values": {"a": call}}},
        {"id": "end", "type": "end", "config": {"outputs": {"a": call}}},
    ]
    order = [node["id"] for node in nodes if "parent" not in node]
    edges = [{"source": a, "target": b} for a, b in pairwise(order)]
    for edge in edges:
        if edge["source"] == "choose":
            edge["source_port"] = "true"
    for node in nodes:
        node["name"], node["note"] = call[:200], call
    return {"nodes": nodes, "edges": edges}


def look(owner: httpx.Client, graph: Json) -> list[int]:
    """Everything that may be done with a graph but running it; the status of each."""
    seen = []

    def ask(method: str, path: str, **options: object) -> httpx.Response:
        answer = owner.request(method, path, **options)  # type: ignore[arg-type]
        seen.append(answer.status_code)
        assert answer.status_code < 500, answer.text
        return answer

    ask("POST", "/workflows/validate", json={"graph": graph})
    body = {"name": "{{ fetch() }}", "description": str(graph["nodes"][1]), "tags": ["{{ 1 }}"], "graph": graph}
    made = ask("POST", "/workflows", json=body)
    path = f"/workflows/{made.json()['id']}"
    ask("PUT", path, json={"graph": graph}, headers={"If-Match": made.headers["etag"]})
    published = ask("POST", f"{path}/publish", json={"note": "{{ fetch() }}"})
    assert published.status_code == 201, published.text
    ask("GET", path)
    ask("GET", f"{path}/versions/1")
    ask("GET", f"{path}/diff?from=1&to=draft")
    ask("POST", f"{path}/duplicate")
    for format in ("yaml", "json"):
        text = ask("GET", f"{path}/export?format={format}").content
        ask("POST", "/workflows/import", content=text, headers={"Content-Type": f"application/{format}"})
    ask("POST", "/workflows/import", content=orjson.dumps(graph), headers={"Content-Type": "application/json"})
    ask("GET", "/workflows?q=fetch")
    ask("GET", "/node-types")
    ask("GET", "/audit")
    return seen


def test_a20_the_canary_hears_nothing(server: Server, owner: httpx.Client, friend: Canary) -> None:
    """`friend` may be reached: silence is not the guard's doing."""
    before = len(friend.hits)
    with unharmed(server):
        seen = look(owner, armed(friend.url))
    assert set(seen) == {200, 201}, seen
    assert friend.hits[before:] == []


def test_a20_control_running_reaches_it(owner: httpx.Client, friend: Canary) -> None:
    before = len(friend.hits)
    execution = run_node(owner, "http_request", {"url": f"{friend.url}/http"})
    assert execution["status"] == "completed", execution
    assert friend.hits[before:] == ["GET /http"]


def test_a20_a_key_that_reads_does_not_try_credentials(server: Server, owner: httpx.Client, friend: Canary) -> None:
    data = {"base_url": f"{friend.url}/v1", "api_key": "SEKRET-a20"}
    credential = owner.post("/credentials", json={"name": "c", "type": "openai_compatible", "data": data}).json()["id"]
    scopes = ["workflows:read", "executions:read", "agents:read", "knowledge:read"]
    key = owner.post("/api-keys", json={"name": "viewer", "scopes": scopes}).json()["key"]
    before = len(friend.hits)
    with server.client(key) as viewer:
        assert viewer.post(f"/credentials/{credential}/test").status_code == 403
    assert friend.hits[before:] == []
    assert owner.post(f"/credentials/{credential}/test").status_code == 200
    assert friend.hits[before:] == ["GET /v1/models"]
