"""Which models a workspace has."""

from dataclasses import dataclass

from weft.credentials.queries import CredentialTypes
from weft.engine.errors import NodeError
from weft.kernel.bus import Bus
from weft.kernel.errors import Unavailable
from weft.kernel.messages import Query
from weft.models.ports import KnownModel, ModelList
from weft.platform.unit_of_work import ReadScope


@dataclass(frozen=True, slots=True)
class ListModels(Query[list[KnownModel]]):
    """The models known for the workspace's credentials, by id; `text` must be part of it."""

    text: str | None = None


async def list_models(query: ListModels, scope: ReadScope, bus: Bus, models: ModelList) -> list[KnownModel]:
    scope.actor.require("models:read")
    types = await bus.ask(CredentialTypes(), scope.actor)
    if not types & {"openai", "anthropic"}:
        return []
    try:
        known = await models.known(types)
    except NodeError as error:
        raise Unavailable(error.message) from None
    return [model for model in known if (query.text or "").lower() in model.id.lower()]
