"""HTTP shapes ↔ commands and queries of executions."""

import asyncio
import hashlib
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import Header, Query, Request, Response
from pydantic import AfterValidator, Field

from weft.executions.commands import CancelExecution, RetryExecution, RunNode, StartExecution
from weft.executions.domain import ENDED
from weft.executions.ports import Follower, IdempotencyKey, LiveFeed
from weft.executions.queries import (
    EvaluateExpression,
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
    Preview,
)
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.errors import Malformed, invalid_field
from weft.platform.sse import EventStream
from weft.platform.web import (
    ActorDependency,
    Body,
    BusDependency,
    EntityId,
    Limit,
    Page,
    existing,
    make_cursor,
    read_cursor,
    router,
)
from weft.workflows.queries import GetHead

routes = router("/executions", "executions")
runs = router("/workflows", "executions")
expressions = router("/expressions", "executions")
_EVENTS: dict[str, Any] = {
    "content": {
        "text/event-stream": {
            "schema": {"type": "object", "properties": {name: {"type": "string"} for name in ("id", "event", "data")}}
        }
    }
}
STATUSES = Literal["queued", "running", "waiting", "paused", "completed", "failed", "cancelled"]
Label = Annotated[str, Field(max_length=100)]


def _few_labels(labels: dict[Label, Label]) -> dict[Label, Label]:
    if len(labels) > 50:
        raise ValueError("at most 50 labels")
    return labels


class RunLimits(Body):
    """Limits of one run; null: none."""

    max_duration_s: float | None = Field(default=None, gt=0, le=86_400 * 366)
    max_node_runs: int | None = Field(default=None, gt=0, le=2**31)
    max_tokens: int | None = Field(default=None, gt=0, le=2**53)
    max_cost_usd: float | None = Field(default=None, gt=0, le=1e9)


class RunRequest(Body):
    """How a workflow is run."""

    inputs: dict[str, Any] = Field(default_factory=dict)
    mode: Literal["wait", "stream", "background"] = "background"
    version: Annotated[int, Field(ge=1, le=2**31)] | Literal["latest", "draft"] | None = None
    wait_timeout_s: float = Field(default=60, ge=0, le=300)
    durability: Literal["async", "sync"] | None = None
    limits: RunLimits | None = None
    priority: int = Field(default=0, ge=-1000, le=1000)
    labels: Annotated[dict[Label, Label], AfterValidator(_few_labels)] = Field(default_factory=dict)
    pinned: dict[str, Any] = Field(default_factory=dict)


class NodeRunRequest(Body):
    """What a single node is run on."""

    inputs: dict[str, Any] = Field(default_factory=dict)
    upstream: dict[str, Any] = Field(default_factory=dict)


class RetryRequest(Body):
    """Where a retry may move to."""

    version: Annotated[int, Field(ge=1, le=2**31)] | Literal["latest", "draft"] | None = None


class ExecutionAnswer(Body):
    """An execution in its wrapper."""

    execution: ExecutionDetails


class ExpressionRequest(Body):
    """An expression or a template, and what it sees."""

    expression: str | None = Field(default=None, max_length=100_000)
    template: str | None = Field(default=None, max_length=100_000)
    scope: dict[str, Any] = Field(default_factory=dict)
    execution: UUID | None = None
    node: str | None = None


async def _answer(bus: Bus, actor: Actor, execution_id: UUID, status: int, *, waited: bool = False) -> Response:
    execution = await bus.ask(GetExecution(execution_id, waited), actor)
    headers = {"Location": f"/api/v1/executions/{execution_id}"}
    body = orjson.dumps({"execution": execution.model_dump(mode="json")})
    return Response(body, status, headers, media_type="application/json")


