"""Running a workflow, or one node of it, over HTTP."""

import asyncio
import hashlib
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Depends, Header, Request, Response

from weft.executions.commands import RunNode, StartExecution
from weft.executions.domain import ENDED
from weft.executions.ports import Follower, IdempotencyKey, LiveFeed
from weft.executions.queries import ExecutionDetails, GetExecution, GetExecutionHead
from weft.executions.routes.shapes import ExecutionAnswer, NodeRunRequest, RunRequest
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.errors import NotFound
from weft.platform.sse import EventStream
from weft.platform.web import ActorDependency, BusDependency, EntityId, existing, router
from weft.workflows.queries import GetHead, GetVersion

routes = router("/workflows", "executions")
EVENTS: dict[str, Any] = {
    "content": {
        "text/event-stream": {
            "schema": {"type": "object", "properties": {name: {"type": "string"} for name in ("id", "event", "data")}}
        }
    }
}


def as_starter(actor: Actor) -> Actor:
    """Who may run may read the answer of what they run."""
    return replace(actor, permissions=actor.permissions | {"executions:read"})


async def answer(bus: Bus, actor: Actor, execution_id: UUID, status: int, *, waited: bool = False) -> Response:
    return _answered(await bus.ask(GetExecution(execution_id, waited), actor), status)


async def moved(bus: Bus, actor: Actor, execution_id: UUID) -> Response:
    """The answer to a cancel or retry: how the run stands, but its values only for who may read runs. They may
    be another's: a retry takes over what the first run did."""
    execution = await bus.ask(GetExecution(execution_id), as_starter(actor))
    if not actor.may("executions:read"):
        nothing: dict[str, Any] = {"inputs": {}, "outputs": None, "error": None, "labels": {}}
        execution = execution.model_copy(update={**nothing, "waiting_for": [], "nodes": []})
    return _answered(execution, 202)


def _answered(execution: ExecutionDetails, status: int) -> Response:
    headers = {"Location": f"/api/v1/executions/{execution.id}"}
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
            while (left := until - loop.time()) > 0 and (frame := await watched.next(left)) is not None:
                if frame.type in _SETTLING:
                    return True
            if loop.time() >= deadline:
                return False


_SETTLING = frozenset({"execution.completed", "execution.failed", "execution.cancelled", "execution.waiting"})


@routes.post(
    "/{workflow_id}/runs",
    response_model=ExecutionAnswer,
    dependencies=[existing(GetHead, "workflows:run", "workflow_id")],
    responses={
        200: EVENTS,
        202: {"model": ExecutionAnswer, "description": "It runs in the background, or longer than was waited."},
    },
)
async def start_execution(
    workflow_id: EntityId,
    request: Request,
    actor: ActorDependency,
    bus: BusDependency,
    body: RunRequest | None = None,
    idempotency_key: Annotated[str | None, Header(max_length=255, min_length=1)] = None,
) -> Response:
    """Run a workflow. `mode: stream` answers `text/event-stream`."""
    body = body or RunRequest()
    key = IdempotencyKey(idempotency_key, await _request_hash(workflow_id, body)) if idempotency_key else None
    command = StartExecution(
        workflow_id, body.inputs, body.version, body.durability,
        body.limits.model_dump(exclude_unset=True) if body.limits else None,
        body.priority, body.labels, body.pinned, _trigger(request), key,
    )  # fmt: skip
    accepted = await bus.execute(command, actor)
    actor = as_starter(actor)
    if body.mode == "stream":
        return stream(request, actor, accepted.execution_id, 0, "workflows:run")
    if body.mode == "background":
        return await answer(bus, actor, accepted.execution_id, 202)
    settled = await _settled(request, bus, actor, accepted.execution_id, body.wait_timeout_s)
    return await answer(bus, actor, accepted.execution_id, 200 if settled else 202, waited=True)


def _trigger(request: Request) -> str:
    """Who signed in with a cookie sits before the canvas."""
    return "canvas" if request.state.csrf is not None else "api"


async def _request_hash(workflow_id: UUID, body: RunRequest) -> str:
    asked = body.model_dump(mode="json", exclude={"mode", "wait_timeout_s"})
    text = orjson.dumps([str(workflow_id), asked], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()


def stream(
    request: Request, actor: Actor, execution_id: UUID, after: int, permission: str, *, top_level: bool = False
) -> Response:
    """The events of a run after `after`, for as long as who asked has `permission`."""
    follower: Follower = request.app.state.follower
    frames = follower.follow(execution_id, actor.workspace_id, after, top_level=top_level)
    response = EventStream(request, frames, permission)
    response.headers["Location"] = f"/api/v1/executions/{execution_id}"
    return response


async def _node_of_draft(workflow_id: EntityId, node: str, actor: ActorDependency, bus: BusDependency) -> None:
    """404 for workflow and node, then 403: before the body's 422."""
    draft = await bus.ask(GetVersion(workflow_id, "draft"), actor)
    if all(known["id"] != node for known in draft.graph["nodes"]):
        raise NotFound(f"There is no node '{node}' in the draft.")
    actor.require("workflows:write")


@routes.post("/{workflow_id}/nodes/{node}/run", response_model=ExecutionAnswer, dependencies=[Depends(_node_of_draft)])
async def run_node(
    workflow_id: EntityId,
    node: str,
    request: Request,
    actor: ActorDependency,
    bus: BusDependency,
    body: NodeRunRequest | None = None,
) -> Response:
    """Run one node of the draft alone, and wait for it."""
    body = body or NodeRunRequest()
    accepted = await bus.execute(RunNode(workflow_id, node, body.inputs, body.upstream), actor)
    actor = as_starter(actor)
    await _settled(request, bus, actor, accepted.execution_id, 60)
    return await answer(bus, actor, accepted.execution_id, 200, waited=True)
