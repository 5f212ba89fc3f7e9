"""API keys."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from weft.identity.commands import CreateApiKey, RevokeApiKey
from weft.identity.queries import ApiKeyView, GetApiKey, ListApiKeys
from weft.identity.routes.fields import Name
from weft.platform.web import (
    ActorDependency,
    Body,
    BusDependency,
    Cursor,
    EntityId,
    Limit,
    Page,
    allowed,
    existing,
    in_utc,
    make_cursor,
    read_cursor,
    router,
)

routes = router("/api-keys", "identity")


class ApiKeyBody(Body):
    """A key to be made. It can do what its scopes say, and never more than its maker."""

    name: Name
    scopes: Annotated[list[Annotated[str, Field(max_length=100)]], Field(min_length=1, max_length=50)]
    expires_at: Annotated[AwareDatetime, AfterValidator(in_utc)] | None = None


class ApiKeyOut(BaseModel):
    """A key as it can be seen later: by its prefix."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime
    created_by: UUID


class CreatedApiKeyOut(ApiKeyOut):
    """A new key, with the secret that is shown this once."""

    key: str


@routes.post("", status_code=201, dependencies=[allowed("admin")])
async def create_api_key(
    body: ApiKeyBody, response: Response, actor: ActorDependency, bus: BusDependency
) -> CreatedApiKeyOut:
    """Make a key. `key` is shown this once."""
    created = await bus.execute(CreateApiKey(body.name, tuple(body.scopes), body.expires_at), actor)
    response.headers["Location"] = f"/api/v1/api-keys/{created.key.id}"
    response.headers["Cache-Control"] = "no-store"
    found = await bus.ask(GetApiKey(created.key.id), actor)
    return CreatedApiKeyOut(**_out(found).model_dump(), key=created.secret)


@routes.get("", dependencies=[allowed("admin")])
async def list_api_keys(
    actor: ActorDependency, bus: BusDependency, limit: Limit = 50, cursor: Cursor = None
) -> Page[ApiKeyOut]:
    """The workspace's keys, newest first."""
    after = read_cursor(cursor, actor, "api-keys", (datetime, UUID))
    found = await bus.ask(ListApiKeys(limit + 1, after), actor)
    page, last = found[:limit], found[limit - 1 : limit]
    more = make_cursor(actor, "api-keys", last[0].created_at, last[0].id) if len(found) > limit else None
    return Page(items=[_out(key) for key in page], next_cursor=more)


@routes.get("/{id}", dependencies=[existing(GetApiKey, "admin", "id")])
async def get_api_key(id: EntityId, actor: ActorDependency, bus: BusDependency) -> ApiKeyOut:
    """One key."""
    return _out(await bus.ask(GetApiKey(id), actor))


@routes.delete("/{id}", status_code=204, dependencies=[existing(GetApiKey, "admin", "id")])
async def revoke_api_key(id: EntityId, actor: ActorDependency, bus: BusDependency) -> None:
    """End a key, within five seconds everywhere."""
    await bus.execute(RevokeApiKey(id), actor)


def _out(key: ApiKeyView) -> ApiKeyOut:
    return ApiKeyOut.model_validate(key, from_attributes=True)
