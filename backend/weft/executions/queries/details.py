"""One execution as a client sees it: its row, and its nodes as the fold of its events."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, func, or_, select

from weft.engine.journal import blob_reference
from weft.engine.state import NO_USAGE, NodeState, RunState
from weft.engine.values import decode
from weft.executions.domain import version_number
from weft.executions.tables import blobs, event_of, execution_events, executions, path_begins
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.errors import NotFound
from weft.kernel.messages import Query
from weft.platform.unit_of_work import ReadScope
from weft.workflows.queries import GetGraph

WHOLE_OUTPUTS: Final = 1024 * 1024
WHOLE_OUTPUTS_WAITED: Final = 10 * 1024 * 1024


class NodeProgress(BaseModel):
    """How far a container has come; `total` is null where it cannot be known."""

    done: int
    total: int | None


class NodeDetails(BaseModel):
    """One path of a run."""

    path: str
    node: str
    type: str | None
    status: str
    attempt: int
    started_at: str | None
    duration_ms: float | None
    port: str | None
    output: Any = None
    error: dict[str, Any] | None = None
    usage: dict[str, Any] | None = None
    progress: NodeProgress | None = None


class ExecutionHead(BaseModel):
    """What a list shows of a run."""

    id: UUID
    workflow_id: UUID | None
    version: int | str
    status: str
    error: dict[str, Any] | None
    usage: dict[str, Any]
    trigger: dict[str, Any]
    labels: dict[str, str]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    compensation: str | None
    pausing: bool = False
    retry_of: UUID | None
    forked_from: UUID | None = None
    parent: UUID | None = None
    last_sequence: int


class ExecutionDetails(ExecutionHead):
    """A whole run, as `GET /executions/{id}` answers it."""

    inputs: Any
    outputs: Any
    graph_hash: str
    waiting_for: list[dict[str, Any]]
    nodes: list[NodeDetails]


@dataclass(frozen=True, slots=True)
class GetExecutionHead(Query[ExecutionHead]):
    """Whether an execution is there, and how it stands."""

    execution_id: UUID


@dataclass(frozen=True, slots=True)
class GetExecution(Query[ExecutionDetails]):
    """A run with its top-level nodes. `waited`: for the answer of `mode: wait`, which carries larger outputs."""

    execution_id: UUID
    waited: bool = False


@dataclass(frozen=True, slots=True)
class InnerNode:
    """A path inside a container, with the sequence of its first event: where a page goes on."""

    first: int
    details: NodeDetails


@dataclass(frozen=True, slots=True)
class GetExecutionNodes(Query[list[InnerNode]]):
    """Up to `limit` nodes at any depth inside `under`, in the order of their first event, `after` a sequence."""

    execution_id: UUID
    under: str
    after: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True)
class GetBlob(Query[bytes]):
    """The JSON text of a long value of this execution."""

    execution_id: UUID
    sha256: str


def head_values(row: Any) -> dict[str, Any]:
    """The fields of ExecutionHead from a row."""
    return {
        "id": row.id,
        "workflow_id": row.workflow_id,
        "version": version_number(row.version),
        "status": row.status,
        "error": decode(row.error) if row.error else None,
        "usage": {**NO_USAGE, **decode(row.usage)},
        "trigger": decode(row.trigger),
        "labels": decode(row.labels),
        "created_at": row.created_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "compensation": row.compensation,
        "retry_of": row.retry_of,
        "last_sequence": row.last_sequence,
    }


async def _row(scope: ReadScope, execution_id: UUID) -> Any:
    table = executions.c
    statement = select(executions).where(table.workspace_id == scope.workspace_id, table.id == execution_id)
    row = await scope.first(statement)
    if row is None:
        raise NotFound("There is no such execution.")
    return row


async def get_execution_head(query: GetExecutionHead, scope: ReadScope) -> ExecutionHead:
    """Raises NotFound. Which right it takes is the asker's to say: to read, to move or to run."""
    return ExecutionHead(**head_values(await _row(scope, query.execution_id)))


async def get_execution(query: GetExecution, scope: ReadScope, actor: Actor, bus: Bus) -> ExecutionDetails:
    """Raises NotFound, PermissionDenied."""
    row = await _row(scope, query.execution_id)
    actor.require("executions:read")
    state, done = await _top_level(scope, query.execution_id)
    types = await _types(bus, actor, row.graph_hash)
    limit = WHOLE_OUTPUTS_WAITED if query.waited else WHOLE_OUTPUTS
    nodes = [_node(node, types, done) for node in state.nodes.values()]
    return ExecutionDetails(
        **head_values(row),
        inputs=decode(row.inputs),
        outputs=_outputs(row.outputs, limit),
        graph_hash=row.graph_hash,
        waiting_for=_waiting_for(state),
        nodes=nodes,
    )


