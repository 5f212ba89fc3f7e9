"""What the row of an execution shows while it runs: kept by the journal, event by event."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from weft.engine.events import Event
from weft.engine.state import NO_USAGE, add_usage
from weft.engine.values import encode
from weft.executions.events import ExecutionCancelled, ExecutionCompleted, ExecutionFailed, ExecutionWaiting
from weft.kernel.ids import WorkspaceId
from weft.kernel.messages import Event as DomainEvent


@dataclass(slots=True)
class Progress:
    """The columns that move."""

    execution_id: UUID
    workspace_id: WorkspaceId
    workflow_id: UUID | None
    owner: str
    epoch: int
    status: str = "queued"
    last_sequence: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outputs: str | None = None
    error: str | None = None
    usage: dict[str, Any] = field(default_factory=lambda: dict(NO_USAGE))
    compensation: str | None = None

    def apply(self, event: Event, outputs: bytes | None) -> DomainEvent | None:
        """Follow one event; answers what others should know of it. `outputs` is the whole text behind a blob."""
        self.last_sequence = event.sequence
        kind, _, what = event.type.partition(".")
        data = event.data
        if kind in ("node", "compensation"):
            if kind == "compensation":
                self.compensation = "running"
            usage = data.get("usage")
            if usage:
                self.usage = add_usage(self.usage, usage)
            return None
        if kind != "execution":
            return None
        if what in ("started", "resumed"):
            self.status = "running"
            self.started_at = self.started_at or datetime.fromisoformat(event.at)
        elif what == "waiting":
            self.status = "waiting"
            return ExecutionWaiting(**self._about())
        elif what == "cancel_requested" and self.status == "waiting":
            # Asked for while the wait was being written: the run goes on at once, and keeps its lease.
            self.status = "running"
        elif what in ("completed", "failed", "cancelled"):
            return self._end(event, what, outputs)
        return None

    def _end(self, event: Event, status: str, outputs: bytes | None) -> DomainEvent:
        data = event.data
        self.status = status
        self.finished_at = datetime.fromisoformat(event.at)
        self.compensation = data.get("compensation")
        if status == "completed":
            self.outputs = (outputs or encode(data.get("outputs"))).decode()
            return ExecutionCompleted(**self._about())
        if status == "cancelled":
            return ExecutionCancelled(**self._about(), by=str(data.get("by")))
        error = data.get("error") or {}
        self.error = encode(error).decode()
        return ExecutionFailed(**self._about(), error_type=str(error.get("type", "")), node=error.get("node"))

    def _about(self) -> dict[str, Any]:
        return {
            "workspace_id": self.workspace_id,
            "execution_id": self.execution_id,
            "workflow_id": self.workflow_id,
            "actor": "system",
        }

    def row(self) -> dict[str, Any]:
        """The columns as they stand; who waits or has ended is owned by nobody."""
        return {
            "b_id": self.execution_id,
            "status": self.status,
            "last_sequence": self.last_sequence,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "outputs": self.outputs,
            "error": self.error,
            "usage": encode(self.usage).decode(),
            "compensation": self.compensation,
            "owner": self.owner if self.status in ("queued", "running") else None,
        }
