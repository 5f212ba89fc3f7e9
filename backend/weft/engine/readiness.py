"""Which nodes are decided: pure accounting over the edges of one frame. No step barrier, no stored edge states.

An edge is pending, then taken or dead. A node is decided once: to run (with the edges that were taken by then) or
to be skipped (dead-path elimination).
"""

from dataclasses import dataclass

from weft.engine.graph import ERROR_PORT
from weft.engine.plan import FramePlan, PlanEdge, PlanNode


@dataclass(slots=True)
class Decision:
    """A node's fate: to run, having seen `taken`; or to be skipped, for `reason`."""

    node: PlanNode
    taken: list[PlanEdge]
    reason: str | None = None
    visible: frozenset[str] | None = None
    """Behind an early join: what had settled when this was decided, and may be seen."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of the taken edges, each once, in the order of the edge list."""
        edges = sorted(self.taken, key=lambda edge: edge.index)
        return tuple(dict.fromkeys(edge.source.id for edge in edges))

    @property
    def error_source(self) -> str | None:
        """The first source that came by its `error` port."""
        edges = sorted(self.taken, key=lambda edge: edge.index)
        return next((edge.source.id for edge in edges if edge.port == ERROR_PORT), None)


class Readiness:
    """The edges of one frame as they settle."""

    __slots__ = ("_decided", "_pending", "_plan", "_taken")

    def __init__(self, plan: FramePlan) -> None:
        self._plan = plan
        self._pending: dict[int, int] = {}
        self._taken: dict[int, list[PlanEdge]] = {}
        self._decided: set[int] = set()

    def begin(self) -> list[Decision]:
        """The nodes that need no edge: roots run, what else has no edge is unreachable."""
        roots = {node.index for node in self._plan.roots}
        decisions = []
        for node in self._plan.nodes:
            if not node.incoming:
                self._decided.add(node.index)
                decisions.append(Decision(node, [], None if node.index in roots else "unreachable"))
        return decisions

    def settle(self, node: PlanNode, port: str | None) -> list[Decision]:
        """`node` has ended and takes the edges of `port` (None: none); answers who is decided by that."""
        decisions: list[Decision] = []
        for edge in node.outgoing:
            target = edge.target
            index = target.index
            pending = self._pending.get(index, len(target.incoming)) - 1
            self._pending[index] = pending
            if port is not None and edge.port == port:
                self._taken.setdefault(index, []).append(edge)
            if index not in self._decided:
                decision = self._decide(target, pending)
                if decision is not None:
                    self._decided.add(index)
                    decisions.append(decision)
        return decisions

    def _decide(self, target: PlanNode, pending: int) -> Decision | None:
        taken = self._taken.get(target.index, [])
        needs = target.join_needs
        if needs is None:
            if pending:
                return None
            return Decision(target, taken) if taken else Decision(target, [], "no taken edge")
        if len(taken) >= needs:
            return Decision(target, list(taken))
        if len(taken) + pending < needs:
            return Decision(target, [], "join cannot be satisfied")
        return None