def _outputs(text: str | None, limit: int) -> Any:
    if text is None:
        return None
    return decode(text) if len(text) <= limit else blob_reference(text.encode())


async def _top_level(scope: ReadScope, execution_id: UUID) -> tuple[RunState, dict[str, int]]:
    """The fold of the top-level events, and how many rounds each loop has ended."""
    table = execution_events.c
    rounds = table.type == "iteration.completed"
    rows = await scope.rows(
        select(execution_events).where(table.execution_id == execution_id, table.depth == 0).order_by(table.sequence)
    )
    state = RunState()
    for row in rows:
        state.apply(event_of(row))
    if not any(node.total is not None or node.status == "running" for node in state.nodes.values()):
        return state, {}
    counted = await scope.rows(
        select(table.node, func.count()).where(table.execution_id == execution_id, rounds).group_by(table.node)
    )
    return state, {row[0]: row[1] for row in counted}


async def _types(bus: Bus, actor: Actor, graph_hash: str) -> dict[str, str]:
    graph = await bus.ask(GetGraph(graph_hash), actor)
    return {node["id"]: node["type"] for node in graph["nodes"]}


def _node(node: NodeState, types: dict[str, str], done: dict[str, int]) -> NodeDetails:
    progress = None
    kind = types.get(node.node)
    if kind in ("loop", "parallel") and node.attempt:
        progress = NodeProgress(done=done.get(node.node, 0), total=node.total)
    return NodeDetails(
        path=node.path,
        node=node.node,
        type=kind,
        status=node.status,
        attempt=node.attempt,
        started_at=node.started_at,
        duration_ms=node.duration_ms,
        port=node.port,
        output=node.output,
        error=node.error,
        usage=node.usage,
        progress=progress,
    )


def _waiting_for(state: RunState) -> list[dict[str, Any]]:
    waiting = [node for node in state.nodes.values() if node.status == "waiting" and node.waiting]
    return [
        {key: value for key, value in (("path", n.path), *n.waiting.items()) if key not in ("attempt", "due_at")}
        for n in waiting
        if n.waiting is not None
    ]


async def get_execution_nodes(query: GetExecutionNodes, scope: ReadScope, actor: Actor, bus: Bus) -> list[InnerNode]:
    """Raises NotFound, PermissionDenied."""
    row = await _row(scope, query.execution_id)
    actor.require("executions:read")
    table = execution_events.c
    mine = (table.execution_id == query.execution_id) & (table.depth == 1)
    first = func.min(table.sequence)
    page = await scope.rows(
        select(table.path, first.label("first"))
        .where(mine, _inside(query.under), table.type.like("node.%"))
        .group_by(table.path)
        .having(first > query.after)
        .order_by(first)
        .limit(query.limit)
    )
    paths = [each.path for each in page]
    state = RunState()
    for each in await scope.rows(select(execution_events).where(mine, table.path.in_(paths)).order_by(table.sequence)):
        state.apply(event_of(each))
    types = await _types(bus, actor, row.graph_hash)
    done = await _rounds_done(scope, query.execution_id, [p for p in paths if types.get(state.nodes[p].node) == "loop"])
    return [
        InnerNode(
            each.first, _node(state.nodes[each.path], types, {state.nodes[each.path].node: done.get(each.path, 0)})
        )
        for each in page
    ]


def _inside(path: str) -> ColumnElement[bool]:
    return path_begins(path + ".") | path_begins(path + "[")


async def _rounds_done(scope: ReadScope, execution_id: UUID, loops: list[str]) -> dict[str, int]:
    """How many rounds of each of these inner loops have ended."""
    if not loops:
        return {}
    table = execution_events.c
    ended = (table.execution_id == execution_id) & (table.type == "iteration.completed")
    rows = await scope.rows(select(table.path).where(ended, or_(*(_inside(path) for path in loops))))
    return Counter(each.path.rpartition("[")[0] for each in rows)


async def get_blob(query: GetBlob, scope: ReadScope, actor: Actor) -> bytes:
    """Raises NotFound where this execution names no such blob."""
    row = await _row(scope, query.execution_id)
    actor.require("executions:read")
    outputs = row.outputs.encode() if row.outputs else b""
    if outputs and blob_reference(outputs)["$blob"] == query.sha256:
        return outputs
    table = execution_events.c
    named = select(table.sequence).where(
        table.execution_id == query.execution_id, table.data.contains(query.sha256, autoescape=True)
    )
    kept = select(blobs.c.body).where(
        blobs.c.workspace_id == scope.workspace_id, blobs.c.sha256 == query.sha256, named.exists()
    )
    found = await scope.first(kept)
    if found is None:
        raise NotFound("There is no such value in this execution.")
    return bytes(found.body)
