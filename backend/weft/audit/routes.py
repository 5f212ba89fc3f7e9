"""The audit log over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel

from weft.audit.queries import ListAudit
from weft.platform.web import (
    ActorDependency,
    BusDependency,
    Cursor,
    Limit,
    Page,
    allowed,
    make_cursor,
    read_cursor,
    router,
)

routes = router("/audit", "audit")


class AuditOut(BaseModel):
    """Who did what, when."""

    id: UUID
    event: str
    actor: str
    data: dict[str, Any]
    at: datetime


@routes.get("", dependencies=[allowed("admin")])
async def list_audit(
    asking: ActorDependency,
    bus: BusDependency,
    limit: Limit = 50,
    cursor: Cursor = None,
    event: Annotated[str | None, Query(max_length=100)] = None,
    actor: Annotated[str | None, Query(max_length=100)] = None,
    since: AwareDatetime | None = None,
) -> Page[AuditOut]:
    """What happened in the workspace, newest first."""
    filters = ["audit", event, actor, str(since)]
    after = read_cursor(cursor, asking, filters, (datetime, UUID))
    query = ListAudit(limit + 1, after, event, actor, since)
    found = await bus.ask(query, asking)
    more = make_cursor(asking, filters, found[limit - 1].at, found[limit - 1].id) if len(found) > limit else None
    return Page(
        items=[AuditOut.model_validate(entry, from_attributes=True) for entry in found[:limit]], next_cursor=more
    )
