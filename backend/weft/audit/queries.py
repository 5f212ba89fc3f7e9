"""What the audit log tells."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from weft.audit.tables import audit_log
from weft.engine.values import decode
from weft.kernel.messages import Query
from weft.platform.unit_of_work import ReadScope


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what, when."""

    id: UUID
    event: str
    actor: str
    data: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class ListAudit(Query[list[AuditEntry]]):
    """The workspace's entries, newest first, after (`at`, `id`)."""

    limit: int
    after: tuple[datetime, UUID] | None = None
    event: str | None = None
    actor: str | None = None
    since: datetime | None = None


async def list_audit(query: ListAudit, scope: ReadScope) -> list[AuditEntry]:
    """One SELECT on the index of workspace and time."""
    table = audit_log.c
    statement = select(audit_log).where(table.workspace_id == scope.workspace_id)
    statement = statement.order_by(table.at.desc(), table.id.desc()).limit(query.limit)
    if query.event is not None:
        statement = statement.where(table.event == query.event)
    if query.actor is not None:
        statement = statement.where(table.actor == query.actor)
    if query.since is not None:
        statement = statement.where(table.at >= query.since)
    if query.after is not None:
        moment, entry = query.after
        statement = statement.where(or_(table.at < moment, and_(table.at == moment, table.id < entry)))
    return [AuditEntry(row.id, row.event, row.actor, decode(row.data), row.at) for row in await scope.rows(statement)]
