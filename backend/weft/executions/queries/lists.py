"""Lists: executions of a workspace, events of an execution."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, cast, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB

from weft.executions.queries.details import HEAD, ExecutionSummary, head_values
from weft.executions.queries.waits import waiting_for
from weft.executions.tables import event_body, execution_events, executions
from weft.kernel.actor import Actor
from weft.kernel.ids import parse_id
from weft.kernel.messages import Query
from weft.platform.unit_of_work import ReadScope

WAITS_SHOWN: Final = 20
"""Of each run in a list; a loop may hold thousands."""


@dataclass(frozen=True, slots=True)
class ListExecutions(Query[list[ExecutionSummary]]):
    """Executions, the newest first, after `before` (created_at, id)."""

    limit: int
    workflow_id: UUID | None = None
    statuses: tuple[str, ...] = ()
    since: datetime | None = None
    labels: tuple[tuple[str, str], ...] = ()
    """Any of these (key, value)."""
    text: str | None = None
    before: tuple[datetime, UUID] | None = None


@dataclass(frozen=True, slots=True)
class EventsAfter(Query[list[dict[str, Any]]]):
    """Up to `limit` stored events after a sequence, as REST sends them."""

    execution_id: UUID
    after: int
    limit: int
    top_level: bool = False


async def list_executions(query: ListExecutions, scope: ReadScope, actor: Actor) -> list[ExecutionSummary]:
    """Raises PermissionDenied."""
    actor.require("executions:read")
    table = executions.c
    statement = select(*HEAD).where(table.workspace_id == scope.workspace_id)
    if query.workflow_id is not None:
        statement = statement.where(table.workflow_id == query.workflow_id)
    if query.statuses:
        statement = statement.where(table.status.in_(query.statuses))
    if query.since is not None:
        statement = statement.where(table.created_at >= query.since)
    if query.labels:
        is_sqlite = scope.database.is_sqlite
        statement = statement.where(or_(*(_has_label(*pair, is_sqlite=is_sqlite) for pair in query.labels)))
    if query.text:
        statement = statement.where(_mentions(query.text))
    if query.before is not None:
        statement = statement.where(tuple_(table.created_at, table.id) < query.before)
    rows = await scope.rows(statement.order_by(table.created_at.desc(), table.id.desc()).limit(query.limit))
    waits = await waiting_for(scope, rows, WAITS_SHOWN)
    return [ExecutionSummary(**head_values(row), waiting_for=waits.get(row.id, [])) for row in rows]


def _mentions(text: str) -> ColumnElement[bool]:
    table = executions.c
    known = parse_id(text)
    found = table.labels.icontains(text, autoescape=True) | table.error.icontains(text, autoescape=True)
    return found if known is None else found | (table.id == known) | (table.workflow_id == known)


def _has_label(key: str, value: str, *, is_sqlite: bool) -> ColumnElement[bool]:
    if not is_sqlite:
        found: ColumnElement[bool] = cast(executions.c.labels, JSONB)[key].astext == value
        return found
    labels = func.json_each(executions.c.labels).table_valued("key", "value")
    return select(labels.c.key).where(labels.c.key == key, labels.c.value == value).exists()


async def events_after(query: EventsAfter, scope: ReadScope, actor: Actor) -> list[dict[str, Any]]:
    """Raises PermissionDenied; of an execution elsewhere there are none."""
    actor.require("executions:read")
    table = execution_events.c
    statement = select(execution_events).where(
        table.workspace_id == scope.workspace_id,
        table.execution_id == query.execution_id,
        table.sequence > query.after,
    )
    if query.top_level:
        statement = statement.where(table.depth == 0)
    rows = await scope.rows(statement.order_by(table.sequence).limit(query.limit))
    return [event_body(str(query.execution_id), row, row.data) for row in rows]
