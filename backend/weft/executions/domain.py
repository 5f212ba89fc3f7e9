"""The aggregate Execution, as it is accepted and as commands see it.

While it runs, the engine moves it, event by event; the journal writes those under the epoch of the holder.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from weft.engine.events import Event
from weft.engine.journal import blob_reference
from weft.engine.limits import Limits
from weft.executions.events import ExecutionDeleted, ExecutionQueued
from weft.kernel.aggregate import Aggregate
from weft.kernel.clock import timestamp
from weft.kernel.errors import Conflict
from weft.kernel.ids import ExecutionId, WorkspaceId, new_id

Durability = Literal["async", "sync"]
ENDED: Final = frozenset({"completed", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Origin:
    """What is run, and why."""

    workflow_id: UUID | None
    version: str
    graph_hash: str
    trigger: dict[str, Any]
    workflow_name: str = ""
    retry_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How it is run."""

    durability: Durability = "async"
    limits: Limits = field(default_factory=Limits)
    priority: int = 0
    labels: dict[str, str] = field(default_factory=dict)
    pinned: dict[str, Any] = field(default_factory=dict)
    upstream: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)


class Execution(Aggregate):
    """One run. An ended one never moves again."""

    def __init__(
        self,
        execution_id: ExecutionId,
        workspace_id: WorkspaceId,
        status: str,
        origin: Origin,
        options: Options,
        inputs: Any,
        created_at: datetime,
        epoch: int = 1,
    ) -> None:
        super().__init__()
        self.id = execution_id
        self.workspace_id = workspace_id
        self.status = status
        self.origin = origin
        self.options = options
        self.inputs = inputs
        self.created_at = created_at
        self.epoch = epoch
        self.history: list[Event] = []

    @classmethod
    def queue(
        cls, workspace_id: WorkspaceId, origin: Origin, options: Options, inputs: Any, now: datetime, actor: str
    ) -> "Execution":
        """Accept a run: it exists, with its first event, and waits for a worker."""
        execution = cls(ExecutionId(new_id()), workspace_id, "queued", origin, options, inputs, now)
        execution.history.append(Event(1, "execution.created", timestamp(now), 1, execution.created_data()))
        execution.record(
            ExecutionQueued(
                workspace_id=workspace_id,
                actor=actor,
                execution_id=execution.id,
                workflow_id=origin.workflow_id,
                version=origin.version,
                trigger=str(origin.trigger.get("type", "")),
            )
        )
        return execution

    def created_data(self) -> dict[str, Any]:
        """The data of execution.created: all that a recovery must know of how the run was asked for."""
        options, version = self.options, version_number(self.origin.version)
        data: dict[str, Any] = {
            "inputs": self.inputs,
            "graph_hash": self.origin.graph_hash,
            "version": version,
            "workflow": {
                "id": _text(self.origin.workflow_id),
                "version": version,
                "name": self.origin.workflow_name,
            },
            "trigger": self.origin.trigger,
            "seed": self.id.int & 0x7FFFFFFF,
            "limits": options.limits.as_json(),
            "durability": options.durability,
            "variables": options.variables,
            "reuse": {"execution": _text(self.origin.retry_of)} if self.origin.retry_of else None,
        }
        if options.pinned:
            data["pinned"] = options.pinned
        if options.upstream:
            data["upstream"] = options.upstream
        return data

    def keep_inputs_apart(self, text: bytes) -> str:
        """Leave a reference to the inputs, whose JSON is `text`, in the first event; the SHA-256 to keep them under."""
        reference = blob_reference(text)
        data = self.history[0].data
        data["inputs"] = reference
        data["blobs"] = ["inputs"]
        return str(reference["$blob"])

    def reuse(self, path: str, node: str, data: dict[str, Any]) -> None:
        """Take over what an earlier run completed at `path`."""
        sequence = len(self.history) + 1
        at = timestamp(self.created_at)
        self.history.append(Event(sequence, "node.reused", at, 1, data, node, path))

    def delete(self, actor: str) -> None:
        """Remove it. Raises Conflict where it has not ended."""
        self.require_ended()
        self.record(
            ExecutionDeleted(
                workspace_id=self.workspace_id,
                actor=actor,
                execution_id=self.id,
                workflow_id=self.origin.workflow_id,
                status=self.status,
            )
        )

    def require_live(self) -> None:
        """Raise Conflict where the run has ended."""
        if self.status in ENDED:
            raise Conflict(f"This execution has ended: it is {self.status}.", code="already_ended")

    def require_ended(self) -> None:
        """Raise Conflict where the run has not ended."""
        if self.status not in ENDED:
            raise Conflict(f"This execution has not ended: it is {self.status}.", code="not_ended")


def version_number(text: str) -> int | str:
    """A version as clients see it: its number, or `draft`."""
    return int(text) if text.isdigit() else text


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
