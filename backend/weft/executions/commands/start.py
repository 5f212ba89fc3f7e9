"""Beginning a run of a workflow: of a version, or of its draft."""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from weft.engine.inputs import check_inputs, inputs_schema, pointer
from weft.engine.limits import Limits
from weft.executions.domain import Durability, Execution, Options, Origin
from weft.executions.ports import Acceptance, Accepted, IdempotencyKey, RunCaps
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.clock import Clock
from weft.kernel.errors import Conflict, Invalid, invalid_field
from weft.kernel.messages import Command
from weft.workflows.commands import KeepGraph
from weft.workflows.queries import GetVersion, RunnableVersion, ValidateGraph

Version = int | Literal["latest", "draft"]


@dataclass(frozen=True, slots=True)
class StartExecution(Command[Accepted]):
    """Run a workflow. `version` None: the latest published one, else the draft for those who may edit."""

    workflow_id: UUID
    inputs: Any = field(default_factory=dict)
    version: Version | None = None
    durability: Durability | None = None
    limits: dict[str, Any] | None = None
    priority: int = 0
    labels: dict[str, str] = field(default_factory=dict)
    pinned: dict[str, Any] = field(default_factory=dict)
    trigger: str = "api"
    key: IdempotencyKey | None = None


async def start_execution(
    command: StartExecution, acceptance: Acceptance, bus: Bus, actor: Actor, clock: Clock, caps: RunCaps
) -> Accepted:
    """Raises NotFound, PermissionDenied, Invalid (graph of the draft, inputs, limits), Conflict."""
    version = await _version(command, bus, actor)
    graph, settings = version.graph, version.settings
    limits = limits_of(command.limits, settings.get("limits"), caps.limits, actor)
    if command.key is not None:
        known = await acceptance.known(actor.workspace_id, command.key)
        if known is not None:
            return known
    if not version.published:
        await check_draft(version, bus, actor)
    elif command.pinned:
        raise _not_a_draft()
    check_known("/pinned", command.pinned, graph)
    inputs = await check_inputs(inputs_schema(graph), command.inputs)
    options = Options(
        durability=command.durability or settings.get("durability") or "async",
        limits=limits,
        priority=command.priority,
        labels=command.labels,
        pinned=command.pinned,
        variables=settings.get("variables") or {},
    )
    origin = Origin(
        version.workflow_id, version.version, version.graph_hash, {"type": command.trigger}, workflow_name=version.name
    )
    execution = Execution.queue(actor.workspace_id, origin, options, inputs, clock.now(), actor.label)
    return await acceptance.accept(execution, command.key)


async def _version(command: StartExecution, bus: Bus, actor: Actor) -> RunnableVersion:
    """What is to run. The right to pin, and where one may, come before the want of a published version."""
    try:
        found = await bus.ask(GetVersion(command.workflow_id, command.version or "latest"), actor)
    except Conflict:
        actor.require("workflows:run")
        if command.pinned:
            actor.require("workflows:write")
        if command.version is None and actor.may("workflows:write"):
            return await bus.ask(GetVersion(command.workflow_id, "draft"), actor)
        if command.pinned:
            raise _not_a_draft() from None
        raise
    actor.require("workflows:run")
    if not found.published or command.pinned:
        actor.require("workflows:write")
    return found


def _not_a_draft() -> Invalid:
    return invalid_field("/pinned", "not_a_draft", "Only a run of the draft takes pinned outputs.")


async def check_draft(version: RunnableVersion, bus: Bus, actor: Actor) -> None:
    """A draft runs only when it is valid; its graph is kept, so that the run can be recovered and shown."""
    report = await bus.ask(ValidateGraph(version.graph), actor)
    if not report.valid:
        raise Invalid("The draft has errors.", report.errors, code="invalid_graph")
    await bus.execute(KeepGraph(version.graph), actor)


def check_known(at: str, values: dict[str, Any], graph: dict[str, Any]) -> None:
    """Raise Invalid where `values`, which stand `at` that place of the request, name a node that is not there."""
    known = {node["id"] for node in graph["nodes"]}
    for name in values:
        if name not in known:
            raise invalid_field(pointer(at, (name,)), "unknown_node", f"There is no node '{name}'.")


def limits_of(asked: dict[str, Any] | None, of_workflow: dict[str, Any] | None, caps: Limits, actor: Actor) -> Limits:
    """What is asked for, where it is below the workflow's (or the actor may edit), cut at the server's caps."""
    base = (Limits.from_json(of_workflow) if of_workflow else caps).as_json()
    chosen = dict(base)
    for name, value in (asked or {}).items():
        bound = base[name]
        if bound is not None and (value is None or value > bound):
            actor.require("workflows:write")
        chosen[name] = value
    for name, cap in caps.as_json().items():
        if cap is not None and (chosen[name] is None or chosen[name] > cap):
            chosen[name] = cap
    return Limits.from_json(chosen)
