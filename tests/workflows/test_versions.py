"""Versions: numbered without gaps, never changed, valid only; diffs; what a run is given."""

import asyncio
from copy import deepcopy
from datetime import UTC, datetime

import pytest

from tests.cost import in_time, longest_stop
from tests.workflows.conftest import GRAPH, House, actor
from weft.credentials.tables import credentials
from weft.engine.graph import graph_hash
from weft.kernel.errors import Conflict, Invalid, NotFound
from weft.kernel.ids import new_id
from weft.workflows.commands import CreateWorkflow, KeepGraph, PublishWorkflow, UpdateWorkflow
from weft.workflows.domain.validation import checked_graph
from weft.workflows.queries import (
    DiffVersions,
    GetGraph,
    GetVersion,
    GetVersionDetails,
    GetWorkflow,
    ValidateGraph,
)


async def test_a_version_stays_as_it_was_published(house: House) -> None:
    who = actor()
    made = await house.bus.execute(CreateWorkflow("A", graph=GRAPH, settings={"durability": "sync"}), who)
    version = await house.bus.execute(PublishWorkflow(made.id, "First"), who)
    assert (version.version, version.note, version.created_by) == (1, "First", who.label)
    assert [node["type_version"] for node in version.graph["nodes"]] == [1, 1, 1]
    changes = {"graph": {"nodes": [], "edges": []}, "settings": {}}
    await house.bus.execute(UpdateWorkflow(made.id, 1, changes), who)
    kept = await house.bus.ask(GetVersionDetails(made.id, 1), who)
    assert kept.graph == version.graph
    runnable = await house.bus.ask(GetVersion(made.id, 1), who)
    assert (runnable.version, runnable.published, runnable.settings["durability"]) == ("1", True, "sync")
    assert (runnable.graph, runnable.graph_hash) == (version.graph, graph_hash(version.graph))


async def test_numbers_are_dense_also_when_many_publish_at_once(house: House) -> None:
    who = actor()
    made = await house.bus.execute(CreateWorkflow("A", graph=GRAPH), who)
    versions = await asyncio.gather(*(house.bus.execute(PublishWorkflow(made.id), who) for _ in range(5)))
    assert sorted(version.version for version in versions) == [1, 2, 3, 4, 5]
    found = await house.bus.ask(GetWorkflow(made.id), who)
    assert (found.published_version, found.revision) == (5, 1)


async def test_a_graph_with_errors_is_not_published_and_says_what_validate_says(house: House) -> None:
    who = actor()
    graph = deepcopy(GRAPH)
    graph["nodes"][1]["config"] = {"template": "{{ nobody.text }}"}
    made = await house.bus.execute(CreateWorkflow("A", graph=graph), who)
    report = await house.bus.ask(ValidateGraph(graph), who)
    assert not report.valid
    with pytest.raises(Invalid) as refused:
        await house.bus.execute(PublishWorkflow(made.id), who)
    assert list(refused.value.errors) == list(report.errors)
    assert refused.value.problem_code == "invalid_graph", "as a run of the draft says"
    assert (await house.bus.ask(GetWorkflow(made.id), who)).published_version is None
    assert await house.events("WorkflowPublished", who) == 0


async def test_a_credential_of_another_workspace_is_an_error_where_it_is_named(house: House) -> None:
    who, other = actor(), actor()
    ours, theirs = new_id(), new_id()
    now = datetime.now(UTC)
    async with house.database.write() as connection:
        for owner, name in ((who, ours), (other, theirs)):
            row = {"id": name, "workspace_id": owner.workspace_id, "name": "c", "type": "bearer", "sealed": b"x"}
            row |= {"allowed_hosts": "[]", "revision": 1, "created_at": now, "updated_at": now}
            await connection.execute(credentials.insert().values(row))
    call = {"id": "call", "type": "http_request", "config": {"url": "https://a.example"}}
    place = ["/graph/nodes/3/config/credential_id"]
    for name, found in ((ours, []), (theirs, place), ("{{ input.credential }}", place)):
        graph = deepcopy(GRAPH)
        graph["nodes"].append({**call, "config": {**call["config"], "credential_id": str(name)}})
        graph["edges"].append({"source": "greet", "target": "call"})
        report = await house.bus.ask(ValidateGraph(graph), who)
        assert [error.path for error in report.errors] == found


