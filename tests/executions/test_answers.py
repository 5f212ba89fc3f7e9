"""What answers tell of runs, of one node alone and of previews; what is removed; which rights it takes."""

from typing import Any

import httpx

from tests.server import Server, events_of, make_workflow, run_workflow, wait_for_end

DOUBLE = {
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "double", "type": "set", "config": {"values": {"x": "{{ input.n * 2 }}"}}},
    ],
    "edges": [{"source": "start", "target": "double"}],
}
DELAYED = {
    "nodes": [{"id": "start", "type": "start"}, {"id": "pause", "type": "delay", "config": {"seconds": 3600}}],
    "edges": [{"source": "start", "target": "pause"}],
}
WAITS_INSIDE = {
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "l", "type": "loop", "config": {"times": 2, "parallelism": 2}},
        {"id": "p", "type": "parallel", "parent": "l"},
        {"id": "a", "type": "set", "parent": "p"},
        {"id": "pause", "type": "delay", "config": {"seconds": 3600}, "parent": "p"},
        {"id": "q", "type": "parallel"},
        {"id": "b", "type": "set", "parent": "q"},
        {"id": "c", "type": "set", "parent": "q"},
    ],
    "edges": [{"source": "start", "target": "q"}, {"source": "q", "target": "l"}],
}


def test_what_is_waited_for_inside_containers_is_told_by_the_run_and_the_list(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, WAITS_INSIDE)
    execution = run_workflow(owner, workflow)
    assert execution["status"] == "waiting"
    assert sorted((wait["path"], wait["kind"]) for wait in execution["waiting_for"]) == [
        ("l[0].p.pause", "timer"),
        ("l[1].p.pause", "timer"),
    ]
    assert all(wait["until"].endswith("Z") for wait in execution["waiting_for"])
    (listed,) = owner.get("/executions", params={"workflow_id": workflow}).json()["items"]
    assert listed == {key: execution[key] for key in set(execution) - {"inputs", "outputs", "nodes", "graph_hash"}}
    owner.post(f"/executions/{execution['id']}/cancel")
    assert wait_for_end(owner, execution["id"])["waiting_for"] == []


def test_a_list_shows_twenty_waits_of_a_run(owner: httpx.Client) -> None:
    nodes = [
        {"id": "start", "type": "start"},
        {"id": "l", "type": "loop", "config": {"times": 30, "parallelism": 30}},
        {"id": "pause", "type": "delay", "config": {"seconds": 3600}, "parent": "l"},
    ]
    graph = {"nodes": nodes, "edges": [{"source": "start", "target": "l"}]}
    execution = run_workflow(owner, workflow := make_workflow(owner, graph))
    assert len(execution["waiting_for"]) == 30
    (listed,) = owner.get("/executions", params={"workflow_id": workflow}).json()["items"]
    assert listed["waiting_for"] == execution["waiting_for"][:20]
    owner.post(f"/executions/{execution['id']}/cancel")


def test_a_parallel_counts_its_children_as_they_end(owner: httpx.Client) -> None:
    execution = run_workflow(owner, make_workflow(owner, WAITS_INSIDE))
    progress = {node["path"]: node["progress"] for node in execution["nodes"]}
    assert progress == {"start": None, "q": {"done": 2, "total": 2}, "l": {"done": 0, "total": 2}}
    inside = owner.get(f"/executions/{execution['id']}/nodes", params={"under": "l"}).json()["items"]
    progress = {node["path"]: node["progress"] for node in inside if node["type"] == "parallel"}
    assert progress == {path: {"done": 1, "total": 2} for path in ("l[0].p", "l[1].p")}
    owner.post(f"/executions/{execution['id']}/cancel")


