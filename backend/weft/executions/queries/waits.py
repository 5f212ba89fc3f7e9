"""What runs wait for, at the top level and inside containers."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from weft.engine.values import decode
from weft.executions.domain import ENDED
from weft.executions.tables import execution_events, timers
from weft.platform.unit_of_work import ReadScope


async def waiting_for(
    scope: ReadScope, runs: Iterable[Any], most: int | None = None
) -> dict[UUID, list[dict[str, Any]]]:
    """By execution, the waits of those of `runs` (rows with id and status) that live, in the order in which they
    began; `most`: so many of each run. Every wait has a timer row while it lasts, and that row names its event."""
    live = [run.id for run in runs if run.status not in ENDED]
    if not live:
        return {}
    place = func.row_number().over(partition_by=timers.c.execution_id, order_by=timers.c.sequence)
    mine = (timers.c.workspace_id == scope.workspace_id) & timers.c.execution_id.in_(live)
    waits = select(timers.c.execution_id, timers.c.sequence, place.label("place")).where(mine).subquery()
    events = execution_events.c
    begun = (events.execution_id == waits.c.execution_id) & (events.sequence == waits.c.sequence)
    statement = (
        select(events.execution_id, events.path, events.data)
        .join_from(waits, execution_events, begun)
        .order_by(events.sequence)
    )
    if most is not None:
        statement = statement.where(waits.c.place <= most)
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in await scope.rows(statement):
        told = {key: value for key, value in decode(row.data).items() if key not in ("attempt", "due_at")}
        found.setdefault(row.execution_id, []).append({"path": row.path, **told})
    return found
