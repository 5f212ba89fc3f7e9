"""What a node of a run saw: for previews of expressions that are being written."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from weft.engine.graph import ERROR_PORT
from weft.engine.state import NodeState, RunState
from weft.engine.values import JSON, UNDEFINED, decode
from weft.executions.tables import blobs, event_of, execution_events, executions, path_begins
from weft.identity.queries import WorkspaceVariables
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.errors import NotFound, invalid_field
from weft.platform.unit_of_work import ReadScope
from weft.workflows.queries import GetGraph


async def values_at(
    scope: ReadScope, bus: Bus, actor: Actor, execution_id: UUID, node_id: str, text: str
) -> dict[str, JSON]:
    """The names that `node_id` sees: what is upstream of it, the inputs, variables and, in a loop, the first round.

    Of what is upstream only that which stands in `text`: each may have 100 MiB. Raises NotFound (the execution),
    Invalid (`/node` where its graph has no such node).
    """
    table = executions.c
    mine = (table.workspace_id == scope.workspace_id) & (table.id == execution_id)
    row = await scope.first(select(table.inputs, table.graph_hash, table.started_at).where(mine))
    if row is None:
        raise NotFound("There is no such execution.")
    graph = await bus.ask(GetGraph(row.graph_hash), actor)
    nodes = {node["id"]: node for node in graph["nodes"]}
    if node_id not in nodes:
        raise invalid_field("/node", "unknown_node", f"The graph of this execution has no node '{node_id}'.")
    containers = _containers(nodes, node_id)
    state = await _state(scope, execution_id, _first_rounds(containers, nodes))
    created = state.created
    values: dict[str, JSON] = {
        "input": decode(row.inputs),
        "vars": {**await bus.ask(WorkspaceVariables(), actor), **(created.get("variables") or {})},
        "execution": {
            "id": str(execution_id),
            "started_at": state.started_at,
            "workflow": created.get("workflow") or {},
        },
    }
    prefix = ""
    for level, inner in enumerate([*containers, node_id]):
        for name in _upstream(graph, inner):
            if name not in text and "\\" not in text:  # an escape may spell any name
                continue
            values[name] = await _output(scope, state.nodes.get(prefix + name))
        if level < len(containers):
            values |= await _round(scope, state, prefix + inner, nodes[inner])
            prefix += f"{inner}[0]." if nodes[inner]["type"] == "loop" else f"{inner}."
    for edge in graph["edges"]:
        if edge["target"] == node_id and edge.get("source_port") == ERROR_PORT:
            values["error"] = await _error(scope, state.nodes.get(prefix + edge["source"]), values.get("error"))
    return values


async def _error(scope: ReadScope, source: NodeState | None, known: JSON) -> JSON:
    """`error` behind an error edge of `source`, where that was taken; else what another edge gave."""
    if source is None or source.port != ERROR_PORT:
        return UNDEFINED if known is None else known
    output = await _output(scope, source)
    return output.get("error", UNDEFINED) if isinstance(output, dict) else UNDEFINED


def _containers(nodes: Mapping[str, Any], node_id: str) -> list[str]:
    """The containers around a node, the outermost first."""
    found: list[str] = []
    parent = nodes[node_id].get("parent")
    while parent in nodes and parent not in found:
        found.insert(0, parent)
        parent = nodes[parent].get("parent")
    return found


def _first_rounds(containers: list[str], nodes: Mapping[str, Any]) -> list[str]:
    """The path prefixes of the first rounds around a node."""
    prefixes, prefix = [], ""
    for container in containers:
        prefix += f"{container}[0]." if nodes[container]["type"] == "loop" else f"{container}."
        prefixes.append(prefix)
    return prefixes


def _upstream(graph: Mapping[str, Any], node_id: str) -> set[str]:
    """The nodes from which edges lead to `node_id`, at any distance."""
    sources: dict[str, list[str]] = {}
    for edge in graph["edges"]:
        sources.setdefault(edge["target"], []).append(edge["source"])
    found: set[str] = set()
    waiting = [node_id]
    while waiting:
        for source in sources.get(waiting.pop(), ()):
            if source not in found:
                found.add(source)
                waiting.append(source)
    return found


async def _state(scope: ReadScope, execution_id: UUID, prefixes: list[str]) -> RunState:
    table = execution_events.c
    inside = [path_begins(prefix) for prefix in prefixes]
    rows = await scope.rows(
        select(execution_events)
        .where(table.execution_id == execution_id, or_(table.depth == 0, *inside))
        .order_by(table.sequence)
    )
    state = RunState()
    for row in rows:
        state.apply(event_of(row))
    return state


async def _output(scope: ReadScope, node: NodeState | None) -> JSON:
    if node is None or not node.has_output:
        return UNDEFINED
    return await _whole(scope, node.output) if node.blobs else node.output


async def _round(scope: ReadScope, state: RunState, path: str, node: Mapping[str, Any]) -> dict[str, JSON]:
    """`item`, `index`, `key` and `state` of the first round of a loop, and the round under the loop's own id."""
    known = state.nodes.get(path)
    if node["type"] != "loop" or known is None:
        return {}
    config = (await _whole(scope, known.config) if known.config_blobs else known.config) or {}
    over = config.get("over")
    values: dict[str, JSON] = {"index": 0, "item": 0, "state": config.get("state") or {}}
    if isinstance(over, dict) and over:
        values["key"], values["item"] = next(iter(over.items()))
    elif isinstance(over, list) and over:
        values["item"] = over[0]
    return {**values, node["id"]: dict(values)}


async def _whole(scope: ReadScope, reference: Any) -> JSON:
    mine = (blobs.c.workspace_id == scope.workspace_id) & (blobs.c.sha256 == reference["$blob"])
    row = await scope.first(select(blobs.c.body).where(mine))
    return decode(row.body) if row is not None else None
