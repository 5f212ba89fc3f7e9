"""A18, A54 through the front door: what a `set` node's expression reaches and costs on a whole server."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
from tests.sandbox.test_escapes import BODIES, FUNCTIONS, SPELLINGS
from tests.sandbox.test_limits import A54
from tests.security.stage import Canary, patience, unharmed
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
ESCAPES = sorted({*SPELLINGS[::3], *(spelling.format(BODIES[1]) for spelling in FUNCTIONS[1::3])})
KINDS = {"timeout", "memory", "expression"}


def evaluated(owner: httpx.Client, expression: str) -> Json:
    return run_node(owner, "set", {"values": {"v": "{{ (" + expression + ") }}"}})


def test_a18_escapes_reach_nothing(server: Server, owner: httpx.Client, canary: Canary) -> None:
    """Each ends as nothing, a harmless object or fails(expression), whatever it is spelled like."""
    expressions = ESCAPES + [each.format(url=canary.url) for each in REACHING]
    with unharmed(server):
        for expression in expressions:
            text = "{{ " + expression + " }}"
            answer = owner.post("/workflows", json={"name": "a18", "graph": set_graph(text)})
            assert answer.status_code == 201, (expression, answer.text)
            run = owner.post(f"/workflows/{answer.json()['id']}/runs", json={"mode": "wait", "version": "draft"})
            shown = run.text
            assert "root:" not in shown, expression
            assert "SEKRET" not in shown, expression
            if run.status_code == 422:
                assert run.json()["code"] == "invalid_graph", (expression, shown)
                continue
            execution = run.json()["execution"]
            if execution["status"] == "failed":
                assert execution["error"]["type"] == "expression", (expression, execution["error"])
            else:
                assert execution["outputs"]["v"] in (None, {}), (expression, execution["outputs"])
        assert evaluated(owner, "'con' + 'trol'")["outputs"]["value"] == {"v": "control"}
    assert canary.hits == []


def set_graph(text: str) -> Json:
    return {
        "nodes": [{"id": "start", "type": "start"}, {"id": "n", "type": "set", "config": {"values": {"v": text}}},
                  {"id": "end", "type": "end", "config": {"outputs": {"v": "{{ n.v }}"}}}],
        "edges": [{"source": "start", "target": "n"}, {"source": "n", "target": "end"}],
    }  # fmt: skip


def test_a54_each_fails_in_time_and_the_next_one_works(server: Server, owner: httpx.Client) -> None:
    with unharmed(server):
        for expression in A54:
            began = time.monotonic()
            execution = evaluated(owner, expression)
            took = time.monotonic() - began
            assert execution["status"] == "failed", expression
            assert execution["error"]["type"] in KINDS, (expression, execution["error"])
            assert took < 1.25 * patience() + 0.5, (expression, took)
        assert evaluated(owner, "6 * 7")["outputs"]["value"] == {"v": 42}


def test_a54_many_at_once(server: Server, owner: httpx.Client) -> None:
    """Sixty at once; an honest run beside them ends, and the server is what it was."""
    flow = {text: make_workflow(owner, set_graph("{{ (" + text + ") }}")) for text in A54[::2]}
    honest = make_workflow(owner, set_graph("{{ input.a.map(x => x * 2) }}"))
    with unharmed(server), ThreadPoolExecutor(16) as pool:
        bad = [pool.submit(run_workflow, owner, each) for _ in range(4) for each in flow.values()]
        good = [pool.submit(run_workflow, owner, honest, inputs={"a": [1, n]}) for n in range(10)]
        assert {each.result()["error"]["type"] for each in bad} <= KINDS
        assert [each.result()["outputs"] for each in good] == [{"v": [2, 2 * n]} for n in range(10)]