async def test_a_run_is_given_the_latest_version_a_chosen_one_or_the_draft(house: House) -> None:
    who = actor()
    made = await house.bus.execute(CreateWorkflow("A", graph=GRAPH), who)
    with pytest.raises(Conflict) as unpublished:
        await house.bus.ask(GetVersion(made.id, "latest"), who)
    assert unpublished.value.problem_code == "not_published"
    draft = await house.bus.ask(GetVersion(made.id, "draft"), who)
    assert (draft.version, draft.published, draft.graph, draft.name) == ("draft", False, GRAPH, "A")
    await house.bus.execute(PublishWorkflow(made.id), who)
    await house.bus.execute(PublishWorkflow(made.id), who)
    assert (await house.bus.ask(GetVersion(made.id, "latest"), who)).version == "2"
    for number in (0, 3, -1, 2**40):
        with pytest.raises(NotFound) as missing:
            await house.bus.ask(GetVersion(made.id, number), who)
        assert missing.value.problem_code == "version_not_found"


async def test_a_version_that_ran_once_is_not_read_again(house: House) -> None:
    who = actor()
    made = await house.bus.execute(CreateWorkflow("A", graph=GRAPH), who)
    await house.bus.execute(PublishWorkflow(made.id), who)
    await house.bus.ask(GetVersion(made.id), who)
    house.statements.clear()
    await house.bus.ask(GetVersion(made.id), who)
    assert len(house.statements) == 1
    assert "workflow_versions" not in house.statements[0]


async def test_a_kept_graph_is_found_by_its_hash_in_its_own_workspace(house: House) -> None:
    who = actor()
    name = await house.bus.execute(KeepGraph(GRAPH), who)
    assert await house.bus.execute(KeepGraph(GRAPH), who) == name == graph_hash(GRAPH)
    assert await house.bus.ask(GetGraph(name), who) == GRAPH
    with pytest.raises(NotFound):
        await house.bus.ask(GetGraph(name), actor())


async def test_a_diff_names_nodes_edges_and_pointers(house: House) -> None:
    who = actor()
    made = await house.bus.execute(CreateWorkflow("A", graph=GRAPH), who)
    await house.bus.execute(PublishWorkflow(made.id), who)
    graph = deepcopy(GRAPH)
    graph["nodes"][1]["config"]["template"] = "Good day {{ input.name }}"
    graph["nodes"][1]["position"] = {"x": 5, "y": 6}
    graph["nodes"].insert(2, {"id": "extra", "type": "set", "config": {"values": {"a/b": 1}}})
    graph["edges"] = [
        {"source": "start", "target": "greet"},
        {"source": "greet", "target": "extra"},
        {"source": "extra", "target": "end"},
    ]
    changes = {"graph": graph, "settings": {"durability": "sync"}}
    await house.bus.execute(UpdateWorkflow(made.id, 1, changes), who)
    found = await house.bus.ask(DiffVersions(made.id, 1, "draft"), who)
    change = {
        "path": "/config/template",
        "from": "Hello {{ input.name }}",
        "to": "Good day {{ input.name }}",
    }
    assert found["nodes"]["changed"] == [{"id": "greet", "changes": [change]}]
    assert [node["id"] for node in found["nodes"]["added"]] == ["extra"]
    assert found["nodes"]["removed"] == []
    assert found["edges"] == {
        "added": [{"source": "greet", "target": "extra"}, {"source": "extra", "target": "end"}],
        "removed": [{"source": "greet", "target": "end"}],
    }
    assert (found["moved"], found["reordered"]) == (["greet"], False)
    assert found["settings"] == [{"path": "/durability", "from": "async", "to": "sync"}]
    back = await house.bus.ask(DiffVersions(made.id, "draft", 1), who)
    assert [node["id"] for node in back["nodes"]["removed"]] == ["extra"]
    with pytest.raises(NotFound):
        await house.bus.ask(DiffVersions(made.id, 1, 2), who)


async def test_a_large_graph_is_read_and_compared_beside_the_event_loop(house: House) -> None:
    sets = [{"id": f"n{n}", "type": "set", "config": {"values": {"a": "{{ start.x }}", "b": n}}} for n in range(9_999)]
    nodes = [{"id": "start", "type": "start"}, *sets]
    graph = {"nodes": nodes, "edges": [{"source": "start", "target": node["id"]} for node in sets]}
    in_time(await longest_stop(asyncio.create_task(checked_graph(graph))), 0.1, "reading")
    who = actor()
    made = await house.bus.execute(CreateWorkflow("A", graph=graph), who)
    compared = asyncio.create_task(house.bus.ask(DiffVersions(made.id, "draft", "draft"), who))
    in_time(await longest_stop(compared), 0.05, "comparing")
    assert compared.result()["nodes"] == {"added": [], "removed": [], "changed": []}
