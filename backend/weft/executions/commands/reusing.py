"""What a retry takes over of an ended run: what completed, but for what failed and what is downstream of that."""

from dataclasses import dataclass, field
from math import inf

from weft.engine.plan import Plan, PlanNode
from weft.engine.state import NodeState


def reusable_paths(plan: Plan, nodes: dict[str, NodeState], undone: dict[str, str]) -> frozenset[str]:
    """The paths whose outcome is taken over. What undid something is no part of it: it runs when there is something
    to undo."""
    again = _Again(plan)
    deciding = {path: node for path, node in nodes.items() if not _is_compensation(plan, node)}
    for path, node in deciding.items():
        if undone.get(path) == "completed":
            again.add(path, whole=True)
        elif node.status == "failed":
            again.add(path)
    kept = ("completed", "reused")
    return frozenset(path for path, node in deciding.items() if node.status in kept and not again.holds(path))


def _is_compensation(plan: Plan, node: NodeState) -> bool:
    planned = plan.by_id.get(node.node)
    return planned is not None and planned.is_compensation


@dataclass(slots=True)
class _Again:
    """What has to run again."""

    plan: Plan
    paths: set[str] = field(default_factory=set)
    """Themselves: of a container what it holds may be taken over."""
    whole: set[str] = field(default_factory=set)
    """With all that they hold."""
    rounds: dict[str, int] = field(default_factory=dict)
    """Loop → a round of it; those after it got their state from it."""

    def add(self, path: str, *, whole: bool = False) -> None:
        """`path` runs again, and so does what follows it and what holds it; `whole`: and what it holds."""
        (self.whole if whole else self.paths).add(path)
        prefix, _, name = path.rpartition(".")
        self._follow(prefix, self.plan.by_id.get(name))
        holder = prefix
        if prefix.endswith("]"):
            holder, index = _loop_of(prefix)
            loop = self.plan.by_id.get(holder.rpartition(".")[2])
            if loop is not None and loop.node.config.get("update"):
                self.rounds[holder] = min(index, self.rounds.get(holder, index))
        if holder and holder not in self.paths:
            self.add(holder)

    def _follow(self, prefix: str, node: PlanNode | None) -> None:
        pending = [node] if node is not None else []
        while pending:
            for edge in pending.pop().outgoing:
                below = f"{prefix}.{edge.target.id}" if prefix else edge.target.id
                if below not in self.whole:
                    self.whole.add(below)
                    pending.append(edge.target)

    def holds(self, path: str) -> bool:
        """Whether `path` runs again, by itself or with what it is in."""
        if path in self.paths:
            return True
        while path not in self.whole:
            path = path.rpartition(".")[0]
            if not path:
                return False
            if path.endswith("]"):
                path, index = _loop_of(path)
                if index > self.rounds.get(path, inf):
                    return True
        return True


def _loop_of(path: str) -> tuple[str, int]:
    """The loop of a round's path, and which round it is."""
    loop, _, index = path.removesuffix("]").rpartition("[")
    return loop, int(index)
