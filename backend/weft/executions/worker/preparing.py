"""What a run needs before it goes: its plan, what its row shows, its context."""

from typing import Any, Final
from uuid import UUID

from cachetools import LRUCache
from sqlalchemy import select

from weft.engine.errors import NodeError
from weft.engine.journal import JournalLost
from weft.engine.plan import Plan, plan_of
from weft.engine.run import RunContext
from weft.engine.state import RunState
from weft.engine.values import decode
from weft.executions.adapters.leases import Claim
from weft.executions.adapters.progress import Progress
from weft.executions.domain import Execution
from weft.executions.tables import executions
from weft.executions.worker.workshop import Workshop
from weft.kernel.actor import system_actor
from weft.kernel.ids import WorkspaceId
from weft.workflows.queries import GetGraph

KEPT_NODES: Final = 20_000
"""Of all plans that are kept: a planned node takes some 7 kB, and a graph may have 10,000."""


class Plans:
    """Compiled graphs, kept for the runs to come."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._kept: LRUCache[tuple[UUID, str], Plan] = LRUCache(KEPT_NODES, lambda plan: len(plan.by_id))
        self.unknown: set[str] = set()
        """The hashes of graphs with a node that this process does not know: their runs are left to others. By graph,
        since there may be any number of runs."""

    async def get(self, workspace_id: UUID, graph_hash: str) -> Plan:
        """The plan of a graph. Raises JournalLost where this process does not know one of its nodes."""
        key = (workspace_id, graph_hash)
        plan = self._kept.get(key)
        if plan is None:
            body = await self._shop.bus.ask(GetGraph(graph_hash), system_actor(WorkspaceId(workspace_id)))
            try:
                plan = await plan_of(body, self._shop.catalog)
            except (KeyError, NodeError) as error:
                self.unknown.add(graph_hash)
                raise JournalLost("unknown_node", f"This process does not know a node of the graph: {error}") from None
            self._kept[key] = plan
        return plan


async def progress_of(shop: Workshop, claim: Claim, execution: Execution | None, state: RunState) -> Progress:
    """What the row of the run shows; read from it where the run was not accepted here a moment ago."""
    progress = Progress(
        claim.execution_id,
        WorkspaceId(claim.workspace_id),
        execution.origin.workflow_id if execution is not None else None,
        shop.leases.owner,
        claim.epoch,
        last_sequence=state.sequence,
    )
    if execution is None:
        async with shop.database.read() as connection:
            statement = select(executions).where(executions.c.id == claim.execution_id)
            row = (await connection.execute(statement)).one()
        progress.workflow_id, progress.status = row.workflow_id, row.status
        progress.started_at, progress.compensation = row.started_at, row.compensation
        progress.usage = decode(row.usage) or progress.usage
    return progress


async def context_of(shop: Workshop, claim: Claim, created: dict[str, Any]) -> RunContext:
    """What the run's expressions and nodes may know; `created` is the data of its first event."""
    return RunContext(
        execution_id=str(claim.execution_id),
        workspace=str(claim.workspace_id),
        workflow=created.get("workflow") or {},
        owner=shop.leases.owner,
        epoch=claim.epoch,
        durability=created.get("durability", "async"),
        variables={**await shop.variables(claim.workspace_id), **(created.get("variables") or {})},
        environment=shop.environment,
    )