def test_an_ended_run_is_removed_with_all_that_is_kept_of_it(owner: httpx.Client, server: Server) -> None:
    workflow = make_workflow(owner, DELAYED)
    call = {"json": {"mode": "wait"}, "headers": {"Idempotency-Key": f"gone-{workflow}"}}
    execution = owner.post(f"/workflows/{workflow}/runs", **call).json()["execution"]
    live = owner.delete(f"/executions/{execution['id']}")
    assert (live.status_code, live.json()["code"]) == (409, "not_ended")
    owner.post(f"/executions/{execution['id']}/cancel")
    wait_for_end(owner, execution["id"])
    key = owner.post("/api-keys", json={"name": "reader", "scopes": ["executions:read"]}).json()["key"]
    with server.client(key) as reader:
        assert reader.delete(f"/executions/{execution['id']}").status_code == 403
    assert owner.delete(f"/executions/{execution['id']}").status_code == 204
    for path in ("", "/events", "/nodes?under=l", "/graph"):
        assert owner.get(f"/executions/{execution['id']}{path}").status_code == 404
    assert owner.delete(f"/executions/{execution['id']}").status_code == 404
    assert owner.get("/executions", params={"workflow_id": workflow}).json()["items"] == []
    again = owner.post(f"/workflows/{workflow}/runs", **call).json()["execution"]
    assert again["id"] != execution["id"]
    owner.post(f"/executions/{again['id']}/cancel")


HANDLED = {
    "nodes": [
        {"id": "start", "type": "start", "config": {"inputs_schema": {"properties": {"city": {"default": "Rome"}}}}},
        {"id": "try_it", "type": "transform", "config": {"expression": "null.x"}},
        {"id": "handler", "type": "set",
         "config": {"values": {"told": "{{ error.message }}", "in": "{{ input.city }}"}}},
        {"id": "l", "type": "loop", "config": {"over": "{{ [5] }}"}},
        {"id": "each", "type": "set", "parent": "l",
         "config": {"values": {"x": "{{ item * 2 }}", "same": "{{ l.item }}"}}},
    ],
    "edges": [
        {"source": "start", "target": "try_it"}, {"source": "try_it", "source_port": "error", "target": "handler"},
        {"source": "start", "target": "l"},
    ],
}  # fmt: skip


def test_a_node_alone_sees_what_it_would_see_in_its_place(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, HANDLED, publish=False)

    def output(node: str, **body: Any) -> Any:
        answer = owner.post(f"/workflows/{workflow}/nodes/{node}/run", json=body)
        return {each["path"]: each["output"] for each in answer.json()["execution"]["nodes"]}[node]

    upstream = {"try_it": {"error": {"message": "lost"}}}
    assert output("handler", upstream=upstream) == {"told": "lost", "in": "Rome"}
    assert output("handler", upstream=upstream, inputs={"city": "Pisa"}) == {"told": "lost", "in": "Pisa"}
    assert output("each", upstream={"l": {"item": 21, "index": 0}}) == {"x": 42, "same": 21}


def test_a_preview_sees_the_error_that_the_node_handled(owner: httpx.Client) -> None:
    execution = run_workflow(owner, make_workflow(owner, HANDLED))
    place = {"execution": execution["id"], "node": "handler"}
    told = owner.post("/expressions/evaluate", json={"expression": "error.type", **place})
    assert told.json() == {"value": "expression", "undefined": False}
    elsewhere = owner.post("/expressions/evaluate", json={"expression": "error.type", **place, "node": "l"})
    assert elsewhere.status_code == 422


def test_a_retry_of_one_node_runs_on_the_outputs_it_was_given(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, HANDLED, publish=False)
    upstream = {"try_it": {"error": None}}
    answer = owner.post(f"/workflows/{workflow}/nodes/handler/run", json={"upstream": upstream})
    first = answer.json()["execution"]
    assert first["status"] == "failed"
    retried = owner.post(f"/executions/{first['id']}/retry").json()["execution"]
    assert wait_for_end(owner, retried["id"])["error"]["message"] == first["error"]["message"]


def test_pinned_outputs_need_the_right_to_edit_whichever_version_runs(owner: httpx.Client, server: Server) -> None:
    workflow = make_workflow(owner, DOUBLE)
    key = owner.post("/api-keys", json={"name": "runner", "scopes": ["workflows:run"]}).json()["key"]
    with server.client(key) as runner:
        for version in ({}, {"version": 1}, {"version": "latest"}, {"version": "draft"}):
            body = {"pinned": {"double": {"x": 1}}, **version}
            assert runner.post(f"/workflows/{workflow}/runs", json=body).status_code == 403
    refused = owner.post(f"/workflows/{workflow}/runs", json={"pinned": {"double": {"x": 1}}})
    assert refused.json()["errors"][0]["path"] == "/pinned"


