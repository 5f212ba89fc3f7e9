"""Executions over HTTP: lists, one run, its nodes, its events; cancel and retry."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import orjson
from fastapi import Depends, Header, Query, Request, Response

from weft.executions.commands import CancelExecution, DeleteExecution, RetryExecution
from weft.executions.queries import (
    EventsAfter,
    ExecutionDetails,
    ExecutionSummary,
    GetBlob,
    GetExecution,
    GetExecutionGraph,
    GetExecutionHead,
    GetExecutionNodes,
    ListExecutions,
    NodeDetails,
)
from weft.executions.routes.running import EVENTS, moved, stream
from weft.executions.routes.shapes import STATUSES, ExecutionAnswer, GraphAnswer, RetryRequest
from weft.kernel.errors import Malformed
from weft.platform.web import (
    ActorDependency,
    BusDependency,
    EntityId,
    Limit,
    Moment,
    NoFields,
    Page,
    allowed,
    existing,
    make_cursor,
    read_cursor,
    router,
)

routes = router("/executions", "executions")
READ: Final = existing(GetExecutionHead, "executions:read", "execution_id")
LAST: Final = 2**31 - 1
"""No sequence is above it: what is asked for after it never comes."""


@routes.get("", dependencies=[allowed("executions:read")])
async def list_executions(
    actor: ActorDependency,
    bus: BusDependency,
    limit: Limit = 50,
    cursor: str | None = None,
    workflow_id: UUID | None = None,
    status: Annotated[list[STATUSES] | None, Query()] = None,
    since: Moment | None = None,
    label: Annotated[str | None, Query(pattern=r"^.+[:=].*$", max_length=201)] = None,
    q: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[ExecutionSummary]:
    """Executions, the newest first. `label` is `key:value`; `q` is looked for in ids, labels and errors."""
    filters = [workflow_id, status, since, label, q]
    before = read_cursor(cursor, actor, filters, (datetime, UUID))
    query = ListExecutions(limit + 1, workflow_id, tuple(status or ()), since, _pairs(label), q, before)
    found = await bus.ask(query, actor)
    last = found[limit - 1] if len(found) > limit else None
    following = make_cursor(actor, filters, last.created_at.isoformat(), str(last.id)) if last else None
    return Page(items=found[:limit], next_cursor=following)


def _pairs(label: str | None) -> tuple[tuple[str, str], ...]:
    """What `key:value` may mean: a key may itself hold a separator."""
    text = label or ""
    return tuple((text[:at], text[at + 1 :]) for at in range(1, len(text)) if text[at] in ":=")


@routes.get("/{execution_id}")
async def get_execution(execution_id: EntityId, actor: ActorDependency, bus: BusDependency) -> ExecutionDetails:
    """One execution with its top-level nodes."""
    return await bus.ask(GetExecution(execution_id), actor)


@routes.delete(
    "/{execution_id}",
    status_code=204,
    dependencies=[existing(GetExecutionHead, "executions:write", "execution_id")],
    responses={409: {"description": "It has not ended: cancel it first."}},
)
async def delete_execution(execution_id: EntityId, actor: ActorDependency, bus: BusDependency) -> None:
    """Remove a run that has ended, with its events."""
    await bus.execute(DeleteExecution(execution_id), actor)


@routes.get("/{execution_id}/graph")
async def get_execution_graph(execution_id: EntityId, actor: ActorDependency, bus: BusDependency) -> GraphAnswer:
    """The graph that the run runs on, as it was when the run was accepted."""
    return GraphAnswer(graph=await bus.ask(GetExecutionGraph(execution_id), actor))


@routes.get("/{execution_id}/nodes", dependencies=[READ])
async def list_nodes(
    execution_id: EntityId,
    actor: ActorDependency,
    bus: BusDependency,
    under: Annotated[str, Query(min_length=1, max_length=2_000)],
    limit: Limit = 50,
    cursor: str | None = None,
) -> Page[NodeDetails]:
    """Every node at any depth inside the path `under`."""
    filters = [execution_id, under]
    position = read_cursor(cursor, actor, filters, (int,))
    found = await bus.ask(GetExecutionNodes(execution_id, under, position[0] if position else 0, limit + 1), actor)
    following = make_cursor(actor, filters, found[limit - 1].first) if len(found) > limit else None
    return Page(items=[entry.details for entry in found[:limit]], next_cursor=following)


def _position(
    after: str | None = None, cursor: str | None = None, last_event_id: Annotated[str | None, Header()] = None
) -> int:
    """The sequence to go on after. Raises Malformed."""
    text = last_event_id or (cursor if after is None else after)
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit()):
        raise Malformed("Last-Event-ID and 'after' are the sequence of an event: a whole number.")
    digits = text.lstrip("0")
    return min(int(digits or 0), LAST) if len(digits) <= len(str(LAST)) else LAST


@routes.get(
    "/{execution_id}/events",
    response_model=Page[dict[str, Any]],
    dependencies=[Depends(_position), READ],
    responses={200: EVENTS},
)
async def list_events(
    execution_id: EntityId,
    request: Request,
    actor: ActorDependency,
    bus: BusDependency,
    position: Annotated[int, Depends(_position)],
    depth: Literal["0"] | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:
    """The events: with `Accept: text/event-stream` live until the run ends, else a page."""
    if "text/event-stream" in request.headers.get("accept", "").lower():
        return stream(request, actor, execution_id, position, "executions:read", top_level=depth == "0")
    found = await bus.ask(EventsAfter(execution_id, position, limit, depth == "0"), actor)
    following = str(found[-1]["sequence"]) if len(found) == limit else None
    body = orjson.dumps({"items": found, "next_cursor": following})
    return Response(body, media_type="application/json")


@routes.get("/{execution_id}/blobs/{sha}", responses={200: {"content": {"application/json": {}}}})
async def get_blob(execution_id: EntityId, sha: str, actor: ActorDependency, bus: BusDependency) -> Response:
    """A value that was too long for an event."""
    return Response(await bus.ask(GetBlob(execution_id, sha), actor), media_type="application/json")


@routes.post(
    "/{execution_id}/cancel",
    status_code=202,
    response_model=ExecutionAnswer,
    dependencies=[existing(GetExecutionHead, "executions:write", "execution_id")],
)
async def cancel_execution(
    execution_id: EntityId, actor: ActorDependency, bus: BusDependency, _body: NoFields | None = None
) -> Response:
    """Cancel a run that has not ended."""
    await bus.execute(CancelExecution(execution_id), actor)
    return await moved(bus, actor, execution_id)


@routes.post(
    "/{execution_id}/retry",
    status_code=202,
    response_model=ExecutionAnswer,
    dependencies=[existing(GetExecutionHead, "executions:write", "execution_id")],
)
async def retry_execution(
    execution_id: EntityId, actor: ActorDependency, bus: BusDependency, body: RetryRequest | None = None
) -> Response:
    """Run again what failed, as a new execution that takes over the rest."""
    version = body.version if body else None
    accepted = await bus.execute(RetryExecution(execution_id, version), actor)
    return await moved(bus, actor, accepted.execution_id)