async def _settled(request: Request, bus: Bus, actor: Actor, execution_id: UUID, timeout_s: float) -> bool:
    """Wait until the run ended or waits; whether it did."""
    live: LiveFeed = request.app.state.live
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    with live.subscribe(execution_id) as watched:
        while True:
            head = await bus.ask(GetExecutionHead(execution_id), actor)
            if head.status in ENDED or head.status == "waiting":
                return True
            until = min(deadline, loop.time() + live.poll_s)
            while (left := until - loop.time()) > 0:
                frame = await watched.next(left)
                if frame is not None and frame.type in _SETTLING:
                    return True
            if loop.time() >= deadline:
                return False


_SETTLING = frozenset({"execution.completed", "execution.failed", "execution.cancelled", "execution.waiting"})


@runs.post(
    "/{workflow_id}/runs",
    response_model=ExecutionAnswer,
    dependencies=[existing(GetHead, "workflows:run", "workflow_id")],
    responses={
        200: _EVENTS,
        202: {"model": ExecutionAnswer, "description": "It runs in the background, or longer than was waited."},
    },
)
async def start_execution(
    workflow_id: EntityId,
    body: RunRequest,
    request: Request,
    actor: ActorDependency,
    bus: BusDependency,
    idempotency_key: Annotated[str | None, Header(max_length=255, min_length=1)] = None,
) -> Response:
    """Run a workflow. `mode: stream` answers `text/event-stream`."""
    key = IdempotencyKey(idempotency_key, await _request_hash(workflow_id, body)) if idempotency_key else None
    command = StartExecution(
        workflow_id, body.inputs, body.version, body.durability,
        body.limits.model_dump(exclude_unset=True) if body.limits else None,
        body.priority, body.labels, body.pinned, _trigger(request), key,
    )  # fmt: skip
    accepted = await bus.execute(command, actor)
    if body.mode == "stream":
        return _stream(request, actor, accepted.execution_id, 0, top_level=False)
    if body.mode == "background":
        return await _answer(bus, actor, accepted.execution_id, 202)
    settled = await _settled(request, bus, actor, accepted.execution_id, body.wait_timeout_s)
    return await _answer(bus, actor, accepted.execution_id, 200 if settled else 202, waited=True)


def _trigger(request: Request) -> str:
    """Only browsers send the CSRF header: they run from the canvas."""
    return "canvas" if "x-csrf-token" in request.headers else "api"


