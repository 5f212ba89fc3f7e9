"""Versions over HTTP."""

from typing import Annotated, Any

from fastapi import Query, Response

from weft.kernel.errors import NotFound, invalid_field
from weft.platform.web import (
    ActorDependency,
    BusDependency,
    EntityId,
    Limit,
    Page,
    make_cursor,
    read_cursor,
    router,
)
from weft.workflows.commands import PublishWorkflow
from weft.workflows.queries import DiffVersions, GetVersionDetails, ListVersions
from weft.workflows.routes.resources import READ, WRITE, PublishBody, VersionResource, VersionSummaryResource

routes = router("/workflows", "workflows")


@routes.post("/{workflow_id}/publish", status_code=201, dependencies=[WRITE])
async def publish_workflow(
    workflow_id: EntityId,
    actor: ActorDependency,
    bus: BusDependency,
    response: Response,
    body: PublishBody = PublishBody(),
) -> VersionResource:
    """Make the next version of the draft; 422 with the same errors as `validate` where it is not valid."""
    version = await bus.execute(PublishWorkflow(workflow_id, body.note), actor)
    response.headers["Location"] = f"/api/v1/workflows/{workflow_id}/versions/{version.version}"
    return VersionResource.model_validate(version)


@routes.get("/{workflow_id}/versions", dependencies=[READ])
async def list_versions(
    workflow_id: EntityId,
    actor: ActorDependency,
    bus: BusDependency,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[VersionSummaryResource]:
    """List versions, the latest first."""
    filters = ["versions", workflow_id]
    before = read_cursor(cursor, actor, filters, (int,))
    found = await bus.ask(ListVersions(workflow_id, limit + 1, before[0] if before else None), actor)
    items = [VersionSummaryResource.model_validate(version) for version in found[:limit]]
    more = make_cursor(actor, filters, items[-1].version) if len(found) > limit else None
    return Page(items=items, next_cursor=more)


@routes.get("/{workflow_id}/versions/{number}", dependencies=[READ])
async def get_version(
    workflow_id: EntityId, number: str, actor: ActorDependency, bus: BusDependency
) -> VersionResource:
    """One version with its graph."""
    known = _number(number)
    if known is None:
        raise NotFound("A version is named by its number: 1, 2, …", code="version_not_found")
    return VersionResource.model_validate(await bus.ask(GetVersionDetails(workflow_id, known), actor))


@routes.get("/{workflow_id}/diff", dependencies=[READ])
async def diff_versions(
    workflow_id: EntityId,
    actor: ActorDependency,
    bus: BusDependency,
    before: Annotated[str, Query(alias="from")],
    after: Annotated[str, Query(alias="to")] = "draft",
) -> dict[str, Any]:
    """What changed from one version to another; `draft` is the draft."""
    return await bus.ask(DiffVersions(workflow_id, _version("from", before), _version("to", after)), actor)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _version(name: str, text: str) -> Any:
    number = _number(text)
    if text != "draft" and number is None:
        raise invalid_field(f"/query/{name}", "invalid_version", "Name a version by its number, or 'draft'.")
    return "draft" if number is None else number
