"""The fold of a run's events, kept so that a long one need not be folded from its beginning."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from weft.engine.state import SNAPSHOT_FORMAT, RunState
from weft.engine.values import decode, encode
from weft.executions.tables import event_of, execution_events, execution_snapshots, executions
from weft.platform.database import Database


async def load_state(database: Database, execution_id: UUID, *, keep_rounds: bool = False) -> RunState:
    """The state of a run as its journal has it now. `keep_rounds`: with what is inside rounds that have ended."""
    async with database.read() as connection:
        state = RunState()
        if not keep_rounds:
            where = execution_snapshots.c.execution_id == execution_id
            row = (await connection.execute(select(execution_snapshots).where(where))).first()
            if row is not None and row.format == SNAPSHOT_FORMAT:
                state = RunState.from_json(decode(row.body)) or state
        table = execution_events.c
        statement = (
            select(execution_events)
            .where(table.execution_id == execution_id, table.sequence > state.sequence)
            .order_by(table.sequence)
        )
        async for row in await connection.stream(statement):
            state.apply(event_of(row), forget_rounds=not keep_rounds)
    return state


async def save_snapshot(database: Database, execution_id: UUID, workspace_id: UUID) -> None:
    """Keep the fold as it is now, in place of an older one."""
    state = await load_state(database, execution_id)
    row: dict[str, Any] = {
        "execution_id": execution_id,
        "workspace_id": workspace_id,
        "sequence": state.sequence,
        "format": SNAPSHOT_FORMAT,
        "body": encode(state.as_json()),
    }
    insert = (sqlite.insert if database.is_sqlite else postgresql.insert)(execution_snapshots).values(row)
    insert = insert.on_conflict_do_update(
        index_elements=["execution_id"], set_=row, where=execution_snapshots.c.sequence <= state.sequence
    )
    still_there = select(executions.c.id).where(executions.c.id == execution_id).with_for_update()
    async with database.write() as connection:
        # A run may have ended and been removed since: nothing may be left of it.
        if (await connection.execute(still_there)).first() is not None:
            await connection.execute(insert)
