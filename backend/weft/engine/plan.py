"""A graph made ready to run: each node with its type, policy, compiled config, edges and what it can see."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from weft.engine.catalog import Catalog
from weft.engine.graph import COMPENSATE_PORT, ERROR_PORT, Edge, Effect, Graph, Node, Policy
from weft.engine.node import NodeType
from weft.engine.policies import policy_of
from weft.engine.rendering import ConfigPlan, compile_config

_LARGE: Final = 200
"""So many nodes take some milliseconds to plan."""


@dataclass(slots=True)
class PlanEdge:
    """An edge between two planned nodes; `index` is its place in the graph's list."""

    index: int
    source: "PlanNode"
    port: str
    target: "PlanNode"


@dataclass(slots=True, eq=False)
class PlanNode:
    """A node with everything that follows from the graph alone."""

    index: int
    id: str
    node: Node
    type: NodeType
    policy: Policy
    config: ConfigPlan
    effect: Effect
    ports: tuple[str, ...]
    incoming: list[PlanEdge] = field(default_factory=list)
    outgoing: list[PlanEdge] = field(default_factory=list)
    frame: "FramePlan | None" = None
    """The children, for a container."""
    compensation: "PlanNode | None" = None
    is_compensation: bool = False
    sees_early: bool = False
    """Downstream of a join that does not wait for all: what it sees must be written down."""
    reads: list["PlanNode"] = field(default_factory=list)
    """The nodes of its level whose outputs it may look at, itself or by what is inside of it."""
    readers: list["PlanNode"] = field(default_factory=list)
    """Who reads this one, on its level."""
    is_kept: bool = True
    """Its output is looked at when its level has ended, or for undoing; else it may go once its readers have ended."""

    @property
    def default_port(self) -> str:
        """`out`, else the first declared port."""
        return self.ports[0] if self.ports and "out" not in self.ports else "out"

    @property
    def join_needs(self) -> int | None:
        """How many taken edges let this node run early: None where it waits for all edges."""
        if self.type.type != "join" or self.node.disabled:
            return None
        mode = self.node.config.get("mode", "all")
        if mode == "any":
            return 1
        return int(self.node.config.get("count", 1)) if mode == "count" else None

    @property
    def on_error(self) -> str:
        """The policy's word; an `error` edge without one means `branch`."""
        if self.policy.on_error is not None:
            return self.policy.on_error
        return "branch" if any(edge.port == ERROR_PORT for edge in self.outgoing) else "fail"

    @property
    def is_leaf(self) -> bool:
        """Not disabled, and no edge leads on but from `error` or `compensate`."""
        return not self.node.disabled and all(edge.port == ERROR_PORT for edge in self.outgoing)


@dataclass(slots=True, eq=False)
class FramePlan:
    """The nodes of one level, in the graph's order: the top level, or the children of one container."""

    nodes: list[PlanNode] = field(default_factory=list)
    roots: list[PlanNode] = field(default_factory=list)
    leaves: list[PlanNode] = field(default_factory=list)
    ends: list[PlanNode] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """The whole graph, ready to run."""

    graph: Graph
    root: FramePlan
    by_id: dict[str, PlanNode]


async def plan_of(graph: dict[str, Any], catalog: Catalog) -> Plan:
    """The plan of a valid graph as it is kept; a large one is made in a thread, so that the event loop goes on.
    Raises KeyError on an unknown type."""
    if len(graph["nodes"]) > _LARGE:
        return await asyncio.to_thread(_plan_of, graph, catalog)
    return _plan_of(graph, catalog)


def _plan_of(graph: dict[str, Any], catalog: Catalog) -> Plan:
    return compile_graph(Graph.model_validate(graph), catalog)


def compile_graph(graph: Graph, catalog: Catalog) -> Plan:
    """Plan a graph that validation has passed. Raises KeyError on an unknown type: validate first."""
    by_id = {node.id: _plan_node(index, node, catalog) for index, node in enumerate(graph.nodes)}
    _connect(by_id, graph.edges)
    frames: dict[str | None, FramePlan] = {None: FramePlan()}
    for planned in by_id.values():
        if planned.type.container:
            planned.frame = frames[planned.id] = FramePlan()
    for planned in by_id.values():
        if not planned.is_compensation:
            frames[planned.node.parent].nodes.append(planned)
    for parent, frame in frames.items():
        _describe(frame, top=parent is None)
        _mark_early(frame.nodes)
    if not any(planned.is_compensation for planned in by_id.values()):
        _find_readers(by_id)
    return Plan(graph, frames[None], by_id)


def _plan_node(index: int, node: Node, catalog: Catalog) -> PlanNode:
    node_type = catalog.get(node.type)
    if node_type is None:
        raise KeyError(node.type)
    policy = policy_of(node, node_type)
    return PlanNode(
        index=index,
        id=node.id,
        node=node,
        type=node_type,
        policy=policy,
        config=compile_config(node.config, node_type),
        effect=policy.effect or node_type.effect_for(node.config),
        ports=node_type.ports_for(node.config),
    )


def _connect(by_id: dict[str, PlanNode], edges: list[Edge]) -> None:
    for index, edge in enumerate(edges):
        source, target = by_id[edge.source], by_id[edge.target]
        if edge.source_port == COMPENSATE_PORT:
            source.compensation = None if target.node.disabled else target
            target.is_compensation = True
            continue
        planned = PlanEdge(index, source, edge.source_port, target)
        source.outgoing.append(planned)
        target.incoming.append(planned)


def _describe(frame: FramePlan, *, top: bool) -> None:
    frame.roots = [n for n in frame.nodes if not n.incoming and (not top or n.type.type == "start")]
    frame.leaves = [n for n in frame.nodes if n.is_leaf]
    frame.ends = [n for n in frame.nodes if n.type.type == "end"]


def _mark_early(nodes: Iterable[PlanNode]) -> None:
    """Mark what is downstream of a join of `any` or `count`, in one pass along the edges."""
    waiting = [n for n in nodes if n.join_needs is not None]
    while waiting:
        for edge in waiting.pop().outgoing:
            if not edge.target.sees_early:
                edge.target.sees_early = True
                waiting.append(edge.target)


def _find_readers(by_id: dict[str, PlanNode]) -> None:
    """Say of each node who reads its output, and of which the output need not be kept to the end of the level."""
    for planned in by_id.values():
        planned.is_kept = planned.is_leaf or planned.type.type == "end"
    known: set[tuple[int, int]] = set()
    for planned in by_id.values():
        for read in _read_by(planned, by_id):
            if read.node.parent == planned.id:
                read.is_kept = True  # a loop's own expressions look at the children of a round that has ended
                continue
            reader = _ancestor_beside(planned, read, by_id)
            if reader is not None and reader is not read and (reader.index, read.index) not in known:
                known.add((reader.index, read.index))
                read.readers.append(reader)
                reader.reads.append(read)


def _read_by(planned: PlanNode, by_id: dict[str, PlanNode]) -> list[PlanNode]:
    names = set(planned.config.roots) & by_id.keys()
    # What is disabled passes on the outputs before it; `error` stands for an output on an error port.
    passing = [edge.source.id for edge in planned.incoming if planned.node.disabled or edge.port == ERROR_PORT]
    return [by_id[name] for name in sorted(names.union(passing))]


def _ancestor_beside(planned: PlanNode, other: PlanNode, by_id: dict[str, PlanNode]) -> PlanNode | None:
    """`planned`, or the container around it that is on the level of `other`; None where there is none."""
    above: PlanNode | None = planned
    while above is not None and above.node.parent != other.node.parent:
        above = by_id.get(above.node.parent or "")
    return above
