"""A level among levels, as its events tell it: what began in it, and how all of that gets its end.

A node that began owes an event that says how it ended. Where a level is stopped before, the ends of what is inside
are told first, and what still runs then is heard no more.
"""

from typing import TYPE_CHECKING, Any

from weft.engine.plan import PlanNode

if TYPE_CHECKING:
    from weft.engine.context import NodeContext
    from weft.engine.frame import Frame
    from weft.engine.run import Run


class Level:
    """What began in one level and has not ended, the levels inside it that run now, and the end of them all."""

    def __init__(self, run: "Run", prefix: str, outer: "Frame | None", container: PlanNode | None) -> None:
        self.run = run
        self.prefix = prefix
        self.outer = outer
        self.container = container
        self.inner: dict[Frame, None] = {}
        """The rounds and parallels in here that run now."""
        self.halted: bool = outer is not None and outer.halted
        """Starts nothing more."""
        self.closed = False
        """Has told all ends: what still runs in here is heard no more."""
        self._began: dict[str, tuple[PlanNode, NodeContext | None]] = {}

    def begin(self, node: PlanNode, context: "NodeContext | None" = None) -> None:
        """`node` has an event that says it began: it owes one that says it ended."""
        if self.run.open_records:
            self.run.open_records.pop(self.prefix + node.id, None)
        self._began[node.id] = (node, context)

    def told(self, node: PlanNode) -> None:
        """`node` has an event that says it ended."""
        self._began.pop(node.id, None)

    def halt(self, inside: str = "") -> None:
        """Start nothing more in here; `inside`: only in what the container of that path holds."""
        if not inside:
            self.halted = True
        for frame in self.inner:
            if frame.prefix.startswith((f"{inside}[", f"{inside}.") if inside else ""):
                frame.halt()

    def close(self) -> None:
        """Tell the end of all that began, the innermost first; what still runs is heard no more."""
        self.halted = self.closed = True
        for frame in list(self.inner):
            frame.close()
        self.inner.clear()
        for node, context in list(self._began.values()):
            self._tell_cancelled(node, context)
        self._began.clear()

    def close_inside(self, path: str) -> None:
        """The container of `path` is about to end: nothing in it may be left without an end."""
        for frame in [frame for frame in self.inner if frame.prefix.startswith((f"{path}[", f"{path}."))]:
            frame.close()
            self.inner.pop(frame, None)
        self.run.cancel_recorded(path, self._why(path))

    def _why(self, path: str = "") -> dict[str, Any]:
        """What the events of cancelled nodes must tell whoever takes over before the cause itself is written: the
        innermost container around them, or that of `path`, that is about to fail."""
        outer: Level | None = self
        inside: str | None = path.removeprefix(self.prefix) or None
        while outer is not None:
            _, context = outer._began.get(inside or "", (None, None))
            if context is not None and (error := context.ending) is not None:
                return {"ends": {"path": context.path, "error": error}}
            inside, outer = outer.container.id if outer.container else None, outer.outer
        return {}

    def _tell_cancelled(self, node: PlanNode, context: "NodeContext | None") -> None:
        path = self.prefix + node.id
        why = self._why()
        self.run.cancel_recorded(path, why)
        data: dict[str, Any] = {"reason": "cancelled", **why}
        if self.run.failure is not None:
            # The run fails by itself, and no node's end says so: whoever takes over in this moment must know.
            data["error"] = self.run.failure
        usage = context.take_usage() if context is not None else None
        if usage is not None:
            data["usage"] = usage
        sequence = self.run.emit("node.cancelled", data, node.id, path)
        if context is None:
            self.run.state.note_cancelled(path, sequence)
        elif node.compensation is not None and node.policy.compensate == "started":
            self.run.remember(context, None, sequence)
