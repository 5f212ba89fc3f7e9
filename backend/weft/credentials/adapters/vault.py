"""Opening credentials for nodes: from the database, or from the environment of the command line."""

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import select

from weft.credentials.adapters.sealed import unseal
from weft.credentials.domain import Credential
from weft.credentials.ports import Vault
from weft.credentials.tables import credentials as table
from weft.engine.capabilities import OpenedCredential
from weft.engine.errors import NodeError
from weft.engine.values import decode
from weft.kernel.actor import system_actor
from weft.kernel.clock import SystemClock
from weft.kernel.errors import Invalid
from weft.kernel.ids import WorkspaceId, parse_id
from weft.platform.database import Database
from weft.platform.sealing import SealBroken, Sealer

_NOWHERE: Final = WorkspaceId(UUID(int=0))


class SqlVault:
    """Implements the engine's `Credentials` (and `ports.Vault`): by id, within a workspace."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def open(self, credential_id: str, *, workspace: str) -> OpenedCredential:
        """Errors: NodeError `not_found`, `unavailable`."""
        known, owner = parse_id(credential_id), parse_id(workspace)
        if known is None or owner is None:
            raise _unknown()
        statement = select(table).where(table.c.workspace_id == owner, table.c.id == known)
        async with self._database.read() as connection:
            row = (await connection.execute(statement)).first()
        if row is None:
            raise _unknown()
        try:
            data = unseal(self._sealer, row.workspace_id, row.id, row.sealed)
        except SealBroken:
            raise NodeError("unavailable", "The credential was sealed with another WEFT_SECRET_KEY.") from None
        return OpenedCredential(str(row.id), row.type, data, tuple(decode(row.allowed_hosts)))


class EnvironmentVault:
    """Opens `WEFT_CREDENTIAL_<NAME>`: JSON `{type, data, allowed_hosts?}`, checked as the API checks it.

    NAME is the credential's id or name in upper case, with `_` for what is no letter or digit. What the
    environment does not hold is asked of `fallback`.
    """

    def __init__(self, environment: Mapping[str, str], fallback: Vault | None = None) -> None:
        self._environment = environment
        self._fallback = fallback

    async def open(self, credential_id: str, *, workspace: str) -> OpenedCredential:
        """Errors: NodeError `not_found`, `unavailable`, and `validation` that names the variable."""
        variable = "WEFT_CREDENTIAL_" + re.sub(r"[^A-Z0-9]", "_", credential_id.upper())
        text = self._environment.get(variable)
        if text is not None:
            return _read(variable, credential_id, text)
        if self._fallback is None:
            raise NodeError("not_found", f"There is no credential '{credential_id}'; {variable} is not set.")
        return await self._fallback.open(credential_id, workspace=workspace)


def _read(variable: str, credential_id: str, text: str) -> OpenedCredential:
    shape = f"{variable} must be JSON: {{type, data, allowed_hosts?}}."
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise NodeError("validation", shape) from None
    if not isinstance(content, dict) or not {"type", "data"} <= set(content) <= {"type", "data", "allowed_hosts"}:
        raise NodeError("validation", shape)
    kind, data, hosts = content["type"], content["data"], content.get("allowed_hosts")
    texts = [kind, *(data.values() if isinstance(data, dict) else [None]), *(hosts if isinstance(hosts, list) else [])]
    if not all(isinstance(part, str) for part in texts) or not isinstance(hosts, list | None):
        raise NodeError("validation", shape)
    try:
        made = Credential.create(system_actor(_NOWHERE), credential_id[:200], kind, data, hosts, SystemClock().now())
    except Invalid as error:
        first = error.errors[0]
        raise NodeError("validation", f"{variable}{first.path}: {first.message}") from None
    return OpenedCredential(credential_id, made.type, made.data, made.allowed_hosts)


def _unknown() -> NodeError:
    return NodeError("not_found", "There is no such credential in this workspace.")
