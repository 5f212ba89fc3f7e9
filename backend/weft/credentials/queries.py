"""Reading credentials, never their data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from weft.credentials.ports import Probe, Probed, Vault
from weft.credentials.tables import credentials as table
from weft.engine.values import decode
from weft.kernel.errors import NotFound
from weft.kernel.ids import parse_id
from weft.kernel.messages import Query
from weft.platform.unit_of_work import ReadScope

READ = "credentials:read"
_SHOWN = (
    table.c.id, table.c.name, table.c.type, table.c.allowed_hosts,
    table.c.revision, table.c.created_at, table.c.updated_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CredentialView:
    """A credential as it may be seen."""

    id: UUID
    name: str
    type: str
    allowed_hosts: list[str]
    revision: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class GetCredential(Query[CredentialView]):
    """One credential. Raises NotFound."""

    credential_id: UUID


async def get_credential(query: GetCredential, scope: ReadScope) -> CredentialView:
    statement = select(*_SHOWN).where(table.c.workspace_id == scope.workspace_id, table.c.id == query.credential_id)
    row = await scope.first(statement)
    if row is None:
        raise NotFound("There is no such credential here.")
    scope.actor.require(READ)
    return _view(row)


@dataclass(frozen=True, slots=True)
class ListCredentials(Query[list[CredentialView]]):
    """Credentials in the order they were made, after `after`; `text` must be part of the name."""

    limit: int = 50
    after: UUID | None = None
    type: str | None = None
    text: str | None = None


async def list_credentials(query: ListCredentials, scope: ReadScope) -> list[CredentialView]:
    scope.actor.require(READ)
    statement = select(*_SHOWN).where(table.c.workspace_id == scope.workspace_id)
    if query.after is not None:
        statement = statement.where(table.c.id > query.after)
    if query.type is not None:
        statement = statement.where(table.c.type == query.type)
    if query.text:
        statement = statement.where(table.c.name.icontains(query.text, autoescape=True))
    return [_view(row) for row in await scope.rows(statement.order_by(table.c.id).limit(query.limit))]


@dataclass(frozen=True, slots=True)
class CredentialTypes(Query[frozenset[str]]):
    """The types of which this workspace has a credential."""


async def credential_types(query: CredentialTypes, scope: ReadScope) -> frozenset[str]:
    scope.actor.require(READ)
    statement = select(table.c.type).where(table.c.workspace_id == scope.workspace_id).distinct()
    return frozenset(row.type for row in await scope.rows(statement))


@dataclass(frozen=True, slots=True)
class KnownCredentials(Query[frozenset[str]]):
    """Those of `ids` that are credentials of this workspace: for a workflow that refers to them."""

    ids: tuple[str, ...]


async def known_credentials(query: KnownCredentials, scope: ReadScope) -> frozenset[str]:
    ids = {found: text for text in query.ids if (found := parse_id(text)) is not None}
    if not ids:
        return frozenset()
    statement = select(table.c.id).where(table.c.workspace_id == scope.workspace_id, table.c.id.in_(ids))
    return frozenset(ids[row.id] for row in await scope.rows(statement))


@dataclass(frozen=True, slots=True)
class TestCredential(Query[Probed]):
    """Try a credential out: one harmless request to its own server. Raises NotFound."""

    __test__ = False

    credential_id: UUID


async def test_credential(query: TestCredential, scope: ReadScope, vault: Vault, probe: Probe) -> Probed:
    await get_credential(GetCredential(query.credential_id), scope)
    scope.actor.require("credentials:write")
    return await probe.probe(await vault.open(str(query.credential_id), workspace=str(scope.workspace_id)))


def _view(row: Any) -> CredentialView:
    return CredentialView(
        row.id, row.name, row.type, decode(row.allowed_hosts), row.revision, row.created_at, row.updated_at
    )
