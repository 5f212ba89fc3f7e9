"""What the inside of workflows needs from the outside."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from weft.workflows.domain import Workflow, WorkflowVersion


class Workflows(Protocol):
    """The workflows of one workspace. Saving records the aggregate's events."""

    async def get(self, workflow_id: UUID, *, deleted: bool = False) -> Workflow:
        """The workflow, held until the command ends. Raises NotFound; one that is deleted needs `deleted`."""
        ...

    async def find(self, workflow_id: UUID) -> Workflow | None:
        """As `get`, deleted or not; None where this workspace has none."""
        ...

    async def add(self, workflow: Workflow) -> bool:
        """Insert it; False where its id is taken."""
        ...

    async def save(self, workflow: Workflow) -> None:
        """Write its draft."""
        ...

    async def add_version(self, version: WorkflowVersion) -> None:
        """Insert a version, and keep its graph."""
        ...

    async def keep_graph(self, graph: dict[str, Any], at: datetime) -> str:
        """Store a graph under its hash, and give the hash."""
        ...


class ShareTokens(Protocol):
    """The tokens of public links: random, found by their hash, kept sealed so that a link can be shown again."""

    def make(self) -> tuple[str, str, bytes]:
        """A new token of 256 random bits, its hash, and it sealed."""
        ...

    def open(self, sealed: bytes) -> str | None:
        """The token again; None where it was sealed with a key that is gone."""
        ...


class References(Protocol):
    """Who knows whether what a graph refers to is there; each context registers who resolves its ids."""

    async def unknown(self, kind: str, ids: Collection[str]) -> set[str]:
        """Those of `ids` that this workspace has not; `kind` is the `x-reference` of a field, or `workflow`."""
        ...
