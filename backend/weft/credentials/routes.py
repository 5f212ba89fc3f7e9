"""`/credentials`: data goes in, and never comes out."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from weft.credentials.commands import ChangeCredential, CreateCredential, DeleteCredential
from weft.credentials.ports import Probed
from weft.credentials.queries import CredentialView, GetCredential, ListCredentials, TestCredential
from weft.platform.web import (
    ActorDependency,
    Body,
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

routes = router("/credentials", "credentials")
WRITE = "credentials:write"


class CredentialBody(Body):
    """A secret of a known type, and the hosts that may be given it."""

    name: str = Field(min_length=1, max_length=200)
    type: str
    data: dict[str, str]
    allowed_hosts: list[str] | None = None


class CredentialPatch(Body):
    """A merge patch: what is absent stays; `allowed_hosts: null` goes back to the type's default."""

    name: str = Field(default="", min_length=1, max_length=200)
    data: dict[str, str | None] = Field(default_factory=dict)
    allowed_hosts: list[str] | None = None

    def command(self, credential_id: UUID) -> ChangeCredential:
        """The change that this asks for."""
        given: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        default_hosts = given.get("allowed_hosts", ()) is None
        return ChangeCredential(credential_id, **given, default_hosts=default_hosts)


@routes.post("", status_code=201, dependencies=[allowed(WRITE)])
async def create_credential(
    body: CredentialBody, response: Response, actor: ActorDependency, bus: BusDependency
) -> CredentialView:
    """Keep a new secret."""
    command = CreateCredential(body.name, body.type, body.data, body.allowed_hosts)
    credential_id = await bus.execute(command, actor)
    response.headers["Location"] = f"/api/v1/credentials/{credential_id}"
    return await bus.ask(GetCredential(credential_id), actor)


@routes.get("", dependencies=[allowed("credentials:read")])
async def list_credentials(
    actor: ActorDependency,
    bus: BusDependency,
    limit: Limit = 50,
    cursor: str | None = None,
    kind: Annotated[str | None, Query(alias="type", max_length=50)] = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[CredentialView]:
    """The workspace's credentials, without their data."""
    filters = ["credentials", kind, q]
    position = read_cursor(cursor, actor, filters, (UUID,))
    found = await bus.ask(ListCredentials(limit + 1, position[0] if position else None, kind, q), actor)
    more = make_cursor(actor, filters, found[limit - 1].id) if len(found) > limit else None
    return Page(items=found[:limit], next_cursor=more)


@routes.get("/{credential_id}")
async def get_credential(credential_id: EntityId, actor: ActorDependency, bus: BusDependency) -> CredentialView:
    """One credential, without its data."""
    return await bus.ask(GetCredential(credential_id), actor)


@routes.patch("/{credential_id}", dependencies=[existing(GetCredential, WRITE, "credential_id")])
async def change_credential(
    credential_id: EntityId, body: CredentialPatch, actor: ActorDependency, bus: BusDependency
) -> CredentialView:
    """Change name, data or hosts."""
    await bus.execute(body.command(credential_id), actor)
    return await bus.ask(GetCredential(credential_id), actor)


@routes.delete("/{credential_id}", status_code=204)
async def delete_credential(credential_id: EntityId, actor: ActorDependency, bus: BusDependency) -> None:
    """Forget a secret for good."""
    await bus.execute(DeleteCredential(credential_id), actor)


@routes.post("/{credential_id}/test", dependencies=[existing(GetCredential, WRITE, "credential_id")])
async def test_credential(
    credential_id: EntityId,
    actor: ActorDependency,
    bus: BusDependency,
    _body: NoFields | None = None,  # noqa: PT019, PT028 - a route, not a test
) -> Probed:
    """Try it on its own server."""
    return await bus.ask(TestCredential(credential_id), actor)
