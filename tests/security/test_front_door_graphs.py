"""A39 through the front door: graph bombs, YAML aliases. Each is refused where it stands, soon, never with a 500."""

import time
from itertools import pairwise

import httpx
import orjson
import pytest
from tests.cost import in_time, stopwatch
from tests.security.stage import Canary, unharmed
from tests.server import Json, Server, events_of, make_workflow, run_node, run_workflow
from tests.servers.recorder import Answer

LIMIT_S = 1.0
START: Json = {"id": "start", "type": "start"}


def chain(count: int) -> Json:
    nodes = [START, *({"id": f"n{i}", "type": "set", "config": {}} for i in range(count - 1))]
    names = [node["id"] for node in nodes]
    return {"nodes": nodes, "edges": [{"source": a, "target": b} for a, b in pairwise(names)]}


def nested(depth: int) -> Json:
    nodes: list[Json] = [START]
    for level in range(depth):
        node: Json = {"id": f"l{level}", "type": "loop", "config": {"times": 1}}
        nodes.append(node | ({"parent": f"l{level - 1}"} if level else {}))
    leaf = {"id": "leaf", "type": "set", "parent": f"l{depth - 1}"}
    return {"nodes": [*nodes, leaf], "edges": [{"source": "start", "target": "l0"}]}


def edges(count: int) -> Json:
    nodes = [START, *({"id": f"n{i}", "type": "set"} for i in range(400))]
    pairs = [{"source": f"n{i // 400 % 400}", "target": f"n{i % 400}"} for i in range(count)]
    return {"nodes": nodes, "edges": pairs}


REFUSED: dict[str, tuple[Json, str]] = {
    "10,001 nodes": (chain(10_001), "/graph/nodes"),
    "100,000 edges": (edges(100_000), "/graph/edges"),
    "21 deep": (nested(22), "/graph/nodes/22/parent"),
    "twice the same id": ({"nodes": [START, START], "edges": []}, "/graph/nodes/1/id"),
    "id of 65": ({"nodes": [{"id": "a" * 65, "type": "set"}], "edges": []}, "/graph/nodes/0/id"),
    "a reserved id": ({"nodes": [{"id": "input", "type": "set"}], "edges": []}, "/graph/nodes/0/id"),
    "no list": ({"nodes": {"a": 1}, "edges": []}, "/graph/nodes"),
    "unknown field": ({"nodes": [START | {"run_as": "root"}], "edges": []}, "/graph/nodes/0/run_as"),
}
SAVED: dict[str, tuple[Json, str]] = {
    "a cycle": (
        {"nodes": [START, {"id": "a", "type": "set"}, {"id": "b", "type": "set"}],
         "edges": [{"source": "start", "target": "a"}, {"source": "a", "target": "b"}, {"source": "b", "target": "a"}]},
        "/graph/",
    ),
    "its own parent": (
        {"nodes": [START, {"id": "l", "type": "loop", "config": {"times": 1}, "parent": "l"}], "edges": []},
        "/graph/nodes/1",
    ),
    "parents in a circle": (
        {"nodes": [START, {"id": "a", "type": "loop", "config": {"times": 1}, "parent": "b"},
                   {"id": "b", "type": "loop", "config": {"times": 1}, "parent": "a"}], "edges": []},
        "/graph/nodes/",
    ),
    "an edge to itself": (
        {"nodes": [START, {"id": "a", "type": "set"}], "edges": [{"source": "a", "target": "a"}]}, "/graph/",
    ),
}  # fmt: skip


@pytest.fixture
def timed(server: Server, owner: httpx.Client) -> "Timed":
    assert server.process is not None
    return Timed(owner, server.process.pid)


