"""Identity's repositories on SQLAlchemy Core."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, insert, literal, select, text, update
from sqlalchemy.exc import IntegrityError

from weft.engine.values import decode, encode
from weft.identity.domain import ApiKey, Membership, RefreshToken, User, Variable, Workspace
from weft.identity.tables import api_keys, memberships, refresh_tokens, users, variables, workspaces
from weft.kernel.actor import Role
from weft.kernel.errors import Conflict, NotFound
from weft.kernel.ids import UserId, WorkspaceId
from weft.platform.unit_of_work import SqlUnitOfWork

SETUP_LOCK = 0x77656674
USER = (users.c.id, users.c.email, users.c.name, users.c.password_hash, users.c.created_at)


class SqlAccounts:
    """Reads before the first write use a reading connection, so that a hash is computed without the writer."""

    def __init__(self, work: SqlUnitOfWork) -> None:
        self._work = work

    async def lock_setup(self) -> None:
        connection = await self._work.connection()
        if not self._work.database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SETUP_LOCK})

    async def any_user(self) -> bool:
        return bool(await self._first(select(literal(1)).select_from(users).limit(1)))

    async def by_email(self, email: str) -> User | None:
        row = await self._first(select(*USER).where(users.c.email == email, users.c.deleted_at.is_(None)))
        return User(*row) if row else None

    async def membership(self, user_id: UserId) -> Membership | None:
        statement = (
            select(*USER, workspaces.c.id, workspaces.c.name, workspaces.c.created_at, memberships.c.role)
            .join_from(users, memberships, memberships.c.user_id == users.c.id)
            .join(workspaces, workspaces.c.id == memberships.c.workspace_id)
            .where(users.c.id == user_id, users.c.deleted_at.is_(None), workspaces.c.deleted_at.is_(None))
            .order_by(memberships.c.created_at, workspaces.c.id)
            .limit(1)
        )
        row = await self._first(statement)
        return Membership(User(*row[:5]), Workspace(*row[5:8]), Role(row[8])) if row else None

    async def first_workspace(self) -> Workspace | None:
        table = workspaces.c
        statement = select(table.id, table.name, table.created_at).where(table.deleted_at.is_(None))
        row = await self._first(statement.order_by(table.created_at, table.id).limit(1))
        return Workspace(*row) if row else None

    async def add_user(self, user: User) -> None:
        connection = await self._work.connection()
        row = {
            "id": user.id,
            "email": user.email,
            "name": user.name,
            "password_hash": user.password_hash,
            "created_at": user.created_at,
        }
        try:
            async with connection.begin_nested():
                await connection.execute(insert(users).values(row))
        except IntegrityError:
            raise Conflict("There is a user with this email already.", code="email_taken") from None

    async def add_workspace(self, workspace: Workspace) -> None:
        row = {"id": workspace.id, "name": workspace.name, "created_at": workspace.created_at}
        await (await self._work.connection()).execute(insert(workspaces).values(row))

    async def add_member(self, workspace_id: WorkspaceId, user_id: UserId, role: Role, now: datetime) -> None:
        row = {"workspace_id": workspace_id, "user_id": user_id, "role": role.value, "created_at": now}
        await (await self._work.connection()).execute(insert(memberships).values(row))

    async def set_password(self, user_id: UserId, password_hash: str) -> None:
        statement = update(users).where(users.c.id == user_id).values(password_hash=password_hash)
        await (await self._work.connection()).execute(statement)

    async def _first(self, statement: Select[Any]) -> Any:
        return await self._work.first(statement)


class SqlSessions:
    """Every chain of every user: they belong to no workspace."""

    def __init__(self, work: SqlUnitOfWork) -> None:
        self._work = work

    async def add(self, link: RefreshToken) -> None:
        row = {name: getattr(link, name) for name in RefreshToken.__slots__}
        await (await self._work.connection()).execute(insert(refresh_tokens).values(row))

    async def take(self, token_hash: str) -> RefreshToken | None:
        connection = await self._work.connection()
        mine = refresh_tokens.c.token_hash == token_hash
        family = (await connection.execute(select(refresh_tokens.c.family).where(mine))).scalar()
        if family is None:
            return None
        await self._lock(family)
        columns = (refresh_tokens.c[name] for name in RefreshToken.__slots__)
        row = (await connection.execute(select(*columns).where(mine))).one()
        return RefreshToken(*row)

    async def mark_used(self, link: RefreshToken, now: datetime) -> None:
        await self._update(refresh_tokens.c.id == link.id, used_at=now)

    async def revoke_family(self, family: UUID) -> None:
        await self._lock(family)
        await self._update(refresh_tokens.c.family == family, revoked=True)

    async def revoke_user(self, user_id: UserId) -> None:
        await self._update(refresh_tokens.c.user_id == user_id, revoked=True)

    async def _lock(self, family: UUID) -> None:
        """One at a time for each session: else a link added meanwhile would outlive the end of its family."""
        if not self._work.database.is_sqlite:
            lock = int.from_bytes(family.bytes[8:], "big", signed=True)
            await (await self._work.connection()).execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})

    async def _update(self, condition: Any, **values: object) -> None:
        statement = update(refresh_tokens).where(condition).values(**values)
        await (await self._work.connection()).execute(statement)


class SqlApiKeys:
    """The keys of the unit of work's workspace."""

    def __init__(self, work: SqlUnitOfWork) -> None:
        self._work = work

    async def add(self, key: ApiKey) -> None:
        names = ("id", "workspace_id", "created_by", "name", "prefix", "key_hash", "expires_at", "created_at")
        row = {name: getattr(key, name) for name in names} | {"scopes": encode(list(key.scopes)).decode()}
        await (await self._work.connection()).execute(insert(api_keys).values(row))

    async def get(self, id: UUID) -> ApiKey:
        table = api_keys.c
        statement = select(
            table.id, table.workspace_id, table.created_by, table.name, table.prefix, table.key_hash,
            table.scopes, table.expires_at, table.created_at, table.last_used_at, table.revoked_at,
        ).where(table.workspace_id == self._work.workspace_id, table.id == id, table.revoked_at.is_(None))  # fmt: skip
        row = (await (await self._work.connection()).execute(statement.with_for_update())).first()
        if row is None:
            raise NotFound("There is no such thing here.")
        return ApiKey(*row[:6], tuple(decode(row.scopes)), *row[7:])

    async def save(self, key: ApiKey) -> None:
        statement = update(api_keys).where(api_keys.c.id == key.id).values(revoked_at=key.revoked_at)
        await (await self._work.connection()).execute(statement)

    async def touch(self, id: UUID, now: datetime) -> None:
        statement = update(api_keys).where(api_keys.c.id == id).values(last_used_at=now)
        await (await self._work.connection()).execute(statement)