async def _request_hash(workflow_id: UUID, body: RunRequest) -> str:
    asked = body.model_dump(mode="json", exclude={"mode", "wait_timeout_s"})
    text = orjson.dumps([str(workflow_id), asked], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()


def _stream(request: Request, actor: Actor, execution_id: UUID, after: int, *, top_level: bool) -> Response:
    follower: Follower = request.app.state.follower
    frames = follower.follow(execution_id, actor.workspace_id, after, top_level=top_level)
    response = EventStream(request, frames, "executions:read")
    response.headers["Location"] = f"/api/v1/executions/{execution_id}"
    return response


@runs.post(
    "/{workflow_id}/nodes/{node}/run",
    response_model=ExecutionAnswer,
    dependencies=[existing(GetHead, "workflows:write", "workflow_id")],
)
async def run_node(
    workflow_id: EntityId,
    node: str,
    body: NodeRunRequest,
    request: Request,
    actor: ActorDependency,
    bus: BusDependency,
) -> Response:
    """Run one node of the draft alone, and wait for it."""
    accepted = await bus.execute(RunNode(workflow_id, node, body.inputs, body.upstream), actor)
    await _settled(request, bus, actor, accepted.execution_id, 60)
    return await _answer(bus, actor, accepted.execution_id, 200, waited=True)


@routes.get("")
async def list_executions(
    actor: ActorDependency,
    bus: BusDependency,
    limit: Limit = 50,
    cursor: str | None = None,
    workflow_id: UUID | None = None,
    status: Annotated[list[STATUSES] | None, Query()] = None,
    since: datetime | None = None,
    label: Annotated[str | None, Query(pattern=r"^[^:=]+[:=].*$", max_length=201)] = None,
) -> Page[ExecutionSummary]:
    """Executions, the newest first. `label` is `key:value`."""
    filters = [workflow_id, status, since, label]
    position = read_cursor(cursor, actor, filters, (str, str))
    before = (datetime.fromisoformat(position[0]), UUID(position[1])) if position else None
    pair = tuple(re.split("[:=]", label, maxsplit=1)) if label else None
    query = ListExecutions(limit + 1, workflow_id, tuple(status or ()), _aware(since), pair, before)  # type: ignore[arg-type]
    found = await bus.ask(query, actor)
    last = found[limit - 1] if len(found) > limit else None
    following = make_cursor(actor, filters, last.created_at.isoformat(), str(last.id)) if last else None
    return Page(items=found[:limit], next_cursor=following)


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


@routes.get("/{execution_id}")
async def get_execution(execution_id: EntityId, actor: ActorDependency, bus: BusDependency) -> ExecutionDetails:
    """One execution with its top-level nodes."""
    return await bus.ask(GetExecution(execution_id), actor)


class GraphAnswer(Body):
    """The graph of a run."""

    graph: dict[str, Any]


@routes.get("/{execution_id}/graph")
async def get_execution_graph(execution_id: EntityId, actor: ActorDependency, bus: BusDependency) -> GraphAnswer:
    """The graph that the run runs on, as it was when the run was accepted."""
    return GraphAnswer(graph=await bus.ask(GetExecutionGraph(execution_id), actor))


@routes.get("/{execution_id}/nodes")
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
    start = position[0] if position else 0
    found = await bus.ask(GetExecutionNodes(execution_id, under), actor)
    page = found[start : start + limit]
    following = make_cursor(actor, filters, start + limit) if start + limit < len(found) else None
    return Page(items=page, next_cursor=following)


@routes.get(
    "/{execution_id}/events",
    response_model=Page[dict[str, Any]],
    responses={200: _EVENTS},
)
async def list_events(
    execution_id: EntityId,
    request: Request,
    actor: ActorDependency,
    bus: BusDependency,
    after: str | None = None,
    cursor: str | None = None,
    depth: Literal["0"] | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """The events: with `Accept: text/event-stream` live until the run ends, else a page."""
    await bus.ask(GetExecutionHead(execution_id), actor)
    position = _sequence(last_event_id or after or cursor)
    if "text/event-stream" in request.headers.get("accept", ""):
        return _stream(request, actor, execution_id, position, top_level=depth == "0")
    found = await bus.ask(EventsAfter(execution_id, position, limit, depth == "0"), actor)
    following = str(found[-1]["sequence"]) if len(found) == limit else None
    body = orjson.dumps({"items": found, "next_cursor": following})
    return Response(body, media_type="application/json")


def _sequence(text: str | None) -> int:
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise Malformed("Last-Event-ID and 'after' are the sequence of an event: a whole number.")
    return min(int(text), 2**31 - 1)


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
async def cancel_execution(execution_id: EntityId, actor: ActorDependency, bus: BusDependency) -> Response:
    """Cancel a run that has not ended."""
    await bus.execute(CancelExecution(execution_id), actor)
    return await _answer(bus, actor, execution_id, 202)


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
    return await _answer(bus, actor, accepted.execution_id, 202)


@expressions.post("/evaluate", responses={404: {"description": "There is no such execution."}})
async def evaluate_expression(body: ExpressionRequest, actor: ActorDependency, bus: BusDependency) -> Preview:
    """The value of an expression or template: the preview while one is written."""
    if (body.expression is None) == (body.template is None):
        raise invalid_field("/expression", "one_of", "Send either 'expression' or 'template'.")
    text = body.expression if body.expression is not None else body.template or ""
    return await bus.ask(EvaluateExpression(text, body.template is not None, body.scope, body.execution), actor)


routers = (runs, routes, expressions)
