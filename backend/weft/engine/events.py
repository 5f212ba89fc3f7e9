"""The events of a run: the only truth about it. The table of types and data is in docs/concepts."""

from dataclasses import dataclass
from typing import Any, Final

TERMINAL: Final = frozenset({"execution.completed", "execution.failed", "execution.cancelled"})
NODE_ENDS: Final = frozenset({"node.completed", "node.failed", "node.skipped", "node.cancelled", "node.reused"})


@dataclass(slots=True)
class Event:
    """One fact, numbered from 1 without gaps. `node.delta` is streamed only: its sequence is 0.

    `signal` is the row in execution_signals that this event answers, marked in the same transaction.
    `timer_at` asks for a timer row (epoch seconds) in the same transaction.
    """

    sequence: int
    type: str
    at: str
    epoch: int
    data: dict[str, Any]
    node: str | None = None
    path: str | None = None
    signal: str | None = None
    timer_at: float | None = None

    def as_json(self, execution_id: str) -> dict[str, Any]:
        """The event as REST and SSE send it."""
        body: dict[str, Any] = {"execution_id": execution_id, "sequence": self.sequence, "type": self.type}
        body["at"] = self.at
        if self.path is not None:
            body["node"] = self.node
            body["path"] = self.path
        body["epoch"] = self.epoch
        body["data"] = self.data
        return body