class SqlVariables:
    """The variables of the unit of work's workspace."""

    def __init__(self, work: SqlUnitOfWork) -> None:
        self._work = work

    async def add(self, variable: Variable) -> None:
        connection = await self._work.connection()
        table = variables.c
        same = exists().where(table.workspace_id == variable.workspace_id, table.name == variable.name)
        taken = Conflict(f"There is a variable '{variable.name}' already.", code="name_taken")
        if (await connection.execute(select(same))).scalar():
            raise taken
        row = {"id": variable.id, "workspace_id": variable.workspace_id, "name": variable.name, **_value(variable)}
        try:
            async with connection.begin_nested():
                await connection.execute(insert(variables).values(row))
        except IntegrityError:
            raise taken from None

    async def get(self, id: UUID) -> Variable:
        table = variables.c
        statement = select(table.id, table.workspace_id, table.name, table.value, table.revision, table.updated_at)
        statement = statement.where(table.workspace_id == self._work.workspace_id, table.id == id)
        row = (await (await self._work.connection()).execute(statement.with_for_update())).first()
        if row is None:
            raise NotFound("There is no such thing here.")
        return Variable(row.id, row.workspace_id, row.name, decode(row.value), row.revision, row.updated_at)

    async def save(self, variable: Variable) -> None:
        statement = update(variables).where(variables.c.id == variable.id).values(_value(variable))
        await (await self._work.connection()).execute(statement)

    async def remove(self, variable: Variable) -> None:
        await (await self._work.connection()).execute(variables.delete().where(variables.c.id == variable.id))


def _value(variable: Variable) -> dict[str, object]:
    text = encode(variable.value).decode()
    return {"value": text, "revision": variable.revision, "updated_at": variable.updated_at}
