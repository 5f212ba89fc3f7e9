"""What can be read of identity: each one SELECT."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, literal, or_, select

from weft.engine.values import decode
from weft.identity.domain import KEY_START, digest
from weft.identity.ports import Tokens
from weft.identity.tables import api_keys, memberships, refresh_tokens, users, variables, workspaces
from weft.kernel.actor import PERMISSIONS, Actor, Role, granted
from weft.kernel.clock import Clock
from weft.kernel.errors import NotFound, Unauthenticated
from weft.kernel.ids import ApiKeyId, UserId, WorkspaceId
from weft.kernel.messages import Query
from weft.platform.unit_of_work import ReadScope


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a credential stands for, until when; `csrf` and `session` are there for access tokens only."""

    actor: Actor
    expires_at: datetime | None
    session: UUID | None = None
    csrf: str | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Authenticate(Query[Principal]):
    """Whom an access token or API key stands for."""

    credential: str


async def authenticate(query: Authenticate, scope: ReadScope, tokens: Tokens, clock: Clock) -> Principal:
    """Raises Unauthenticated: unknown, revoked, expired, or its user, membership or workspace is gone."""
    if query.credential.startswith(KEY_START):
        return await _by_key(query.credential, scope, clock.now())
    return await _by_token(query.credential, scope, tokens, clock.now())


_LIVING = and_(users.c.deleted_at.is_(None), workspaces.c.deleted_at.is_(None))


async def _by_key(secret: str, scope: ReadScope, now: datetime) -> Principal:
    statement = (
        select(api_keys, memberships.c.role)
        .join(users, users.c.id == api_keys.c.created_by)
        .join(workspaces, workspaces.c.id == api_keys.c.workspace_id)
        .join(
            memberships,
            and_(
                memberships.c.user_id == api_keys.c.created_by,
                memberships.c.workspace_id == api_keys.c.workspace_id,
            ),
        )
        .where(api_keys.c.key_hash == digest(secret), api_keys.c.revoked_at.is_(None), _LIVING)
    )
    row = await scope.first(statement)
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        raise Unauthenticated("The API key is not valid.")
    role = Role(row.role)
    actor = Actor(
        WorkspaceId(row.workspace_id),
        PERMISSIONS[role] & granted(frozenset(decode(row.scopes))),
        UserId(row.created_by),
        ApiKeyId(row.id),
        role,
        "key",
    )
    return Principal(actor, row.expires_at, last_used_at=row.last_used_at)


async def _by_token(token: str, scope: ReadScope, tokens: Tokens, now: datetime) -> Principal:
    claims = tokens.read_access(token)
    links = refresh_tokens.c
    alive = exists().where(
        links.family == claims.session,
        links.user_id == claims.user_id,
        links.revoked.is_(False),
        links.expires_at > now,
    )
    statement = (
        select(memberships.c.role)
        .join(users, users.c.id == memberships.c.user_id)
        .join(workspaces, workspaces.c.id == memberships.c.workspace_id)
        .where(
            memberships.c.user_id == claims.user_id,
            memberships.c.workspace_id == claims.workspace_id,
            _LIVING,
            alive,
        )
    )
    row = await scope.first(statement)
    if row is None:
        raise Unauthenticated("The session is over: sign in again.")
    role = Role(row.role)
    actor = Actor(claims.workspace_id, PERMISSIONS[role], claims.user_id, role=role)
    return Principal(actor, claims.expires_at, claims.session, tokens.csrf(claims.session))


@dataclass(frozen=True, slots=True)
class SessionOf(Query[UUID | None]):
    """The session a refresh token belongs to, whatever its state."""

    refresh_token: str


async def session_of(query: SessionOf, scope: ReadScope) -> UUID | None:
    """One row by its unique hash."""
    links = refresh_tokens.c
    row = await scope.first(select(links.family).where(links.token_hash == digest(query.refresh_token)))
    return row.family if row else None


@dataclass(frozen=True, slots=True)
class CsrfOf(Query[str]):
    """The value that a browser of this session must send."""

    session: UUID


async def csrf_of(query: CsrfOf, tokens: Tokens) -> str:
    """Computed, not stored."""
    return tokens.csrf(query.session)


@dataclass(frozen=True, slots=True)
class IsSetUp(Query[bool]):
    """Whether there is a user."""


