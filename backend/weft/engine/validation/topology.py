"""A graph by place: levels, edges that count, what is upstream of what. Faulty parts are left out, not refused."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from weft.engine.catalog import Catalog
from weft.engine.graph import COMPENSATE_PORT, ERROR_PORT, Edge, Graph, Node
from weft.engine.node import NodeType


@dataclass(frozen=True, slots=True)
class Link:
    """An edge that takes part in readiness; nodes by their place in the graph's list."""

    edge: int
    source: int
    port: str
    target: int


class Topology:
    """Nodes are named by their index in the graph's list throughout."""

    def __init__(self, graph: Graph, catalog: Catalog) -> None:
        self.graph = graph
        self.catalog = catalog
        self.nodes: list[Node] = graph.nodes
        self.index = {node.id: index for index, node in enumerate(graph.nodes)}
        self.types: list[NodeType | None] = [catalog.get(node.type) for node in graph.nodes]
        self.parents = [self.index.get(node.parent) if node.parent is not None else None for node in graph.nodes]
        self.circular = {index for index in range(len(self.nodes)) if self._is_circular(index)}
        self.ports = [self._ports(index) for index in range(len(self.nodes))]
        self.incoming: list[list[Link]] = [[] for _ in self.nodes]
        self.outgoing: list[list[Link]] = [[] for _ in self.nodes]
        self.compensates: dict[int, int] = {}
        """A compensation → what it undoes."""
        for position, edge in enumerate(graph.edges):
            self._connect(position, edge)
        self.levels: dict[int | None, list[int]] = {None: []}
        for index, parent in enumerate(self.parents):
            self.levels.setdefault(parent, []).append(index)
        self.order: list[int] = []
        self.cyclic: set[int] = set()
        self._sort()
        self.upstream = self._upstream()

    def _is_circular(self, index: int) -> bool:
        seen: set[int] = set()
        at: int | None = index
        while at is not None:
            if at in seen:
                return True
            seen.add(at)
            at = self.parents[at]
        return False

    def _ports(self, index: int) -> tuple[str, ...] | None:
        """The declared ports; None where the type is unknown or the config too odd to tell."""
        node_type = self.types[index]
        if node_type is None:
            return None
        try:
            return node_type.ports_for(self.nodes[index].config)
        except (TypeError, ValueError, KeyError, AttributeError):
            return None

    def _connect(self, position: int, edge: Edge) -> None:
        source, target = self.index.get(edge.source), self.index.get(edge.target)
        if source is None or target is None or self.parents[source] != self.parents[target]:
            return
        if edge.source_port == COMPENSATE_PORT:
            self.compensates.setdefault(target, source)
            return
        if self.nodes[target].type == "start":
            return
        link = Link(position, source, edge.source_port, target)
        self.outgoing[source].append(link)
        self.incoming[target].append(link)

    def _sort(self) -> None:
        """Kahn's order over all levels at once; what is left over stands in a cycle or behind one."""
        waiting = [len(links) for links in self.incoming]
        ready = deque(index for index, count in enumerate(waiting) if count == 0)
        while ready:
            index = ready.popleft()
            self.order.append(index)
            for link in self.outgoing[index]:
                waiting[link.target] -= 1
                if waiting[link.target] == 0:
                    ready.append(link.target)
        self.cyclic = {index for index, count in enumerate(waiting) if count > 0}

    def _upstream(self) -> list[int]:
        """For each node the set of nodes upstream of it on its own level, as bits."""
        upstream = [0] * len(self.nodes)
        for index in self.order:
            bits = 0
            for link in self.incoming[index]:
                bits |= upstream[link.source] | 1 << link.source
            upstream[index] = bits
        return upstream

    def containers(self, index: int) -> Iterator[int]:
        """The containers around a node, the innermost first."""
        at = self.parents[index]
        if index in self.circular:
            return
        while at is not None:
            yield at
            at = self.parents[at]

    def acting(self, index: int) -> int:
        """The node whose view `index` has: a compensation sees what the undone node saw."""
        return self.compensates.get(index, index)

    def is_upstream(self, source: int, index: int) -> bool:
        """Whether `source` is upstream of `index` on the same level."""
        return bool(self.upstream[index] >> source & 1)

    def takes_error_port(self, index: int) -> bool:
        """Whether a failure of this node may leave by its error port."""
        return any(link.port == ERROR_PORT for link in self.outgoing[index])

    def level_order(self, parent: int | None) -> list[int]:
        """The nodes of one level, sources before targets; those in cycles are left out."""
        if not hasattr(self, "_by_level"):
            self._by_level: dict[int | None, list[int]] = {}
            for index in self.order:
                self._by_level.setdefault(self.parents[index], []).append(index)
        return self._by_level.get(parent, [])
