"""A draft moves only from the revision that was seen; what is deleted comes back by restore alone."""

import asyncio
from copy import deepcopy
from uuid import UUID

import pytest

from tests.workflows.conftest import GRAPH, House, actor
from weft.kernel.errors import Invalid, NotFound, StaleRevision
from weft.kernel.ids import new_id
from weft.workflows.commands import (
    CreateWorkflow,
    DeleteWorkflow,
    DuplicateWorkflow,
    RestoreWorkflow,
    UpdateWorkflow,
)
from weft.workflows.queries import GetHead, GetVersion, GetWorkflow, ListWorkflows


async def test_a_new_workflow_is_found_as_it_was_made(house: House) -> None:
    who = actor()
    made = await house.bus.execute(CreateWorkflow("Über", "About", ["a", 'b"c'], GRAPH, {"limits": {}}), who)
    found = await house.bus.ask(GetWorkflow(made.id), who)
    assert (found.name, found.description, found.tags) == ("Über", "About", ["a", 'b"c'])
    assert found.graph == GRAPH
    assert found.settings == {"durability": "async", "limits": {}, "variables": {}}
    assert (found.revision, found.published_version) == (1, None)
    assert await house.events("WorkflowCreated", who) == 1


async def test_put_changes_what_it_names_and_nothing_else(house: House) -> None:
    who = actor()
    made = await house.bus.execute(CreateWorkflow("A", "old", ["x"], GRAPH), who)
    changed = await house.bus.execute(UpdateWorkflow(made.id, 1, {"description": "fresh"}), who)
    assert (changed.revision, changed.name, changed.tags, changed.graph) == (2, "A", ["x"], GRAPH)
    assert (await house.bus.ask(GetWorkflow(made.id), who)).description == "fresh"


async def test_of_two_editors_who_saw_the_same_revision_one_is_refused(house: House) -> None:
    who = actor()
    made = await house.bus.execute(CreateWorkflow("A"), who)
    answers = await asyncio.gather(
        *(house.bus.execute(UpdateWorkflow(made.id, 1, {"name": str(n)}), who) for n in range(6)),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, StaleRevision)]
    assert len(refused) == 5
    assert (await house.bus.ask(GetWorkflow(made.id), who)).revision == 2


async def test_a_merge_patch_keeps_what_it_does_not_name(house: House) -> None:
    who = actor()
    settings = {"durability": "sync", "variables": {"a": 1, "b": {"c": 2}}, "concurrency": 3}
    made = await house.bus.execute(CreateWorkflow("A", "text", settings=settings), who)
    patch = {"description": None, "settings": {"variables": {"b": {"c": None, "d": 4}}, "concurrency": None}}
    changed = await house.bus.execute(UpdateWorkflow(made.id, 1, patch, merge=True), who)
    assert changed.description == ""
    assert changed.settings == {"durability": "sync", "limits": {}, "variables": {"a": 1, "b": {"d": 4}}}


