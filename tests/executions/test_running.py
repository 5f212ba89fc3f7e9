"""Runs through the front door: modes, events, streams, idempotency, cancel, retry."""

from typing import Any

import httpx

from tests.server import Server, events_of, make_workflow, run_workflow, wait_for_end

DOUBLE = {
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "double", "type": "set", "config": {"values": {"x": "{{ input.n * 2 }}"}}},
        {"id": "end", "type": "end", "config": {"outputs": {"r": "{{ double.x }}"}}},
    ],
    "edges": [{"source": "start", "target": "double"}, {"source": "double", "target": "end"}],
}
WAITING = {
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "pause", "type": "delay", "config": {"seconds": "{{ input.seconds }}"}},
        {"id": "end", "type": "end", "config": {"outputs": {"at": "{{ pause.resumed_at }}"}}},
    ],
    "edges": [{"source": "start", "target": "pause"}, {"source": "pause", "target": "end"}],
}


def sse(lines: Any) -> list[tuple[int | None, str]]:
    """(id, event) of each frame."""
    frames, current = [], {}
    for line in lines:
        if line == "":
            if "event" in current:
                frames.append((int(current["id"]) if "id" in current else None, current["event"]))
            current = {}
        elif not line.startswith(":"):
            key, _, value = line.partition(": ")
            current[key] = value
    return frames


def test_a_waited_run_gives_its_outputs(owner: httpx.Client) -> None:
    execution = run_workflow(owner, make_workflow(owner, DOUBLE), inputs={"n": 21})
    assert execution["status"] == "completed"
    assert execution["outputs"] == {"r": 42}
    assert [node["status"] for node in execution["nodes"]] == ["completed"] * 3


def test_a_background_run_answers_before_its_end(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, DOUBLE)
    answer = owner.post(f"/workflows/{workflow}/runs", json={"inputs": {"n": 1}})
    assert answer.status_code == 202
    execution = answer.json()["execution"]
    assert answer.headers["location"] == f"/api/v1/executions/{execution['id']}"
    assert wait_for_end(owner, execution["id"])["outputs"] == {"r": 2}


