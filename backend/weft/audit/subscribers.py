"""Every domain event becomes an entry of the audit log."""

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from weft.audit.tables import audit_log
from weft.engine.values import encode
from weft.kernel.messages import RecordedEvent
from weft.platform.outbox import Subscriber


async def write_entry(event: RecordedEvent, connection: AsyncConnection) -> None:
    """Idempotent: an entry has the id of its event."""
    known = await connection.execute(select(audit_log.c.id).where(audit_log.c.id == event.event_id))
    if known.first() is not None:
        return
    row = {
        "id": event.event_id,
        "workspace_id": event.workspace_id,
        "event": event.name,
        "actor": event.actor,
        "data": encode(event.data).decode(),
        "at": event.occurred_at,
    }
    await connection.execute(insert(audit_log).values(row))


audit = Subscriber("audit", None, write_entry)
