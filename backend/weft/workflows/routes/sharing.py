"""Public links over HTTP: made and ended by those who may, read by anybody who has one."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from weft.kernel.actor import Actor
from weft.kernel.ids import WorkspaceId
from weft.platform.web import ActorDependency, BusDependency, EntityId, NoFields, router
from weft.workflows.commands import ShareWorkflow, WithdrawShare
from weft.workflows.queries import GetShare, GetShared
from weft.workflows.routes.catalog import NodeTypeResource, node_type_resource
from weft.workflows.routes.resources import WRITE, Moment

routes = router("/workflows", "workflows")
public = router("/shared", "workflows")
NOBODY: Final = Actor(WorkspaceId(UUID(int=0)), frozenset(), kind="anonymous")


class ShareResource(BaseModel):
    """A public link. `version` is the published version it shows; null: the draft as it was at `created_at`."""

    token: str
    url: str
    version: int | None
    created_at: Moment


class SharedResource(BaseModel):
    """What anybody sees who has the link. `node_types` are those of the graph, so that it can be drawn."""

    name: str
    description: str
    tags: list[str]
    graph: dict[str, Any]
    node_types: list[NodeTypeResource]


def _origin(request: Request) -> str:
    """Where this server is for the outside: `WEFT_PUBLIC_URL`, else the Host of the request, which was checked."""
    public_url: str | None = request.app.state.settings.public_url
    return (public_url or str(request.base_url)).rstrip("/")


Origin = Annotated[str, Depends(_origin)]


@routes.get("/{workflow_id}/share", dependencies=[WRITE])
async def get_share(workflow_id: EntityId, actor: ActorDependency, bus: BusDependency, origin: Origin) -> ShareResource:
    """The public link of a workflow that is shared; else 404 `not_shared`."""
    found = await bus.ask(GetShare(workflow_id), actor)
    return _share(found.token, origin, found.version, found.at)


@routes.post(
    "/{workflow_id}/share",
    dependencies=[WRITE],
    responses={201: {"model": ShareResource, "description": "It is shared now."}},
)
async def share_workflow(
    workflow_id: EntityId,
    actor: ActorDependency,
    bus: BusDependency,
    origin: Origin,
    response: Response,
    _body: NoFields | None = None,
) -> ShareResource:
    """Share the workflow with anybody who has the link (201), or give the link that it has (200)."""
    shared = await bus.execute(ShareWorkflow(workflow_id), actor)
    response.status_code = 201 if shared.created else 200
    if shared.created:
        response.headers["Location"] = f"/api/v1/shared/{shared.token}"
    return _share(shared.token, origin, shared.version, shared.at)


@routes.delete("/{workflow_id}/share", status_code=204, dependencies=[WRITE])
async def withdraw_share(workflow_id: EntityId, actor: ActorDependency, bus: BusDependency) -> None:
    """Stop sharing: the link leads nowhere from now on, and no later share brings it back."""
    await bus.execute(WithdrawShare(workflow_id), actor)


@public.get("/{token}")
async def get_shared(token: str, bus: BusDependency, response: Response) -> SharedResource:
    """The workflow behind a public link, without signing in: its published version, or the draft as it was when it
    was shared."""
    found = await bus.ask(GetShared(token), NOBODY)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return SharedResource(
        name=found.name,
        description=found.description,
        tags=found.tags,
        graph=found.graph,
        node_types=[node_type_resource(node_type) for node_type in found.node_types],
    )


def _share(token: str, origin: str, version: int | None, at: Any) -> ShareResource:
    """The token stands in the fragment, which no browser sends along: neither the page's address nor a referrer tells
    it. What the page then asks for has it in the path, which Weft's log leaves out."""
    return ShareResource(token=token, url=f"{origin}/shared#{token}", version=version, created_at=at)
