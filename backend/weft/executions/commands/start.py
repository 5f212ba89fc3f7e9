"""Beginning a run: of a version, of the draft, of one node alone."""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from weft.engine.graph import ERROR_PORT, graph_hash
from weft.engine.inputs import check_inputs, pointer, with_defaults
from weft.engine.limits import Limits
from weft.executions.domain import Durability, Execution, Options, Origin
from weft.executions.ports import Acceptance, Accepted, IdempotencyKey, RunCaps
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.clock import Clock
from weft.kernel.errors import Conflict, FieldError, Invalid, NotFound, invalid_field
from weft.kernel.messages import Command
from weft.workflows.commands import KeepGraph
from weft.workflows.queries import GetVersion, RunnableVersion, ValidateGraph

Version = int | Literal["latest", "draft"]
_LIMITS = ("max_duration_s", "max_node_runs", "max_tokens", "max_cost_usd")


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
    limits = _limits(command.limits, settings.get("limits"), caps.limits, actor)
    if command.key is not None:
        known = await acceptance.known(actor.workspace_id, command.key)
        if known is not None:
            return known
    if not version.published:
        await check_draft(version, bus, actor)
    elif command.pinned:
        raise _not_a_draft()
    _check_known("/pinned", command.pinned, graph)
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


def _check_known(at: str, values: dict[str, Any], graph: dict[str, Any]) -> None:
    known = {node["id"] for node in graph["nodes"]}
    for name in values:
        if name not in known:
            raise invalid_field(pointer(at, (name,)), "unknown_node", f"There is no node '{name}'.")


def inputs_schema(graph: dict[str, Any]) -> Any:
    start = next((node for node in graph["nodes"] if node["type"] == "start"), None)
    return ((start or {}).get("config") or {}).get("inputs_schema") or {}


def _limits(asked: dict[str, Any] | None, of_workflow: dict[str, Any] | None, caps: Limits, actor: Actor) -> Limits:
    """What is asked for, where it is below the workflow's (or the actor may edit), cut at the server's caps."""
    base = Limits.from_json(of_workflow).as_json()
    if not of_workflow:
        base = caps.as_json()
    chosen = dict(base)
    for name, value in (asked or {}).items():
        bound = base[name]
        if bound is not None and (value is None or value > bound):
            actor.require("workflows:write")
        chosen[name] = value
    for name in _LIMITS:
        cap = getattr(caps, name)
        if cap is not None and (chosen[name] is None or chosen[name] > cap):
            chosen[name] = cap
    return Limits.from_json(chosen)


@dataclass(frozen=True, slots=True)
class RunNode(Command[Accepted]):
    """Run one node of the draft alone, on given outputs of what is upstream."""

    workflow_id: UUID
    node: str
    inputs: Any = field(default_factory=dict)
    upstream: dict[str, Any] = field(default_factory=dict)


async def run_node(
    command: RunNode, acceptance: Acceptance, bus: Bus, actor: Actor, clock: Clock, caps: RunCaps
) -> Accepted:
    """Raises NotFound (workflow or node), PermissionDenied, Invalid (the node's own errors)."""
    version = await bus.ask(GetVersion(command.workflow_id, "draft"), actor)
    actor.require("workflows:write")
    graph = single_node_graph(version.graph, command.node)
    _check_known("/upstream", command.upstream, version.graph)
    report = await bus.ask(ValidateGraph(version.graph), actor)
    chosen = {node["id"] for node in graph["nodes"]}
    errors = [error for error in report.errors if error.node in chosen and _counts(error, version.graph, graph)]
    if errors:
        raise Invalid("The node has errors.", errors, code="invalid_graph")
    await bus.execute(KeepGraph(graph), actor)
    settings = version.settings
    options = Options(
        limits=_limits(None, settings.get("limits"), caps.limits, actor),
        upstream={**command.upstream, **_around(version.graph, command.node, command.upstream)},
        variables=settings.get("variables") or {},
    )
    trigger = {"type": "canvas", "id": command.node}
    origin = Origin(version.workflow_id, "draft", graph_hash(graph), trigger, workflow_name=version.name)
    faulty = {error.node for error in report.errors}
    schema = inputs_schema({"nodes": [node for node in version.graph["nodes"] if node["id"] not in faulty]})
    inputs = await with_defaults(schema, command.inputs)
    execution = Execution.queue(actor.workspace_id, origin, options, inputs, clock.now(), actor.label)
    return await acceptance.accept(execution, None)


def _around(graph: dict[str, Any], node_id: str, upstream: dict[str, Any]) -> dict[str, Any]:
    """The names that follow from `upstream` where the node stands: `error` behind an error edge, the round's in a
    loop."""
    found: dict[str, Any] = {}
    for edge in graph["edges"]:
        handled = upstream.get(edge["source"])
        if edge["target"] == node_id and edge.get("source_port") == ERROR_PORT and isinstance(handled, dict):
            found |= {name: value for name, value in handled.items() if name == "error"}
    parents = {node["id"]: node.get("parent") for node in graph["nodes"]}
    holder = parents[node_id]
    while holder in parents and holder not in upstream:
        holder = parents.pop(holder)  # a draft may have a circle of parents
    current = upstream.get(holder) if holder else None
    if isinstance(current, dict):
        found |= {name: value for name, value in current.items() if name in _OF_A_ROUND}
    return found


_OF_A_ROUND = frozenset({"item", "index", "key", "state"})


_ABOUT_OTHERS = frozenset({"not_upstream", "branch_without_error_edge", "error_edge_unused"})


def _counts(error: FieldError, draft: dict[str, Any], alone: dict[str, Any]) -> bool:
    """Whether an error of the draft is one of the node alone too: edges that it does not take along are none."""
    part, index = (*error.path.split("/"), "", "")[2:4]
    if part == "edges" and index:
        return draft["edges"][int(index)] in alone["edges"]
    return error.code not in _ABOUT_OTHERS


def single_node_graph(graph: dict[str, Any], node_id: str) -> dict[str, Any]:
    """A graph of a start and the one node, with what is inside it where it is a container. Raises NotFound."""
    nodes = {node["id"]: node for node in graph["nodes"]}
    if node_id not in nodes:
        raise NotFound(f"There is no node '{node_id}' in the draft.")
    chosen = {node_id}
    grown = True
    while grown:
        inside = {node["id"] for node in graph["nodes"] if node.get("parent") in chosen} - chosen
        chosen |= inside
        grown = bool(inside)
    top = {key: value for key, value in nodes[node_id].items() if key not in ("parent", "disabled", "pinned_output")}
    if (top.get("policy") or {}).get("on_error") == "branch":
        top["policy"] = {key: value for key, value in top["policy"].items() if key != "on_error"}
    kept = [top if node["id"] == node_id else node for node in graph["nodes"] if node["id"] in chosen]
    edges = [edge for edge in graph["edges"] if {edge["source"], edge["target"]} <= chosen - {node_id}]
    if top["type"] == "start":
        return {"nodes": kept, "edges": edges}
    first = {"id": _free_name(chosen), "type": "start"}
    return {"nodes": [first, *kept], "edges": [{"source": first["id"], "target": node_id}, *edges]}


def _free_name(taken: set[str]) -> str:
    name = "start"
    while name in taken:
        name += "_"
    return name