UNDONE = {
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "book", "type": "set"},
        {"id": "unbook", "type": "set"},
        {"id": "fails", "type": "transform", "config": {"expression": "null.x"}},
    ],
    "edges": [
        {"source": "start", "target": "book"}, {"source": "book", "source_port": "compensate", "target": "unbook"},
        {"source": "book", "target": "fails"},
    ],
}  # fmt: skip


def test_a_retry_takes_over_nothing_that_undid(owner: httpx.Client) -> None:
    first = run_workflow(owner, make_workflow(owner, UNDONE))
    assert {node["path"]: node["status"] for node in first["nodes"]}["unbook"] == "completed"
    retried = owner.post(f"/executions/{first['id']}/retry").json()["execution"]
    assert wait_for_end(owner, retried["id"])["compensation"] == "done"
    told = [(event["type"], event.get("path")) for event in events_of(owner, retried["id"])]
    assert [kind for kind, path in told if path == "unbook"] == ["compensation.started", "compensation.completed"]
    assert ("node.completed", "book") in told


def test_what_undid_inside_a_container_is_listed_there(owner: httpx.Client) -> None:
    nodes = [
        {"id": "start", "type": "start"},
        {"id": "l", "type": "loop", "config": {"times": 2}},
        {"id": "book", "type": "set", "parent": "l"},
        {"id": "unbook", "type": "set", "parent": "l", "config": {"values": {"undid": "{{ index }}"}}},
        {"id": "halt", "type": "stop", "config": {"message": "no"}},
    ]
    undoes = {"source": "book", "source_port": "compensate", "target": "unbook"}
    edges = [{"source": "start", "target": "l"}, undoes, {"source": "l", "target": "halt"}]
    execution = run_workflow(owner, make_workflow(owner, {"nodes": nodes, "edges": edges}))
    assert execution["compensation"] == "done"
    inside = owner.get(f"/executions/{execution['id']}/nodes", params={"under": "l"}).json()["items"]
    assert [(node["path"], node["status"]) for node in inside] == [
        (path, "completed") for path in ("l[0].book", "l[1].book", "l[1].unbook", "l[0].unbook")
    ]
    assert [node["output"] for node in inside[2:]] == [{"undid": 1}, {"undid": 0}]


def test_a_node_alone_answers_for_itself_and_not_for_its_edges(owner: httpx.Client) -> None:
    graph = {
        "nodes": [
            {"id": "start", "type": "start"},
            {"id": "a", "type": "set", "config": {"values": {"x": 1}}, "policy": {"on_error": "branch"}},
            {"id": "b", "type": "set", "config": {"values": {"x": 2}}, "policy": {"on_error": "continue"}},
            {"id": "l", "type": "loop", "config": {"times": 1}},
            {"id": "c", "type": "set", "parent": "l"},
            {"id": "d", "type": "set", "parent": "l"},
        ],
        "edges": [
            {"source": "start", "target": "a"}, {"source": "a", "target": "b"}, {"source": "b", "target": "a"},
            {"source": "a", "target": "nowhere"}, {"source": "b", "source_port": "error", "target": "c"},
            {"source": "c", "target": "d"}, {"source": "d", "target": "c"},
        ],
    }  # fmt: skip
    workflow = make_workflow(owner, graph, publish=False)
    for node, x in (("a", 1), ("b", 2)):
        answer = owner.post(f"/workflows/{workflow}/nodes/{node}/run")
        assert answer.status_code == 200, answer.text
        assert answer.json()["execution"]["outputs"] == {node: {"x": x}}
    refused = owner.post(f"/workflows/{workflow}/nodes/l/run")
    assert [error["code"] for error in refused.json()["errors"]] == ["cycle"]
