"""The graph that a run runs on: of a draft it may be gone from the workflow by now."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from weft.executions.tables import executions
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.errors import NotFound
from weft.kernel.messages import Query
from weft.platform.unit_of_work import ReadScope
from weft.workflows.queries import GetGraph


@dataclass(frozen=True, slots=True)
class GetExecutionGraph(Query[dict[str, Any]]):
    """The graph of an execution, as it was when the run was accepted."""

    execution_id: UUID


async def get_execution_graph(query: GetExecutionGraph, scope: ReadScope, actor: Actor, bus: Bus) -> dict[str, Any]:
    """Raises NotFound, PermissionDenied. The graph is shared: never change it."""
    table = executions.c
    statement = select(table.graph_hash).where(table.workspace_id == scope.workspace_id, table.id == query.execution_id)
    row = await scope.first(statement)
    if row is None:
        raise NotFound("There is no such execution.")
    actor.require("executions:read")
    return await bus.ask(GetGraph(row.graph_hash), actor)