class Timed:
    """Asks, and holds each answer to the time limit and to being a problem where it is one. What the machine made the
    server wait is left out; where it has more to do, the limit is twice what the largest sound graph takes then."""

    def __init__(self, client: httpx.Client, process: int) -> None:
        self.client = client
        self._process = process

    def __call__(self, method: str, path: str, body: bytes | Json, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        given = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        with stopwatch(self._process) as cost:
            answer = self.client.request(method, path, content=content, headers=given)
        if cost.seconds >= LIMIT_S:
            in_time(cost.seconds, 2 * self._largest(), path)
        assert answer.status_code < 500, answer.text[:500]
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["request_id"]
            assert len(answer.content) < 100_000
        return answer

    def _largest(self) -> float:
        body = orjson.dumps({"name": "largest", "graph": chain(10_000)})
        began = time.monotonic()
        answer = self.client.post("/workflows", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 201, answer.text[:300]
        return time.monotonic() - began


def places(answer: httpx.Response) -> list[str]:
    return [error["path"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("name", REFUSED)
def test_a39_what_is_no_graph_is_refused_at_every_door(
    server: Server, owner: httpx.Client, timed: Timed, name: str
) -> None:
    graph, pointer = REFUSED[name]
    made = owner.post("/workflows", json={"name": "kept"})
    path, revision = f"/workflows/{made.json()['id']}", made.headers["etag"]
    with unharmed(server):
        answers = [
            timed("POST", "/workflows", {"name": "bomb", "graph": graph}),
            timed("PUT", path, {"graph": graph}, If_Match=revision),
            timed("POST", "/workflows/import", {"weft": 1, "name": "bomb", "graph": graph}),
        ]
        for answer in answers:
            assert answer.status_code == 422, answer.text[:300]
            assert any(place.startswith(pointer) for place in places(answer)), places(answer)
        told = timed("POST", "/workflows/validate", {"graph": graph}).json()
    assert told["valid"] is False
    assert any(error["path"].startswith(pointer) for error in told["errors"]), told["errors"][:3]
    assert owner.get(path).json()["graph"]["nodes"] == []


@pytest.mark.parametrize("name", SAVED)
def test_a39_circles_are_saved_and_never_run(server: Server, owner: httpx.Client, timed: Timed, name: str) -> None:
    graph, pointer = SAVED[name]
    with unharmed(server):
        made = timed("POST", "/workflows", {"name": "circle", "graph": graph})
        assert made.status_code == 201, made.text
        path = f"/workflows/{made.json()['id']}"
        told = timed("POST", "/workflows/validate", {"graph": graph})
        assert (told.status_code, told.json()["valid"]) == (200, False)
        for answer in (timed("POST", f"{path}/publish", {}), timed("POST", f"{path}/runs", {"version": "draft"})):
            assert answer.status_code == 422, answer.text[:300]
            assert all(place.startswith("/graph") for place in places(answer))
            assert any(place.startswith(pointer) for place in places(answer)), places(answer)


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [" + ", ".join([f"*{a}"] * 9) + "]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
YAML = {
    "a billion laughs": LAUGHS,
    "an alias": "weft: 1\nname: x\ngraph: {nodes: &n [], edges: *n}\n",
    "an alias of itself": "weft: 1\nname: &n [*n]\n",
    "a merge": "weft: 1\nbase: &b {name: x}\n<<: *b\n",
    "a tag that makes an object": "weft: 1\nname: !!python/object/apply:os.system ['id']\n",
    "a doubled key": "weft: 1\nname: a\nname: b\n",
    "deep": "weft: 1\nname: " + "[" * 5_000 + "]" * 5_000,
    "deep blocks": "".join(" " * n + "a:\n" for n in range(2_000)),
    "two documents": "weft: 1\n---\nweft: 1\n",
    "not utf-8": b"weft: 1\nname: \xff\n",
    "a NUL": 'weft: 1\nname: "a\\0b"\ngraph: {nodes: [], edges: []}\n',
    "infinity": "weft: 1\nname: x\ngraph: {nodes: [{id: a, type: set, config: {values: {x: .inf}}}], edges: []}\n",
    "1e400": "weft: 1\nname: x\ngraph: {nodes: [{id: a, type: set, config: {values: {x: 1e400}}}], edges: []}\n",
    "a long integer": "weft: 1\nname: x\nsettings: {variables: {x: " + "9" * 100_000 + "}}\n",
    "no map": "- 1\n",
    "nothing": "",
}


@pytest.mark.parametrize("name", YAML)
def test_a39_yaml(server: Server, timed: Timed, name: str) -> None:
    text = YAML[name]
    body = text if isinstance(text, bytes) else text.encode()
    with unharmed(server):
        answer = timed("POST", "/workflows/import", body, Content_Type="application/yaml")
    assert answer.status_code in (400, 413, 422), answer.text[:300]
    if answer.status_code == 422:
        assert all(error["message"] for error in answer.json()["errors"])


def test_a39_json_bombs_at_the_graph(server: Server, timed: Timed) -> None:
    head, tail = (
        b'{"name": "x", "graph": {"nodes": [{"id": "a", "type": "set", "config": {"values": {"v": ',
        b'}}}], "edges": []}}',
    )
    bombs = [b"[" * 100_000 + b"]" * 100_000, b"1e400", b"NaN", b"-Infinity", b"9" * 100_000, b'{"a": 1, "a": 2}',
             b'"\\ud800"', b'"a\\u0000b"', b'{"a\\u0000b": 1}', b"\xff"]  # fmt: skip
    with unharmed(server):
        for bomb in bombs:
            for path, wrap in (
                ("/workflows", head + bomb + tail),
                ("/workflows/validate", head.replace(b'"name": "x", ', b"") + bomb + tail),
            ):
                answer = timed("POST", path, wrap)
                assert answer.status_code in (400, 413, 422), (bomb[:20], path, answer.text[:300])
            answer = timed("POST", "/workflows/import", head.replace(b'{"name"', b'{"weft": 1, "name"') + bomb + tail)
            assert answer.status_code in (400, 413, 422), (bomb[:20], answer.text[:300])


def test_a39_control_what_is_large_but_sound(owner: httpx.Client, timed: Timed) -> None:
    assert timed("POST", "/workflows", {"name": "deep", "graph": nested(20)}).status_code == 201
    told = timed("POST", "/workflows/validate", {"graph": nested(20)}).json()
    assert told["valid"] is True, told["errors"]
    assert owner.post("/workflows", json={"name": "long", "graph": chain(10_000)}).status_code == 201
    text = "weft: 1\nname: plain\ngraph:\n  nodes:\n    - {id: start, type: start}\n  edges: []\n"
    imported = timed("POST", "/workflows/import", text.encode(), Content_Type="application/yaml")
    assert imported.status_code == 201, imported.text
    assert run_workflow(owner, make_workflow(owner, nested(3)))["status"] == "completed"


def nest(levels: int) -> str:
    return f"(() => {{ let a = []; for (let i = 1; i < {levels}; i++) a = [a]; return a }})()"


@pytest.mark.parametrize("levels", [190, 203, 246, *range(249, 256), 1000])
def test_a39_what_a_node_gives_is_bounded_in_depth(
    server: Server, owner: httpx.Client, friend: Canary, levels: int
) -> None:
    """200 levels; beyond, the node fails. The writer of JSON ends at 254, and events and answers nest an output."""
    sound, body = levels <= 200, b"[" * levels + b"]" * levels
    url = friend.script("/deep", Answer(headers={"content-type": "application/json"}, body=body))
    refused = friend.script("/refused", Answer(500, {"content-type": "application/json"}, body))
    python = f"a = []\nfor i in range({levels - 1}):\n    a = [a]\nreturn a"
    kinds: list[tuple[str, Json, set[str]]] = [
        ("set", {"values": {"v": "{{ " + nest(levels) + " }}"}}, {"expression"}),
        ("code_javascript", {"code": f"return {nest(levels)}"}, {"code"}),
        ("code_python", {"code": python}, {"code"}),
        ("http_request", {"url": url}, {"validation"}),
        ("http_request", {"url": refused}, {"http_status"}),
        ("loop", {"times": levels, "state": {"s": "{{ 0 }}"}, "update": {"s": "[state.s]"}}, {"expression"}),
    ]
    with unharmed(server):
        for type, config, errors in kinds:
            execution = run_node(owner, type, config)
            if not sound or config.get("url") == refused:
                assert execution["status"] == "failed", type
                assert execution["error"]["type"] in errors, (type, execution["error"])
            else:
                assert execution["status"] == "completed", (type, execution["error"])
            assert owner.get(f"/executions/{execution['id']}").status_code == 200
            assert events_of(owner, execution["id"])[-1]["type"].startswith("execution.")
        preview = owner.post("/expressions/evaluate", json={"expression": nest(levels)})
        assert preview.status_code == (200 if sound else 422)
