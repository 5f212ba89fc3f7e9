"""Moving a run that exists: cancel it, retry what failed of it."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from weft.engine.catalog import Catalog
from weft.engine.inputs import check_inputs, inputs_schema
from weft.engine.plan import plan_of
from weft.engine.state import NodeState, fold
from weft.executions.commands.reusing import reusable_paths
from weft.executions.commands.start import check_draft
from weft.executions.domain import Execution, Origin
from weft.executions.ports import Acceptance, Accepted, Executions, Signals
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.clock import Clock
from weft.kernel.messages import Command
from weft.kernel.unit_of_work import UnitOfWork
from weft.workflows.queries import GetGraph, GetVersion


@dataclass(frozen=True, slots=True)
class CancelExecution(Command[UUID]):
    """Cancel a run in any live state; it ends when what runs has stopped and been undone."""

    execution_id: UUID


async def cancel_execution(
    command: CancelExecution, executions: Executions, signals: Signals, work: UnitOfWork, actor: Actor
) -> UUID:
    """Raises NotFound, PermissionDenied, Conflict (it has ended)."""
    execution = await executions.get(command.execution_id)
    actor.require("executions:write")
    execution.require_live()
    await executions.signal(execution, "cancel", {})
    work.after_commit(lambda: signals.ring(execution.id, execution.workspace_id))
    return execution.id


@dataclass(frozen=True, slots=True)
class DeleteExecution(Command[None]):
    """Remove a run that has ended, with all that is kept of it."""

    execution_id: UUID


async def delete_execution(command: DeleteExecution, executions: Executions, actor: Actor) -> None:
    """Raises NotFound, PermissionDenied, Conflict (it has not ended)."""
    execution = await executions.get(command.execution_id)
    actor.require("executions:write")
    execution.delete(actor.label)
    await executions.remove(execution)


@dataclass(frozen=True, slots=True)
class RetryExecution(Command[Accepted]):
    """Run again what failed of an ended run, and what is downstream of it; the rest is taken over."""

    execution_id: UUID
    version: int | str | None = None


async def retry_execution(
    command: RetryExecution,
    executions: Executions,
    acceptance: Acceptance,
    bus: Bus,
    actor: Actor,
    clock: Clock,
    catalog: Catalog,
) -> Accepted:
    """Raises NotFound, PermissionDenied, Conflict (it has not ended), Invalid (the version it moves to)."""
    former = await executions.get(command.execution_id)
    actor.require("executions:write")
    former.require_ended()
    history = await executions.history(former.id)
    await executions.release()
    state = fold(history)
    origin, graph, inputs = await _target(former, command.version, bus, actor)
    plan = await plan_of(graph, catalog)
    created = state.created
    options = replace(
        former.options,
        variables=created.get("variables") or {},
        pinned=created.get("pinned") or {},
        upstream=created.get("upstream") or {},
    )
    execution = Execution.queue(actor.workspace_id, origin, options, inputs, clock.now(), actor.label)
    reusable = reusable_paths(plan, state.nodes, state.undone)
    for path, node in state.nodes.items():
        if node.node in plan.by_id and path in reusable:
            execution.reuse(path, node.node, _reused(node, former.id))
    return await acceptance.accept(execution, None)


async def _target(
    former: Execution, version: int | str | None, bus: Bus, actor: Actor
) -> tuple[Origin, dict[str, Any], Any]:
    """What the retry runs on: where from, the graph, and the inputs as that graph wants them."""
    origin = replace(former.origin, retry_of=former.id)
    if version is None or former.origin.workflow_id is None:
        return origin, await bus.ask(GetGraph(former.origin.graph_hash), actor), former.inputs
    found = await bus.ask(GetVersion(former.origin.workflow_id, version), actor)  # type: ignore[arg-type]
    if not found.published:
        actor.require("workflows:write")
        await check_draft(found, bus, actor)
    inputs = await check_inputs(inputs_schema(found.graph), former.inputs)
    moved = replace(origin, version=found.version, graph_hash=found.graph_hash, workflow_name=found.name)
    return moved, found.graph, inputs


def _reused(node: NodeState, execution_id: UUID) -> dict[str, Any]:
    data: dict[str, Any] = {
        "from": str(execution_id),
        "reason": "completed before",
        "attempt": 0,
        "output": node.output,
        "port": node.port,
    }
    if node.blobs:
        data["blobs"] = node.blobs
    return data
