"""Commands ask for a change, queries for an answer, events tell what happened."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from weft.kernel.ids import WorkspaceId, new_id

R_co = TypeVar("R_co", covariant=True)


class Command(Generic[R_co]):
    """A request to change something; handled once, in one unit of work, answering R."""


class Query(Generic[R_co]):
    """A request to read something; changes nothing, answering R."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A domain event: a fact, in the past tense, frozen. Subclasses add their own fields."""

    workspace_id: WorkspaceId
    actor: str = "system"
    event_id: UUID = field(default_factory=new_id)
    occurred_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def name(self) -> str:
        """The name under which others subscribe: the class's own."""
        return type(self).__name__


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """A domain event as a subscriber sees it: by name and JSON, so that it needs no class of another context."""

    position: int
    event_id: UUID
    workspace_id: WorkspaceId
    name: str
    data: dict[str, Any]
    actor: str
    occurred_at: datetime
