"""Running one node of the draft alone: what it takes along of the graph, and what its names are there."""

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from weft.engine.graph import ERROR_PORT, graph_hash
from weft.engine.inputs import inputs_schema, with_defaults
from weft.executions.commands.start import check_known, limits_of
from weft.executions.domain import Execution, Options, Origin
from weft.executions.ports import Acceptance, Accepted, RunCaps
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.clock import Clock
from weft.kernel.errors import FieldError, Invalid, NotFound
from weft.kernel.messages import Command
from weft.workflows.commands import KeepGraph
from weft.workflows.queries import GetVersion, ValidateGraph

_OF_A_ROUND: Final = frozenset({"item", "index", "key", "state"})
_ABOUT_OTHERS: Final = frozenset({"not_upstream", "branch_without_error_edge", "error_edge_unused"})
"""Errors of a node that are about its edges, which it does not take along."""


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
    check_known("/upstream", command.upstream, version.graph)
    report = await bus.ask(ValidateGraph(version.graph), actor)
    chosen = {node["id"] for node in graph["nodes"]}
    errors = [error for error in report.errors if error.node in chosen and _counts(error, version.graph, graph)]
    if errors:
        raise Invalid("The node has errors.", errors, code="invalid_graph")
    await bus.execute(KeepGraph(graph), actor)
    settings = version.settings
    options = Options(
        limits=limits_of(None, settings.get("limits"), caps.limits, actor),
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
