"""What runs wait for, at the top level and inside containers."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from weft.engine.values import decode
from weft.executions.domain import ENDED
from weft.executions.tables import execution_events, timers
from weft.platform.unit_of_work import ReadScope


async def waiting_for(scope: ReadScope, runs: Iterable[Any]) -> dict[UUID, list[dict[str, Any]]]:
    """By execution, each wait of those of `runs` (rows with id and status) that live, in the order in which they
    began. Every wait has a timer row while it lasts, and that row names its event."""
    live = [run.id for run in runs if run.status not in ENDED]
    if not live:
        return {}
    events, waits = execution_events.c, timers.c
    begun = (events.execution_id == waits.execution_id) & (events.sequence == waits.sequence)
    rows = await scope.rows(
        select(events.execution_id, events.path, events.data)
        .join_from(timers, execution_events, begun)
        .where(waits.workspace_id == scope.workspace_id, waits.execution_id.in_(live))
        .order_by(events.sequence)
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        told = {key: value for key, value in decode(row.data).items() if key not in ("attempt", "due_at")}
        found.setdefault(row.execution_id, []).append({"path": row.path, **told})
    return found
