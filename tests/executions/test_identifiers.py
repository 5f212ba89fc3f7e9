"""Ids in any script, through the front door: expressions, paths, events, streams, addresses, export."""

import json
import unicodedata
from typing import Any
from urllib.parse import quote

import httpx

from tests.executions.test_running import sse
from tests.server import events_of, make_workflow, run_workflow

GRAPH = {
    "nodes": [
        {"id": "старт", "type": "start"},
        {"id": "schleife_ä", "type": "loop",
         "config": {"over": "{{ input.größen }}", "state": {"сумма": 0}, "result": "größe.wert",
                    "update": {"сумма": "state.сумма + größe.wert"}}},
        {"id": "größe", "type": "set", "parent": "schleife_ä",
         "config": {"values": {"wert": "{{ item * vars.faktor_é }}"}}},
        {"id": "schleife_Ä", "type": "loop", "config": {"times": 1}},
        {"id": "می\u200cخ", "type": "set", "parent": "schleife_Ä",
         "config": {"values": {"x": "{{ schleife_ä.state.сумма }} {{ schleife_ä.results[1] }}"}}},
        {"id": "大小", "type": "template", "config": {"template": "{{ schleife_Ä.results[0].x.length + 1 }}"}},
        {"id": "end", "type": "end",
         "config": {"outputs": {"größe": "{{ schleife_ä.results }}", "n": "{{ 大小.text }}"}}},
    ],
    "edges": [
        {"source": "старт", "target": "schleife_ä"}, {"source": "schleife_ä", "target": "schleife_Ä"},
        {"source": "schleife_Ä", "target": "大小"}, {"source": "大小", "target": "end"},
    ],
}  # fmt: skip
SETTINGS = {"variables": {"faktor_é": 2}}


def paths(items: Any) -> list[str]:
    return [item["path"] for item in items]


def test_a_run_with_ids_in_every_script(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, GRAPH, settings=SETTINGS)
    execution = run_workflow(owner, workflow, inputs={"größen": [1, 2]})
    assert execution["outputs"] == {"größe": [2, 4], "n": "4"}, execution["error"]
    events = events_of(owner, execution["id"])
    assert {"schleife_ä[0].größe", "schleife_ä[1].größe", "schleife_Ä[0].می\u200cخ"} <= {e.get("path") for e in events}
    for container, inside in (
        ("schleife_ä", ["schleife_ä[0].größe", "schleife_ä[1].größe"]), ("schleife_Ä", ["schleife_Ä[0].می\u200cخ"]),
    ):  # fmt: skip
        found = owner.get(f"/executions/{execution['id']}/nodes", params={"under": container})
        assert paths(found.json()["items"]) == inside
    with owner.stream(
        "GET", f"/executions/{execution['id']}/events", headers={"Accept": "text/event-stream"}
    ) as answer:
        text = answer.read().decode()
    told = [json.loads(line.removeprefix("data: ")) for line in text.split("\n") if line.startswith("data: ")]
    assert [each.get("path") for each in told] == [event.get("path") for event in events]
    assert len(sse(text.split("\n"))) == len(events)


def test_containers_that_differ_only_in_case(owner: httpx.Client) -> None:
    graph = {
        "nodes": [
            {"id": "s", "type": "start"}, {"id": "l", "type": "loop", "config": {"times": 1}},
            {"id": "L", "type": "loop", "config": {"times": 1}}, {"id": "a", "type": "set", "parent": "l"},
            {"id": "b", "type": "set", "parent": "L"},
        ],
        "edges": [{"source": "s", "target": "l"}, {"source": "l", "target": "L"}],
    }  # fmt: skip
    execution = run_workflow(owner, make_workflow(owner, graph))
    found = owner.get(f"/executions/{execution['id']}/nodes", params={"under": "l"}).json()["items"]
    assert paths(found) == ["l[0].a"]


def test_one_node_runs_by_its_address(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, GRAPH, settings=SETTINGS)
    body = {"upstream": {"schleife_Ä": {"results": [{"x": "123"}]}}}
    answer = owner.post(f"/workflows/{workflow}/nodes/{quote('大小')}/run", json=body)
    assert answer.status_code == 200, answer.text
    nodes = {node["node"]: node for node in answer.json()["execution"]["nodes"]}
    assert nodes["大小"]["output"] == {"text": "4"}
    answer = owner.post(f"/workflows/{workflow}/nodes/{quote('大')}/run", json={})
    assert answer.status_code in (404, 422)


def test_export_and_import_keep_every_byte(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, GRAPH, settings=SETTINGS, publish=False)
    for form in ("yaml", "json"):
        text = owner.get(f"/workflows/{workflow}/export", params={"format": form}).content
        assert "größe".encode() in text
        imported = owner.post("/workflows/import", content=text, headers={"Content-Type": f"application/{form}"})
        assert imported.status_code in (200, 201), imported.text
        assert owner.get(f"/workflows/{workflow}/export", params={"format": form}).content == text


def test_an_id_in_another_normal_form_is_refused_with_the_right_one(owner: httpx.Client) -> None:
    spelled = unicodedata.normalize("NFD", "größe")
    answer = owner.post("/workflows", json={"name": "x", "graph": {"nodes": [{"id": spelled, "type": "start"}]}})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["path"], error["code"]) == (422, "/graph/nodes/0/id", "illegal_id")
    assert (error["node"], error["suggestion"]) == (spelled, "größe")