async def is_set_up(_query: IsSetUp, scope: ReadScope) -> bool:
    """Deleted users count: set-up happens once."""
    return await scope.first(select(literal(1)).select_from(users).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class Me(Query["MeView"]):
    """The one who asks."""


@dataclass(frozen=True, slots=True)
class MeView:
    """A user in a workspace."""

    user_id: UUID
    email: str
    name: str
    user_created_at: datetime
    workspace_id: UUID
    workspace: str
    workspace_created_at: datetime


async def me(_query: Me, scope: ReadScope) -> MeView:
    """Raises NotFound where no user stands behind the request."""
    statement = (
        select(users.c.id, users.c.email, users.c.name, users.c.created_at)
        .add_columns(workspaces.c.id, workspaces.c.name, workspaces.c.created_at)
        .join_from(users, memberships, memberships.c.user_id == users.c.id)
        .join(workspaces, workspaces.c.id == memberships.c.workspace_id)
        .where(users.c.id == scope.actor.user_id, workspaces.c.id == scope.workspace_id)
    )
    row = await scope.first(statement)
    if row is None:
        raise NotFound("There is no such thing here.")
    return MeView(*row)


@dataclass(frozen=True, slots=True)
class ApiKeyView:
    """A key as lists show it: by its prefix."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime
    created_by: UUID


@dataclass(frozen=True, slots=True)
class GetApiKey(Query[ApiKeyView]):
    """One key that is not revoked."""

    id: UUID


async def get_api_key(query: GetApiKey, scope: ReadScope) -> ApiKeyView:
    """Raises NotFound."""
    row = await scope.first(_keys(scope).where(api_keys.c.id == query.id))
    if row is None:
        raise NotFound("There is no such thing here.")
    return _key_view(row)


@dataclass(frozen=True, slots=True)
class ListApiKeys(Query[list[ApiKeyView]]):
    """The workspace's keys, newest first, after (`created_at`, `id`)."""

    limit: int
    after: tuple[datetime, UUID] | None = None


async def list_api_keys(query: ListApiKeys, scope: ReadScope) -> list[ApiKeyView]:
    """Revoked ones are left out."""
    table = api_keys.c
    statement = _keys(scope).order_by(table.created_at.desc(), table.id.desc()).limit(query.limit)
    if query.after is not None:
        moment, key = query.after
        statement = statement.where(or_(table.created_at < moment, and_(table.created_at == moment, table.id < key)))
    return [_key_view(row) for row in await scope.rows(statement)]


def _keys(scope: ReadScope) -> Any:
    return select(api_keys).where(api_keys.c.workspace_id == scope.workspace_id, api_keys.c.revoked_at.is_(None))


def _key_view(row: Any) -> ApiKeyView:
    return ApiKeyView(
        row.id, row.name, row.prefix, decode(row.scopes), row.expires_at, row.last_used_at, row.created_at,
        row.created_by,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class VariableView:
    """A variable as it is read."""

    id: UUID
    name: str
    value: Any
    revision: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class GetVariable(Query[VariableView]):
    """One variable."""

    id: UUID


async def get_variable(query: GetVariable, scope: ReadScope) -> VariableView:
    """Raises NotFound."""
    row = await scope.first(_variables(scope).where(variables.c.id == query.id))
    if row is None:
        raise NotFound("There is no such thing here.")
    return _variable_view(row)


@dataclass(frozen=True, slots=True)
class ListVariables(Query[list[VariableView]]):
    """The workspace's variables by name, after `after`; `q` is looked for in names."""

    limit: int
    after: str | None = None
    q: str | None = None


async def list_variables(query: ListVariables, scope: ReadScope) -> list[VariableView]:
    """In the order of their names."""
    table = variables.c
    statement = _variables(scope).order_by(table.name).limit(query.limit)
    if query.after is not None:
        statement = statement.where(table.name > query.after)
    if query.q:
        statement = statement.where(func.lower(table.name).contains(query.q.lower(), autoescape=True))
    return [_variable_view(row) for row in await scope.rows(statement)]


@dataclass(frozen=True, slots=True)
class WorkspaceVariables(Query[dict[str, Any]]):
    """All variables of the workspace, as `vars` of a run begins."""


async def workspace_variables(_query: WorkspaceVariables, scope: ReadScope) -> dict[str, Any]:
    """By name."""
    return {row.name: decode(row.value) for row in await scope.rows(_variables(scope))}


def _variables(scope: ReadScope) -> Any:
    return select(variables).where(variables.c.workspace_id == scope.workspace_id)


def _variable_view(row: Any) -> VariableView:
    return VariableView(row.id, row.name, decode(row.value), row.revision, row.updated_at)


@dataclass(frozen=True, slots=True)
class FirstWorkspace(Query[WorkspaceId | None]):
    """The oldest workspace: the one that the command line works in."""


async def first_workspace(_query: FirstWorkspace, scope: ReadScope) -> WorkspaceId | None:
    """None before the set-up."""
    row = await scope.first(select(workspaces.c.id).order_by(workspaces.c.created_at).limit(1))
    return WorkspaceId(row.id) if row is not None else None
