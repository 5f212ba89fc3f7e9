"""A18, A54 through the front door: what a `set` node's expression reaches and costs on a whole server."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
from tests.cost import in_time
from tests.sandbox.test_escapes import SPELLINGS
from tests.sandbox.test_limits import A54
from tests.security.stage import Canary, duration_s, unharmed
from tests.server import Json, Server, make_workflow, run_node, run_workflow

REACHING = [
    "fetch('{url}')",
    "new XMLHttpRequest().open('GET', '{url}')",
    "import('{url}/x.js')",
    "(() => {{}}).constructor('return fetch(\"{url}\")')()",
    "std.loadFile('{url}')",
    "require('http').get('{url}')",
    "new WebSocket('{url}')",
    "os.exec(['curl', '{url}'])",
]
KINDS = {"timeout", "memory", "expression"}
AT_ONCE = 200


def evaluated(owner: httpx.Client, expression: str) -> Json:
    return run_node(owner, "set", {"values": {"v": "{{ (" + expression + ") }}"}})


def test_a18_escapes_reach_nothing(server: Server, owner: httpx.Client, canary: Canary) -> None:
    """Each ends as nothing, a harmless object or fails(expression), whatever it is spelled like."""
    expressions = SPELLINGS + [each.format(url=canary.url) for each in REACHING] + ["'con' + 'trol'"]
    nodes = {f"n{index}": "{{ " + text + " }}" for index, text in enumerate(expressions)}
    with unharmed(server):
        told = owner.post("/workflows/validate", json={"graph": side_by_side(nodes)}).json()
        refused = {error["node"] for error in told["errors"]}
        tried = {name: text for name, text in nodes.items() if name not in refused}
        assert len(tried) > 60, "most of them are sound, and run"
        execution = run_workflow(owner, make_workflow(owner, side_by_side(tried)))
    shown = json.dumps(told) + json.dumps(execution)
    assert "root:" not in shown
    assert "SEKRET" not in shown
    ended = {node["node"]: node for node in execution["nodes"]}
    assert ended.pop("start")["status"] == "completed"
    assert ended.keys() == tried.keys()
    assert ended.pop(list(nodes)[-1])["output"] == {"v": "control"}
    for name, node in ended.items():
        if node["status"] == "failed":
            assert node["error"]["type"] == "expression", (nodes[name], node["error"])
        else:
            assert node["output"] in ({"v": None}, {"v": {}}), (nodes[name], node["output"])
    assert canary.hits == []


def side_by_side(values: dict[str, str]) -> Json:
    """A `set` node for each of `values`; the run goes on where one fails."""
    nodes: list[Json] = [
        {"id": name, "type": "set", "config": {"values": {"v": text}}, "policy": {"on_error": "continue"}}
        for name, text in values.items()
    ]
    edges = [{"source": "start", "target": name} for name in values]
    return {"nodes": [{"id": "start", "type": "start"}, *nodes], "edges": edges}


def set_graph(text: str) -> Json:
    return {
        "nodes": [{"id": "start", "type": "start"}, {"id": "n", "type": "set", "config": {"values": {"v": text}}},
                  {"id": "end", "type": "end", "config": {"outputs": {"v": "{{ n.v }}"}}}],
        "edges": [{"source": "start", "target": "n"}, {"source": "n", "target": "end"}],
    }  # fmt: skip


def test_a54_each_fails_in_time_and_the_next_one_works(server: Server, owner: httpx.Client) -> None:
    """Within 1 s of its dispatch, and the kill: by what it takes above an honest one of that moment."""
    with unharmed(server):
        for expression in A54:
            honest = evaluated(owner, "6 * 7")
            assert honest["outputs"]["value"] == {"v": 42}
            execution = evaluated(owner, expression)
            assert execution["status"] == "failed", expression
            assert execution["error"]["type"] in KINDS, (expression, execution["error"])
            took = duration_s(execution, "n") - duration_s(honest, "n")
            in_time(took, 1.25, expression)
        assert evaluated(owner, "6 * 7")["outputs"]["value"] == {"v": 42}


def test_a54_two_hundred_at_once(server: Server) -> None:
    """An honest run beside them ends, and the server is what it was."""
    with server.owner() as owner:
        flows = [make_workflow(owner, set_graph("{{ (" + text + ") }}")) for text in A54]
        honest = make_workflow(owner, set_graph("{{ input.a.map(x => x * 2) }}"))
    everyone = httpx.Limits(max_connections=2 * AT_ONCE)
    with (
        unharmed(server),
        server.client(server.token, limits=everyone) as client,
        ThreadPoolExecutor(AT_ONCE + 10) as pool,
    ):
        client.timeout = httpx.Timeout(120)
        began = threading.Barrier(AT_ONCE + 10)

        def run(workflow: str, **body: object) -> Json:
            began.wait(60)
            return run_workflow(client, workflow, **body)

        bad = [pool.submit(run, flows[index % len(flows)]) for index in range(AT_ONCE)]
        good = [pool.submit(run, honest, inputs={"a": [1, n]}) for n in range(10)]
        ended = [each.result()["error"]["type"] for each in bad]
        assert len(ended) == AT_ONCE
        assert set(ended) == KINDS
        assert [each.result()["outputs"] for each in good] == [{"v": [2, 2 * n]} for n in range(10)]