async def test_a_null_settings_patch_gives_the_defaults_back(house: House) -> None:
    who = actor()
    made = await house.bus.execute(CreateWorkflow("A", settings={"durability": "sync"}), who)
    changed = await house.bus.execute(UpdateWorkflow(made.id, 1, {"settings": None}, merge=True), who)
    assert changed.settings["durability"] == "async"


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"durability": "maybe"}, "/settings/durability"),
        ({"limits": {"max_tokens": 0}}, "/settings/limits/max_tokens"),
        ({"limits": {"max_node_runs": 1.5}}, "/settings/limits/max_node_runs"),
        ({"limits": {"max_minutes": 1}}, "/settings/limits/max_minutes"),
        ({"variables": {"a": {"b": ["\0"]}}}, "/settings/variables/a/b/0"),
        ({"concurrency": True}, "/settings/concurrency"),
        ({"error_workflow_id": "x"}, "/settings/error_workflow_id"),
        ({"error_workflow_id": str(new_id())}, "/settings/error_workflow_id"),
        ({"surprise": 1}, "/settings/surprise"),
        ([], "/settings"),
    ],
)
async def test_wrong_settings_are_refused_by_name(house: House, settings: object, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        await house.bus.execute(CreateWorkflow("A", settings=settings), actor())
    assert [error.path for error in refused.value.errors] == [path]


async def test_an_error_workflow_of_this_workspace_is_taken_and_of_another_is_not(house: House) -> None:
    who = actor()
    handler = await house.bus.execute(CreateWorkflow("Handler"), who)
    settings = {"error_workflow_id": str(handler.id)}
    made = await house.bus.execute(CreateWorkflow("A", settings=settings), who)
    assert made.settings["error_workflow_id"] == str(handler.id)
    with pytest.raises(Invalid):
        await house.bus.execute(CreateWorkflow("A", settings=settings), actor())


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"nodes": [{"id": "a", "type": "set", "config": {"values": {"x": ["ok", "no\0"]}}}]},
         "/graph/nodes/0/config/values/x/1"),
        ({"nodes": [{"id": "a", "type": "set", "config": {"no\0": 1}}]}, "/graph/nodes/0/config/no\\u0000"),
    ],
)  # fmt: skip
async def test_nul_in_a_graph_is_refused_where_it_stands(house: House, value: object, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        await house.bus.execute(CreateWorkflow("A", graph=value), actor())
    assert refused.value.errors[0].path == pointer


async def test_what_is_deleted_is_nowhere_until_it_is_restored(house: House) -> None:
    who = actor()
    made = await house.bus.execute(CreateWorkflow("A", graph=GRAPH), who)
    with pytest.raises(StaleRevision):
        await house.bus.execute(DeleteWorkflow(made.id, 7), who)
    await house.bus.execute(DeleteWorkflow(made.id, 1), who)
    for message in (GetWorkflow(made.id), GetHead(made.id), GetVersion(made.id, "draft"), GetVersion(made.id)):
        with pytest.raises(NotFound):
            await house.bus.ask(message, who)
    for command in (UpdateWorkflow(made.id, 1, {}), DeleteWorkflow(made.id, 1), DuplicateWorkflow(made.id)):
        with pytest.raises(NotFound):
            await house.bus.execute(command, who)
    assert await house.bus.ask(ListWorkflows(50), who) == []
    await house.bus.execute(RestoreWorkflow(made.id), who)
    assert (await house.bus.ask(GetWorkflow(made.id), who)).graph == GRAPH
    assert (await house.events("WorkflowDeleted", who), await house.events("WorkflowRestored", who)) == (1, 1)


async def test_a_duplicate_is_another_workflow_with_the_same_draft(house: House) -> None:
    who = actor()
    made = await house.bus.execute(CreateWorkflow("n" * 200, "d", ["t"], GRAPH, {"durability": "sync"}), who)
    copy = await house.bus.execute(DuplicateWorkflow(made.id), who)
    assert copy.id != made.id
    assert len(copy.name) == 200
    assert copy.name.endswith("(copy)")
    assert (copy.graph, copy.tags, copy.settings) == (made.graph, made.tags, made.settings)
    assert copy.published_version is None


async def test_another_workspace_sees_and_moves_nothing(house: House) -> None:
    who, other = actor(), actor()
    made = await house.bus.execute(CreateWorkflow("A", graph=GRAPH), who)
    for message in (GetWorkflow(made.id), GetHead(made.id, deleted=True), GetVersion(made.id, "draft")):
        with pytest.raises(NotFound):
            await house.bus.ask(message, other)
    for command in (
        UpdateWorkflow(made.id, 1, {"name": "mine"}),
        DeleteWorkflow(made.id, 1),
        DuplicateWorkflow(made.id),
        RestoreWorkflow(made.id),
    ):
        with pytest.raises(NotFound):
            await house.bus.execute(command, other)
    assert await house.bus.ask(ListWorkflows(50), other) == []
    assert (await house.bus.ask(GetWorkflow(made.id), who)).revision == 1


async def test_a_change_in_the_answer_does_not_reach_the_store(house: House) -> None:
    who = actor()
    graph = deepcopy(GRAPH)
    made = await house.bus.execute(CreateWorkflow("A", graph=graph), who)
    graph["nodes"].clear()
    found = await house.bus.ask(GetWorkflow(UUID(str(made.id))), who)
    assert len(found.graph["nodes"]) == 3
