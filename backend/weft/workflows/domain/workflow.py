"""A workflow: its draft, and the numbered versions made of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from weft.engine.graph import graph_hash
from weft.kernel.aggregate import Aggregate
from weft.kernel.errors import FieldError, Invalid, StaleRevision
from weft.kernel.ids import WorkspaceId, new_id
from weft.workflows.events import (
    WorkflowCreated,
    WorkflowDeleted,
    WorkflowPublished,
    WorkflowRestored,
    WorkflowShared,
    WorkflowShareWithdrawn,
    WorkflowUpdated,
)


@dataclass(frozen=True, slots=True)
class WorkflowVersion:
    """A published version. It never changes."""

    id: UUID
    workflow_id: UUID
    version: int
    note: str
    graph: dict[str, Any]
    graph_hash: str
    settings: dict[str, Any]
    warnings: list[dict[str, Any]]
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Share:
    """A link by which anybody may read the workflow: the hash it is found by, and its token, sealed.

    `graph_hash` is the draft as it stood then: what the link shows until there is a published version.
    """

    token_hash: str
    sealed: bytes
    graph_hash: str
    at: datetime


def share_hash(token: str) -> str:
    """What a link's token is found by."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass
class _State:
    id: UUID
    workspace_id: WorkspaceId
    name: str
    description: str
    tags: list[str]
    graph: dict[str, Any]
    settings: dict[str, Any]
    revision: int
    published_version: int | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    share: Share | None = None


class Workflow(_State, Aggregate):
    """The draft moves only from the revision the editor saw; versions are numbered from 1 without gaps."""

    def __init__(self, **state: Any) -> None:
        Aggregate.__init__(self)
        _State.__init__(self, **state)

    @classmethod
    def create(
        cls,
        workspace_id: WorkspaceId,
        fields: Mapping[str, Any],
        *,
        at: datetime,
        by: str,
        workflow_id: UUID | None = None,
    ) -> "Workflow":
        """A workflow with `fields` (name, description, tags, graph, settings, each as its own type wants it)."""
        workflow = cls(
            id=workflow_id or new_id(),
            workspace_id=workspace_id,
            name=fields["name"],
            description=fields["description"],
            tags=fields["tags"],
            graph=fields["graph"],
            settings=fields["settings"],
            revision=1,
            published_version=None,
            created_at=at,
            updated_at=at,
        )
        workflow.record(
            WorkflowCreated(
                workspace_id=workspace_id,
                actor=by,
                occurred_at=at,
                workflow_id=workflow.id,
                workflow_name=workflow.name,
            )
        )
        return workflow

    def update(self, revision: int | None, changes: Mapping[str, Any], *, at: datetime, by: str) -> None:
        """Move the draft from `revision` (None: any). Raises StaleRevision where somebody else has moved it."""
        self.check_revision(revision)
        for field in ("name", "description", "tags", "graph", "settings"):
            if field in changes:
                setattr(self, field, changes[field])
        self.revision += 1
        self.updated_at = at
        self.record(
            WorkflowUpdated(
                workspace_id=self.workspace_id,
                actor=by,
                occurred_at=at,
                workflow_id=self.id,
                revision=self.revision,
            )
        )

    def differs(self, fields: Mapping[str, Any]) -> bool:
        """Whether one of `fields` is not what the draft holds."""
        return any(getattr(self, field) != value for field, value in fields.items())

    def publish(
        self,
        graph: dict[str, Any],
        errors: list[FieldError],
        warnings: list[FieldError],
        *,
        note: str,
        at: datetime,
        by: str,
    ) -> WorkflowVersion:
        """Make the next version of `graph`, the draft with its types' versions. Raises Invalid where it is wrong."""
        if errors:
            raise Invalid("The graph has errors, so it cannot be published.", errors, code="invalid_graph")
        self.published_version = (self.published_version or 0) + 1
        version = WorkflowVersion(
            id=new_id(),
            workflow_id=self.id,
            version=self.published_version,
            note=note,
            graph=graph,
            graph_hash=graph_hash(graph),
            settings=self.settings,
            warnings=[warning.as_json() for warning in warnings],
            created_at=at,
            created_by=by,
        )
        self.record(
            WorkflowPublished(
                workspace_id=self.workspace_id,
                actor=by,
                occurred_at=at,
                workflow_id=self.id,
                number=version.version,
                graph_hash=version.graph_hash,
            )
        )
        return version

    def delete(self, revision: int | None, *, at: datetime, by: str) -> None:
        """Hide it, and end its share. Raises StaleRevision where somebody else has moved the draft."""
        self.check_revision(revision)
        self.withdraw(at=at, by=by)
        self.deleted_at = at
        self.record(WorkflowDeleted(workspace_id=self.workspace_id, actor=by, occurred_at=at, workflow_id=self.id))

    def share_by(self, share: Share, *, by: str) -> None:
        """Let anybody who has the link read it; a link from before leads nowhere."""
        self.share = share
        self.record(WorkflowShared(workspace_id=self.workspace_id, actor=by, occurred_at=share.at, workflow_id=self.id))

    def withdraw(self, *, at: datetime, by: str) -> None:
        """End its share; one that is not shared stays as it is."""
        if self.share is None:
            return
        self.share = None
        self.record(
            WorkflowShareWithdrawn(workspace_id=self.workspace_id, actor=by, occurred_at=at, workflow_id=self.id)
        )

    def restore(self, *, at: datetime, by: str) -> None:
        """Show it again; one that was not deleted stays as it is."""
        if self.deleted_at is None:
            return
        self.deleted_at = None
        self.record(WorkflowRestored(workspace_id=self.workspace_id, actor=by, occurred_at=at, workflow_id=self.id))

    def check_revision(self, revision: int | None) -> None:
        """Raise StaleRevision unless the draft is at `revision`; None is any."""
        if revision is not None and revision != self.revision:
            raise StaleRevision("It was changed since you read it.", headers={"ETag": f'"{self.revision}"'})
