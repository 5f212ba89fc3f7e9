"""Executions on SQL: accepting, the repository of commands, what a worker reads."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import delete, select

from weft.engine.events import Event
from weft.engine.journal import INLINE_BYTES
from weft.engine.limits import Limits
from weft.engine.values import decode, encode
from weft.executions.adapters.accepting import Accepting, accepted_before
from weft.executions.adapters.journal import SqlJournal
from weft.executions.domain import Execution, Options, Origin
from weft.executions.ports import Accepted, IdempotencyKey
from weft.executions.tables import (
    event_of,
    execution_events,
    execution_signals,
    execution_snapshots,
    executions,
    idempotency_keys,
    timers,
)
from weft.kernel.errors import NotFound, Unavailable
from weft.kernel.ids import ExecutionId, WorkspaceId, new_id
from weft.platform.database import Database
from weft.platform.unit_of_work import SqlUnitOfWork, event_row

KEY_LIFETIME: Final = timedelta(hours=24)
ACCEPT_BYTES: Final = 1_000


class Starter(Protocol):
    """Who works on runs in this process."""

    def lease(self) -> str | None:
        """The name under which a run that is accepted now belongs to this process; None: it has no room."""
        ...

    def start(self, execution: Execution) -> None:
        """Begin with a run that was accepted under that name."""
        ...

    def doubt(self, execution_id: UUID) -> None:
        """Such a run may have been accepted, though no commit was answered: begin with it if it is there."""
        ...


class SqlAcceptance:
    """Accepts through the journal's writer; the run is started where it was accepted, if there is room."""

    def __init__(self, database: Database, journal: SqlJournal, starter: Starter) -> None:
        self._database = database
        self._journal = journal
        self._starter = starter

    async def known(self, workspace_id: WorkspaceId, key: IdempotencyKey) -> Accepted | None:
        async with self._database.read() as connection:
            return await accepted_before(connection, workspace_id, key)

    async def accept(self, execution: Execution, key: IdempotencyKey | None) -> Accepted:
        owner = self._starter.lease()
        inputs = encode(execution.inputs)
        if len(inputs) > INLINE_BYTES:
            reference = execution.keep_inputs_apart(inputs)
            await self._journal.keep(execution.workspace_id, reference, inputs)
        outcome: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        facts = [event_row(fact) for fact in execution.take_events()]
        expires_at = datetime.now(UTC) + KEY_LIFETIME
        size = ACCEPT_BYTES + 2 * len(inputs)
        item = Accepting(execution, _row(execution, owner, inputs), facts, key, expires_at, outcome, size=size)
        return await asyncio.shield(self._submit(item, owner))

    async def _submit(self, item: Accepting, owner: str | None) -> Accepted:
        try:
            accepted = await self._journal.submit(item)
        except Unavailable:
            if owner is not None:
                self._starter.doubt(item.execution.id)
            raise
        if accepted.is_new and owner is not None:
            self._starter.start(item.execution)
        return accepted


def _row(execution: Execution, owner: str | None, inputs: bytes) -> dict[str, Any]:
    origin, options = execution.origin, execution.options
    return {
        "id": execution.id,
        "workspace_id": execution.workspace_id,
        "workflow_id": origin.workflow_id,
        "version": origin.version,
        "graph_hash": origin.graph_hash,
        "status": "queued",
        "durability": options.durability,
        "trigger": encode(origin.trigger).decode(),
        "labels": encode(options.labels).decode(),
        "limits": encode(options.limits.as_json()).decode(),
        "priority": options.priority,
        "inputs": inputs.decode(),
        "usage": "{}",
        "retry_of": origin.retry_of,
        "owner": owner,
        "epoch": 1,
        "takeovers": 0,
        "last_sequence": len(execution.history),
        "created_at": execution.created_at,
    }


class SqlExecutions:
    """The executions of the unit of work's workspace."""

    def __init__(self, work: SqlUnitOfWork) -> None:
        self._work = work

    async def get(self, execution_id: UUID) -> Execution:
        connection = await self._work.connection()
        table = executions.c
        mine = (table.workspace_id == self._work.workspace_id) & (table.id == execution_id)
        row = (await connection.execute(select(executions).where(mine).with_for_update())).first()
        if row is None:
            raise NotFound("There is no such execution.")
        return execution_of(row)

    async def history(self, execution_id: UUID) -> list[Event]:
        connection = await self._work.connection()
        table = execution_events.c
        statement = select(execution_events).where(table.execution_id == execution_id).order_by(table.sequence)
        return [event_of(row) for row in await connection.execute(statement)]

    async def release(self) -> None:
        await self._work.release()

    async def signal(self, execution: Execution, kind: str, data: dict[str, Any], *, path: str | None = None) -> None:
        connection = await self._work.connection()
        row = {
            "id": new_id(),
            "workspace_id": execution.workspace_id,
            "execution_id": execution.id,
            "kind": kind,
            "path": path,
            "data": encode(data).decode(),
            "actor": self._work.actor.label,
            "received_at": datetime.now(UTC),
        }
        await connection.execute(execution_signals.insert().values(row))

    async def remove(self, execution: Execution) -> None:
        connection = await self._work.connection()
        for table in (execution_events, execution_signals, execution_snapshots, timers, idempotency_keys):
            mine = (table.c.workspace_id == execution.workspace_id) & (table.c.execution_id == execution.id)
            await connection.execute(delete(table).where(mine))
        await connection.execute(delete(executions).where(executions.c.id == execution.id))
        self._work.record(*execution.take_events())


def execution_of(row: Any) -> Execution:
    """The aggregate behind a row of executions."""
    trigger, labels = decode(row.trigger), decode(row.labels)
    origin = Origin(row.workflow_id, row.version, row.graph_hash, trigger, retry_of=row.retry_of)
    options = Options(row.durability, Limits.from_json(decode(row.limits)), row.priority, labels)
    return Execution(
        ExecutionId(row.id), WorkspaceId(row.workspace_id), row.status, origin, options, decode(row.inputs),
        row.created_at, row.epoch,
    )  # fmt: skip
