"""Accepting runs: row, first events, idempotency key and domain event of many requests in one transaction."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from weft.executions.adapters.frames import add_events, encode_data
from weft.executions.domain import Execution
from weft.executions.ports import Accepted, IdempotencyKey
from weft.executions.tables import executions, idempotency_keys
from weft.kernel.errors import Conflict, Unavailable
from weft.kernel.ids import ExecutionId
from weft.platform.outbox import ADD_FACTS


@dataclass(slots=True, eq=False)
class Accepting:
    """A run to be accepted, with the request that waits for it."""

    execution: Execution
    row: dict[str, Any]
    facts: list[dict[str, Any]]
    key: IdempotencyKey | None
    expires_at: datetime
    outcome: "asyncio.Future[Accepted]"
    existing: Accepted | None = None
    size: int = 1_000
    tried: bool = False
    is_patient = False

    def written(self) -> None:
        if not self.outcome.done():
            self.outcome.set_result(self.existing or Accepted(self.execution.id, is_new=True))

    def refused(self, error: BaseException) -> None:
        if not self.outcome.done():
            known = isinstance(error, Conflict)
            self.outcome.set_exception(error if known else Unavailable("The run could not be written. Try again."))

    @property
    def key_of_batch(self) -> object:
        return self.execution.id


Refused = list[tuple[Accepting, BaseException]]


def accept(connection: Connection, items: list[Accepting]) -> Refused:
    """Write those that are not there yet; answers those whose key came with another request before."""
    refused = _match_keys(connection, items)
    lost = {id(item) for item, _ in refused}
    stored = _stored(connection, items)
    fresh = [
        item for item in items if item.existing is None and id(item) not in lost and item.execution.id not in stored
    ]
    if not fresh:
        return refused
    connection.execute(_ADD, [item.row for item in fresh])
    events = [
        (item.execution.workspace_id, item.execution.id, event, encode_data(event))
        for item in fresh
        for event in item.execution.history
    ]
    add_events(connection, events)
    connection.execute(ADD_FACTS, [fact for item in fresh for fact in item.facts])
    keys = [_key_row(item) for item in fresh if item.key is not None]
    if keys:
        connection.execute(idempotency_keys.insert(), keys)
    return refused


def _stored(connection: Connection, items: list[Accepting]) -> set[UUID]:
    """Those whose commit got no answer, but was one."""
    doubtful = [item.execution.id for item in items if item.tried]
    for item in items:
        item.tried = True
    if not doubtful:
        return set()
    return set((connection.execute(select(executions.c.id).where(executions.c.id.in_(doubtful)))).scalars())


async def accepted_before(connection: AsyncConnection, workspace_id: UUID, key: IdempotencyKey) -> Accepted | None:
    """What this key made before, within its lifetime. Raises Conflict where it came with another request."""
    table = idempotency_keys.c
    mine = (table.workspace_id == workspace_id) & (table.key == key.key)
    row = (await connection.execute(select(idempotency_keys).where(mine))).first()
    if row is None or row.expires_at <= datetime.now(UTC):
        return None
    if row.request_hash != key.request_hash:
        raise _another_request()
    return Accepted(ExecutionId(row.execution_id), is_new=False)


def _another_request() -> Conflict:
    return Conflict("This Idempotency-Key came with another request before.", code="idempotency_key_reused")


def _match_keys(connection: Connection, items: list[Accepting]) -> Refused:
    """Find what the same key made before, in the database and earlier in this very batch."""
    keyed = [item for item in items if item.key is not None]
    if not keyed:
        return []
    table = idempotency_keys.c
    wanted = [(item.execution.workspace_id, item.key.key) for item in keyed if item.key]
    found = connection.execute(select(idempotency_keys).where(tuple_(table.workspace_id, table.key).in_(wanted)))
    rows, now = found.all(), datetime.now(UTC)
    known = {(row.workspace_id, row.key): (row.request_hash, row.execution_id) for row in rows if row.expires_at > now}
    expired = [(row.workspace_id, row.key) for row in rows if row.expires_at <= now]
    if expired:
        connection.execute(delete(idempotency_keys).where(tuple_(table.workspace_id, table.key).in_(expired)))
    refused: Refused = []
    for item in keyed:
        assert item.key is not None
        item.existing = None
        name = (item.execution.workspace_id, item.key.key)
        request_hash, execution_id = known.setdefault(name, (item.key.request_hash, item.execution.id))
        if request_hash != item.key.request_hash:
            refused.append((item, _another_request()))
        elif execution_id != item.execution.id:
            item.existing = Accepted(ExecutionId(execution_id), is_new=False)
    return refused


_ADD = executions.insert().inline()


def _key_row(item: Accepting) -> dict[str, Any]:
    assert item.key is not None
    return {
        "workspace_id": item.execution.workspace_id,
        "key": item.key.key,
        "request_hash": item.key.request_hash,
        "execution_id": item.execution.id,
        "expires_at": item.expires_at,
    }
