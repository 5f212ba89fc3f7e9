"""The repository of credentials: sealed on the way in, opened on the way out, within a unit of work."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from weft.credentials.adapters.sealed import seal, unseal
from weft.credentials.domain import Credential
from weft.credentials.tables import credentials as table
from weft.engine.values import decode, encode
from weft.kernel.errors import Conflict, NotFound, Unavailable
from weft.kernel.ids import CredentialId
from weft.platform.sealing import SealBroken, Sealer
from weft.platform.unit_of_work import SqlUnitOfWork


class SqlCredentials:
    """Implements `ports.Credentials`."""

    def __init__(self, work: SqlUnitOfWork, sealer: Sealer) -> None:
        self._work = work
        self._sealer = sealer

    async def add(self, credential: Credential) -> None:
        connection = await self._work.connection()
        row = self._row(credential) | {"id": credential.id, "workspace_id": self._work.workspace_id}
        await connection.execute(insert(table).values(row | {"created_at": credential.created_at}))
        self._work.record(*credential.take_events())

    async def get(self, credential_id: UUID) -> Credential:
        connection = await self._work.connection()
        statement = select(table).where(*self._is(credential_id)).with_for_update()
        row = (await connection.execute(statement)).first()
        if row is None:
            raise NotFound("There is no such credential here.")
        try:
            data = unseal(self._sealer, row.workspace_id, row.id, row.sealed)
        except SealBroken:
            raise Unavailable(
                "This credential was sealed with another WEFT_SECRET_KEY; add that key, or delete the credential."
            ) from None
        return Credential(
            CredentialId(row.id),
            row.name,
            row.type,
            data,
            decode(row.allowed_hosts),
            row.created_at,
            row.updated_at,
            row.revision,
        )

    async def save(self, credential: Credential) -> None:
        connection = await self._work.connection()
        before = (*self._is(credential.id), table.c.revision == credential.revision - 1)
        result = await connection.execute(update(table).where(*before).values(self._row(credential)))
        if result.rowcount != 1:
            raise Conflict("The credential was changed at the same time.")
        self._work.record(*credential.take_events())

    async def remove(self, credential: Credential) -> None:
        connection = await self._work.connection()
        await connection.execute(delete(table).where(*self._is(credential.id)))
        self._work.record(*credential.take_events())

    def _is(self, credential_id: UUID) -> tuple[Any, ...]:
        return table.c.workspace_id == self._work.workspace_id, table.c.id == credential_id

    def _row(self, credential: Credential) -> dict[str, Any]:
        return {
            "name": credential.name,
            "type": credential.type,
            "sealed": seal(self._sealer, self._work.workspace_id, credential.id, credential.data),
            "allowed_hosts": encode(credential.allowed_hosts).decode(),
            "revision": credential.revision,
            "updated_at": credential.updated_at,
        }
