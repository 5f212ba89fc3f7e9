"""`/models`."""

from typing import Annotated

from fastapi import Query

from weft.models.ports import KnownModel
from weft.models.queries import ListModels
from weft.platform.web import ActorDependency, BusDependency, Page, router

routes = router("/models", "models")


@routes.get("")
async def list_models(
    actor: ActorDependency, bus: BusDependency, q: Annotated[str | None, Query(max_length=200)] = None
) -> Page[KnownModel]:
    """The models that the workspace's credentials give access to, as far as they are known."""
    return Page(items=await bus.ask(ListModels(q), actor))
