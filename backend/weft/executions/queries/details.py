"""One execution as a client sees it: its row, and its nodes as the fold of its events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, func, or_, select

from weft.engine import large
from weft.engine.journal import blob_reference
from weft.engine.state import NO_USAGE, NodeState, RunState
from weft.engine.values import decode
from weft.executions.domain import version_number
from weft.executions.queries.containers import NodeProgress, done_inside, is_inside
from weft.executions.queries.waits import waiting_for
from weft.executions.tables import blobs, event_of, execution_events, executions
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.errors import NotFound
from weft.kernel.messages import Query
from weft.platform.unit_of_work import ReadScope
from weft.workflows.queries import GetGraph

WHOLE_OUTPUTS: Final = 1024 * 1024
WHOLE_OUTPUTS_WAITED: Final = 10 * 1024 * 1024


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
    """What the row of a run says."""

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


class ExecutionSummary(ExecutionHead):
    """What a list shows of a run."""

    waiting_for: list[dict[str, Any]]


class ExecutionDetails(ExecutionSummary):
    """A whole run, as `GET /executions/{id}` answers it."""

    inputs: Any
    outputs: Any
    graph_hash: str
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


HEAD: Final = tuple(column for column in executions.c if column.name not in ("inputs", "outputs"))
"""Of those two each may have 100 MiB: who does not show them leaves them in the database."""


async def _row(scope: ReadScope, execution_id: UUID, *values: ColumnElement[Any]) -> Any:
    """The head of a run's row, and the `values` that are named."""
    table = executions.c
    mine = (table.workspace_id == scope.workspace_id) & (table.id == execution_id)
    row = await scope.first(select(*HEAD, *values).where(mine))
    if row is None:
        raise NotFound("There is no such execution.")
    return row


async def get_execution_head(query: GetExecutionHead, scope: ReadScope) -> ExecutionHead:
    """Raises NotFound. Which right it takes is the asker's to say: to read, to move or to run."""
    return ExecutionHead(**head_values(await _row(scope, query.execution_id)))


async def get_execution(query: GetExecution, scope: ReadScope, actor: Actor, bus: Bus) -> ExecutionDetails:
    """Raises NotFound, PermissionDenied."""
    row = await _row(scope, query.execution_id, executions.c.inputs, executions.c.outputs)
    actor.require("executions:read")
    state = await _top_level(scope, query.execution_id)
    graph = await bus.ask(GetGraph(row.graph_hash), actor)
    containers = [node.path for node in state.nodes.values() if node.attempt]
    done = await done_inside(scope, query.execution_id, graph, containers)
    types = _types(graph)
    limit = WHOLE_OUTPUTS_WAITED if query.waited else WHOLE_OUTPUTS
    return ExecutionDetails(
        **head_values(row),
        inputs=decode(row.inputs),
        outputs=await _outputs(row.outputs, limit),
        graph_hash=row.graph_hash,
        waiting_for=(await waiting_for(scope, [row])).get(row.id, []),
        nodes=[_node(node, types, done) for node in state.nodes.values()],
    )


async def _outputs(text: str | None, limit: int) -> Any:
    if text is None:
        return None
    body = text.encode()
    return decode(body) if len(body) <= limit else blob_reference(body, await large.sha256(body))


async def _top_level(scope: ReadScope, execution_id: UUID) -> RunState:
    """The fold of the top-level events."""
    table = execution_events.c
    mine = (table.execution_id == execution_id) & (table.depth == 0)
    state = RunState()
    for row in await scope.rows(select(execution_events).where(mine).order_by(table.sequence)):
        state.apply(event_of(row))
    return state


def _types(graph: dict[str, Any]) -> dict[str, str]:
    return {node["id"]: node["type"] for node in graph["nodes"]}


def _node(node: NodeState, types: dict[str, str], done: dict[str, int]) -> NodeDetails:
    progress = NodeProgress(done=done[node.path], total=node.total) if node.path in done else None
    return NodeDetails(
        path=node.path,
        node=node.node,
        type=types.get(node.node),
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


async def get_execution_nodes(query: GetExecutionNodes, scope: ReadScope, actor: Actor, bus: Bus) -> list[InnerNode]:
    """Raises NotFound, PermissionDenied."""
    row = await _row(scope, query.execution_id)
    actor.require("executions:read")
    table = execution_events.c
    mine = (table.execution_id == query.execution_id) & (table.depth == 1)
    first = func.min(table.sequence)
    tells_of_a_node = or_(table.type.like("node.%"), table.type.like("compensation.%"))
    page = await scope.rows(
        select(table.path, first.label("first"))
        .where(mine, is_inside(query.under), tells_of_a_node)
        .group_by(table.path)
        .having(first > query.after)
        .order_by(first)
        .limit(query.limit)
    )
    paths = [each.path for each in page]
    state = RunState()
    for each in await scope.rows(select(execution_events).where(mine, table.path.in_(paths)).order_by(table.sequence)):
        state.apply(event_of(each))
    graph = await bus.ask(GetGraph(row.graph_hash), actor)
    types = _types(graph)
    done = await done_inside(scope, query.execution_id, graph, [path for path in paths if state.nodes[path].attempt])
    return [InnerNode(each.first, _node(state.nodes[each.path], types, done)) for each in page]


async def get_blob(query: GetBlob, scope: ReadScope, actor: Actor) -> bytes:
    """Raises NotFound where this execution names no such blob."""
    row = await _row(scope, query.execution_id, executions.c.outputs)
    actor.require("executions:read")
    outputs: bytes = row.outputs.encode() if row.outputs else b""
    if outputs and await large.sha256(outputs) == query.sha256:
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