def test_a_stream_has_every_event_once_and_goes_on_where_it_was_cut(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, DOUBLE)
    with owner.stream("POST", f"/workflows/{workflow}/runs", json={"inputs": {"n": 1}, "mode": "stream"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        frames = sse(answer.iter_lines())
        execution_id = answer.headers["location"].rpartition("/")[2]
    assert [number for number, _ in frames] == list(range(1, len(frames) + 1))
    assert frames[0][1] == "execution.created"
    assert frames[-1][1] == "execution.completed"
    headers = {"Accept": "text/event-stream", "Last-Event-ID": "3"}
    with owner.stream("GET", f"/executions/{execution_id}/events", headers=headers) as answer:
        assert sse(answer.iter_lines()) == frames[3:]
    assert [event["sequence"] for event in events_of(owner, execution_id)] == [number for number, _ in frames]


def test_a_wrong_last_event_id_is_malformed(owner: httpx.Client) -> None:
    execution = run_workflow(owner, make_workflow(owner, DOUBLE), inputs={"n": 1})
    for bad in ("x", "-1", "1.5", "١"):
        answer = owner.get(f"/executions/{execution['id']}/events", params={"after": bad})
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_one_idempotency_key_makes_one_execution(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, DOUBLE)
    path, headers = f"/workflows/{workflow}/runs", {"Idempotency-Key": "once"}
    first = owner.post(path, json={"inputs": {"n": 1}, "mode": "wait"}, headers=headers).json()["execution"]
    again = owner.post(path, json={"inputs": {"n": 1}}, headers=headers)
    assert again.json()["execution"]["id"] == first["id"]
    other = owner.post(path, json={"inputs": {"n": 2}}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


def test_a_waiting_run_holds_a_row_and_is_cancelled(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, WAITING)
    execution = run_workflow(owner, workflow, inputs={"seconds": 3600})
    assert execution["status"] == "waiting"
    assert execution["waiting_for"][0]["path"] == "pause"
    answer = owner.post(f"/executions/{execution['id']}/cancel")
    assert answer.status_code == 202
    ended = wait_for_end(owner, execution["id"])
    assert ended["status"] == "cancelled"
    types = [event["type"] for event in events_of(owner, execution["id"])]
    assert types[-3:] == ["execution.cancel_requested", "node.cancelled", "execution.cancelled"]
    assert owner.post(f"/executions/{execution['id']}/cancel").status_code == 409


def test_a_suspended_delay_goes_on_when_it_is_due(owner: httpx.Client) -> None:
    execution = run_workflow(owner, make_workflow(owner, WAITING), inputs={"seconds": 6})
    assert execution["status"] == "waiting"
    ended = wait_for_end(owner, execution["id"], 20)
    assert ended["status"] == "completed"
    types = [event["type"] for event in events_of(owner, execution["id"])]
    assert types.count("execution.waiting") == types.count("execution.resumed") == 1


def test_retry_takes_over_what_was_completed(owner: httpx.Client) -> None:
    graph = {
        "nodes": [
            {"id": "start", "type": "start"},
            {"id": "first", "type": "set", "config": {"values": {"x": 1}}},
            {"id": "bad", "type": "transform", "config": {"expression": "first.x.y.z"}},
        ],
        "edges": [{"source": "start", "target": "first"}, {"source": "first", "target": "bad"}],
    }
    workflow = make_workflow(owner, graph, publish=False)
    failed = run_workflow(owner, workflow, version="draft")
    assert failed["status"] == "failed"
    assert failed["error"]["node"] == "bad"
    answer = owner.post(f"/executions/{failed['id']}/retry")
    assert answer.status_code == 202, answer.text
    retried = wait_for_end(owner, answer.json()["execution"]["id"])
    assert retried["retry_of"] == failed["id"]
    assert {n["path"]: n["status"] for n in retried["nodes"]} == {"start": "reused", "first": "reused", "bad": "failed"}


def test_one_node_runs_alone_on_given_outputs(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, DOUBLE, publish=False)
    answer = owner.post(f"/workflows/{workflow}/nodes/double/run", json={"inputs": {"n": 4}})
    assert answer.status_code == 200, answer.text
    assert {n["path"]: n["output"] for n in answer.json()["execution"]["nodes"]}["double"] == {"x": 8}
    missing = owner.post(f"/workflows/{workflow}/nodes/nope/run", json={})
    assert missing.status_code in (404, 422)


def test_expressions_are_previewed(owner: httpx.Client) -> None:
    answer = owner.post("/expressions/evaluate", json={"expression": "a.b + 1", "scope": {"a": {"b": 2}}})
    assert answer.json() == {"value": 3, "undefined": False}
    bad = owner.post("/expressions/evaluate", json={"template": "{{ a.", "scope": {}})
    assert bad.status_code == 422
    assert bad.json()["errors"][0]["path"] == "/template"


def test_a_preview_sees_what_the_node_saw(owner: httpx.Client) -> None:
    execution = run_workflow(owner, make_workflow(owner, DOUBLE), inputs={"n": 21})
    place = {"execution": execution["id"], "node": "end"}
    seen = owner.post("/expressions/evaluate", json={"expression": "double.x + input.n", **place})
    assert seen.json() == {"value": 63, "undefined": False}
    not_upstream = owner.post("/expressions/evaluate", json={"expression": "end.r", **place})
    assert (not_upstream.status_code, not_upstream.json()["errors"][0]["code"]) == (422, "expression")
    unknown = owner.post("/expressions/evaluate", json={"expression": "1", **place, "node": "nope"})
    assert (unknown.status_code, unknown.json()["errors"][0]["path"]) == (422, "/node")


def test_a_retry_on_a_draft_checks_the_draft(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, DOUBLE, publish=False)
    failed = run_workflow(owner, workflow, version="draft", inputs={"n": 1})
    etag = owner.get(f"/workflows/{workflow}").headers["etag"]
    broken = {**DOUBLE, "nodes": [*DOUBLE["nodes"], {"id": "odd", "type": "no_such_type"}]}
    assert owner.put(f"/workflows/{workflow}", json={"graph": broken}, headers={"If-Match": etag}).status_code == 200
    answer = owner.post(f"/executions/{failed['id']}/retry", json={"version": "draft"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_graph")


def test_an_idempotent_replay_is_answered_though_the_draft_is_broken_since(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, DOUBLE, publish=False)
    call = {"json": {"inputs": {"n": 1}, "version": "draft"}, "headers": {"Idempotency-Key": f"replay-{workflow}"}}
    first = owner.post(f"/workflows/{workflow}/runs", **call).json()["execution"]["id"]
    etag = owner.get(f"/workflows/{workflow}").headers["etag"]
    owner.put(f"/workflows/{workflow}", json={"graph": {"nodes": []}}, headers={"If-Match": etag})
    again = owner.post(f"/workflows/{workflow}/runs", **call)
    assert (again.status_code, again.json()["execution"]["id"]) == (202, first)


def test_a_key_that_may_run_gets_the_answer_of_its_run_and_no_other(owner: httpx.Client, server: Server) -> None:
    workflow = make_workflow(owner, DOUBLE)
    other = run_workflow(owner, workflow, inputs={"n": 5})
    key = owner.post("/api-keys", json={"name": "runner", "scopes": ["workflows:run"]}).json()["key"]
    with server.client(key) as runner:
        answer = runner.post(f"/workflows/{workflow}/runs", json={"inputs": {"n": 2}, "mode": "wait"})
        assert (answer.status_code, answer.json()["execution"]["outputs"]) == (200, {"r": 4})
        assert runner.get(f"/executions/{other['id']}").status_code == 403
        assert runner.get(f"/executions/{other['id']}/events").status_code == 403


def test_what_is_inside_a_loop_comes_in_pages(owner: httpx.Client) -> None:
    graph = {
        "nodes": [
            {"id": "start", "type": "start"},
            {"id": "each", "type": "loop", "config": {"times": 7}},
            {"id": "one", "type": "set", "parent": "each", "config": {"values": {"i": "{{ index }}"}}},
            {"id": "two", "type": "set", "parent": "each", "config": {"values": {"j": "{{ one.i }}"}}},
        ],
        "edges": [{"source": "start", "target": "each"}, {"source": "one", "target": "two"}],
    }
    execution = run_workflow(owner, make_workflow(owner, graph))
    assert {n["path"]: n["progress"] for n in execution["nodes"]}["each"] == {"done": 7, "total": 7}
    paths: list[str] = []
    cursor = None
    while cursor is not None or not paths:
        params = {"under": "each", "limit": 4, **({"cursor": cursor} if cursor else {})}
        page = owner.get(f"/executions/{execution['id']}/nodes", params=params).json()
        paths += [node["path"] for node in page["items"]]
        cursor = page["next_cursor"]
    assert paths == [f"each[{index}].{name}" for index in range(7) for name in ("one", "two")]


def test_how_far_containers_have_come(owner: httpx.Client) -> None:
    nodes: list[dict[str, Any]] = [
        {"id": "start", "type": "start"},
        {"id": "p", "type": "parallel"},
        {"id": "a", "type": "set", "parent": "p"},
        {"id": "b", "type": "condition", "parent": "p", "config": {"expression": "false"}},
        {"id": "c", "type": "set", "parent": "p"},
        {"id": "l", "type": "loop", "parent": "p", "config": {"times": 2}},
        {"id": "q", "type": "parallel", "parent": "l"},
        {"id": "x", "type": "set", "parent": "q"},
        {"id": "y", "type": "set", "parent": "q"},
    ]
    edges = [{"source": "start", "target": "p"}, {"source": "b", "source_port": "true", "target": "c"}]
    execution = run_workflow(owner, make_workflow(owner, {"nodes": nodes, "edges": edges}))
    assert {n["path"]: n["progress"] for n in execution["nodes"]}["p"] == {"done": 4, "total": 4}
    inside = owner.get(f"/executions/{execution['id']}/nodes", params={"under": "p"}).json()["items"]
    assert {n["path"]: n["progress"] for n in inside if n["progress"]} == {
        path: {"done": 2, "total": 2} for path in ("p.l", "p.l[0].q", "p.l[1].q")
    }


def test_no_time_and_no_cursor_is_too_odd(owner: httpx.Client) -> None:
    for since in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "never"):
        assert owner.get("/executions", params={"since": since}).status_code == 422
    for path in ("/executions", "/workflows", "/api-keys", "/credentials", "/variables"):
        for cursor in ("x", "W10", "WyJ4Iiwwb3JsZCJd"):
            assert owner.get(path, params={"cursor": cursor}).status_code == 422


def test_the_server_drains_and_says_nothing_of_it(bare_server: Server) -> None:
    bare_server.start()
    bare_server.owner().close()
    assert bare_server.stop() == 0
    assert "Traceback" not in bare_server.log()


def test_executions_are_found_by_their_labels(owner: httpx.Client) -> None:
    workflow = make_workflow(owner, DOUBLE)
    marked = run_workflow(owner, workflow, inputs={"n": 1}, labels={"team": "blue", 'o"dd': "1"})
    run_workflow(owner, workflow, inputs={"n": 1}, labels={"team": "red"})
    for label in ("team:blue", 'o"dd:1'):
        found = owner.get("/executions", params={"workflow_id": workflow, "label": label}).json()["items"]
        assert [execution["id"] for execution in found] == [marked["id"]]


def test_the_right_to_pin_comes_before_the_want_of_a_version(server: Server, owner: httpx.Client) -> None:
    workflow = make_workflow(owner, DOUBLE, publish=False)
    made = owner.post("/api-keys", json={"name": "runner", "scopes": ["workflows:run"]})
    pinned = {"pinned": {"double": {"x": 1}}}
    with server.client(made.json()["key"]) as runner:
        for version in ({}, {"version": "latest"}):
            refused = runner.post(f"/workflows/{workflow}/runs", json={**pinned, **version})
            assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied"), version
        wrong = owner.post(f"/workflows/{workflow}/runs", json={**pinned, "version": "latest"})
        assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "/pinned")
        owner.post(f"/workflows/{workflow}/publish", json={})
        refused = runner.post(f"/workflows/{workflow}/runs", json=pinned)
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
