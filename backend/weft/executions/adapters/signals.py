"""Signals from outside that no event answers yet."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from weft.executions.tables import execution_signals, executions
from weft.platform.database import Database


async def signals_of(database: Database, execution_id: UUID) -> Sequence[Any]:
    """Those of one run, in the order in which they came."""
    return await _open_signals(database, execution_signals.c.execution_id == execution_id)


async def signals_for(database: Database, owner: str) -> Sequence[Any]:
    """Those of every run that `owner` holds, in the order in which they came: one statement for all of them."""
    held = select(executions.c.id).where(executions.c.owner == owner, executions.c.status.in_(("queued", "running")))
    return await _open_signals(database, execution_signals.c.execution_id.in_(held))


async def _open_signals(database: Database, where: Any) -> Sequence[Any]:
    table = execution_signals.c
    statement = select(execution_signals).where(where, table.sequence.is_(None)).order_by(table.received_at, table.id)
    async with database.read() as connection:
        return (await connection.execute(statement)).all()
