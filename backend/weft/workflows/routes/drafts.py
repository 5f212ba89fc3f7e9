"""Drafts over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import AfterValidator

from weft.platform.web import (
    ActorDependency,
    BusDependency,
    EntityId,
    Limit,
    NoFields,
    Page,
    allowed,
    existing,
    make_cursor,
    read_cursor,
    router,
)
from weft.workflows.commands import (
    CreateWorkflow,
    DeleteWorkflow,
    DuplicateWorkflow,
    RestoreWorkflow,
    UpdateWorkflow,
)
from weft.workflows.domain.settings import without_nul
from weft.workflows.queries import GetHead, GetWorkflow, ListWorkflows, ValidateGraph
from weft.workflows.routes.resources import (
    CHANGE,
    WRITE,
    GraphBody,
    ValidationResource,
    WorkflowBody,
    WorkflowPatch,
    WorkflowReplacement,
    WorkflowResource,
    WorkflowSummaryResource,
    workflow_resource,
)

routes = router("/workflows", "workflows")
Text = Annotated[str | None, Query(max_length=200), AfterValidator(without_nul)]


@routes.post("", status_code=201, dependencies=[allowed("workflows:write")])
async def create_workflow(
    body: WorkflowBody, actor: ActorDependency, bus: BusDependency, response: Response
) -> WorkflowResource:
    """Create a workflow, empty, of a graph or of a template."""
    given = {name: value for name, value in body if name in body.model_fields_set}
    workflow = await bus.execute(CreateWorkflow(**given), actor)
    return workflow_resource(workflow, response, created=True)


@routes.get("", dependencies=[allowed("workflows:read")])
async def list_workflows(
    actor: ActorDependency,
    bus: BusDependency,
    q: Text = None,
    tag: Text = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[WorkflowSummaryResource]:
    """List workflows, the latest changed first; `q` is looked for in name, description and tags."""
    filters = ["workflows", q, tag]
    after = read_cursor(cursor, actor, filters, (datetime, UUID))
    found = await bus.ask(ListWorkflows(limit + 1, q, tag, after), actor)
    items = [WorkflowSummaryResource.model_validate(workflow) for workflow in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    following = make_cursor(actor, filters, last.updated_at.isoformat(), str(last.id)) if last else None
    return Page(items=items, next_cursor=following)


@routes.post("/validate", dependencies=[allowed("workflows:read")])
async def validate_graph(body: GraphBody, actor: ActorDependency, bus: BusDependency) -> ValidationResource:
    """Say what is wrong with a graph, without saving or running it."""
    report = await bus.ask(ValidateGraph(body.graph), actor)
    return ValidationResource(
        valid=report.valid,
        errors=[error.as_json() for error in report.errors],
        warnings=[warning.as_json() for warning in report.warnings],
    )


@routes.get("/{workflow_id}")
async def get_workflow(
    workflow_id: EntityId, actor: ActorDependency, bus: BusDependency, response: Response
) -> WorkflowResource:
    """The workflow with its draft."""
    workflow = await bus.ask(GetWorkflow(workflow_id), actor)
    actor.require("workflows:read")
    return workflow_resource(workflow, response)


@routes.put("/{workflow_id}")
async def replace_workflow(
    workflow_id: EntityId,
    revision: Annotated[int | None, CHANGE],
    body: WorkflowReplacement,
    actor: ActorDependency,
    bus: BusDependency,
    response: Response,
) -> WorkflowResource:
    """Replace what the body names, `graph` whole. Needs If-Match."""
    changes = body.model_dump(exclude_unset=True)
    return workflow_resource(await bus.execute(UpdateWorkflow(workflow_id, revision, changes), actor), response)


@routes.patch("/{workflow_id}")
async def change_workflow(
    workflow_id: EntityId,
    revision: Annotated[int | None, CHANGE],
    body: WorkflowPatch,
    actor: ActorDependency,
    bus: BusDependency,
    response: Response,
) -> WorkflowResource:
    """Change fields by a JSON merge patch, all but `graph`. Needs If-Match."""
    changes = body.model_dump(exclude_unset=True)
    command = UpdateWorkflow(workflow_id, revision, changes, merge=True)
    return workflow_resource(await bus.execute(command, actor), response)


@routes.delete("/{workflow_id}", status_code=204)
async def delete_workflow(
    workflow_id: EntityId, revision: Annotated[int | None, CHANGE], actor: ActorDependency, bus: BusDependency
) -> None:
    """Delete the workflow; `restore` brings it back. Needs If-Match."""
    await bus.execute(DeleteWorkflow(workflow_id, revision), actor)


@routes.post("/{workflow_id}/duplicate", status_code=201, dependencies=[WRITE])
async def duplicate_workflow(
    workflow_id: EntityId,
    actor: ActorDependency,
    bus: BusDependency,
    response: Response,
    _body: NoFields | None = None,
) -> WorkflowResource:
    """Make a new workflow of the draft."""
    copy = await bus.execute(DuplicateWorkflow(workflow_id), actor)
    return workflow_resource(copy, response, created=True)


def _deleted_too(workflow_id: UUID) -> GetHead:
    return GetHead(workflow_id, deleted=True)


@routes.post("/{workflow_id}/restore", dependencies=[existing(_deleted_too, "workflows:write", "workflow_id")])
async def restore_workflow(
    workflow_id: EntityId,
    actor: ActorDependency,
    bus: BusDependency,
    response: Response,
    _body: NoFields | None = None,
) -> WorkflowResource:
    """Bring a deleted workflow back."""
    return workflow_resource(await bus.execute(RestoreWorkflow(workflow_id), actor), response)
