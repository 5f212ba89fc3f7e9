"""What the other contexts may know of workflows."""

from dataclasses import dataclass
from uuid import UUID

from weft.kernel.messages import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowCreated(Event):
    """A workflow came to be: drawn, duplicated or imported."""

    workflow_id: UUID
    workflow_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowUpdated(Event):
    """The draft moved on to `revision`."""

    workflow_id: UUID
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowPublished(Event):
    """Version `number` was made of the draft."""

    workflow_id: UUID
    number: int
    graph_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowDeleted(Event):
    """The workflow is hidden until it is restored."""

    workflow_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowShared(Event):
    """Whoever has its link can read the workflow. The link is in no event."""

    workflow_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowShareWithdrawn(Event):
    """The workflow's link leads nowhere any more."""

    workflow_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRestored(Event):
    """A deleted workflow is back."""

    workflow_id: UUID
