"""Imports by the bus: ids of other workspaces, unknown references, starters."""

from tests.workflows.conftest import House, actor
from weft.kernel.ids import new_id
from weft.workflows.commands import CreateWorkflow, ImportStarters, ImportWorkflow
from weft.workflows.queries import GetVersion, GetWorkflow, ListWorkflows
from weft.workflows.starters import starter_files


async def test_an_id_of_another_workspace_is_not_taken_over(house: House) -> None:
    who, other = actor(), actor()
    made = await house.bus.execute(CreateWorkflow("Mine"), who)
    text = f"id: {made.id}\nname: Theirs\ngraph: {{}}".encode()
    imported = await house.bus.execute(ImportWorkflow(text, "x.yaml"), other)
    assert imported.created
    assert imported.workflow.id != made.id
    assert (await house.bus.ask(GetWorkflow(made.id), who)).name == "Mine"
    assert (await house.bus.ask(GetWorkflow(imported.workflow.id), other)).name == "Theirs"
    assert await house.events("WorkflowCreated", other) == 1


async def test_an_error_workflow_that_is_not_here_is_left_out_and_told(house: House) -> None:
    who, missing = actor(), new_id()
    text = f"name: x\nsettings: {{error_workflow_id: {missing}, durability: sync}}\ngraph: {{}}".encode()
    imported = await house.bus.execute(ImportWorkflow(text, "x.yaml"), who)
    assert imported.workflow.settings == {"durability": "sync", "limits": {}, "variables": {}}
    assert (imported.report[0]["node"], imported.report[0]["status"]) == (None, "warning")
    assert str(missing) in imported.report[0]["message"]


async def test_a_fresh_workspace_gets_every_starter_published(house: House) -> None:
    who = actor()
    made = await house.bus.execute(ImportStarters(), who)
    assert len(made) == len(starter_files()) >= 4
    found = await house.bus.ask(ListWorkflows(50), who)
    assert {workflow.published_version for workflow in found} == {1}
    for workflow_id in made:
        assert (await house.bus.ask(GetVersion(workflow_id), who)).published
