"""What others may know of executions."""

from dataclasses import dataclass
from uuid import UUID

from weft.kernel.messages import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class _ExecutionEvent(Event):
    execution_id: UUID
    workflow_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionQueued(_ExecutionEvent):
    """A run was accepted."""

    version: str = ""
    trigger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionCompleted(_ExecutionEvent):
    """A run came to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionFailed(_ExecutionEvent):
    """A run failed."""

    error_type: str = ""
    node: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionCancelled(_ExecutionEvent):
    """A run was cancelled."""

    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionDeleted(_ExecutionEvent):
    """An ended run was removed."""

    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionWaiting(_ExecutionEvent):
    """A run waits, and holds nothing but a row."""
