"""The unit of work as the inside sees it: one workspace, one transaction, its domain events."""

from collections.abc import Callable
from typing import Protocol

from weft.kernel.ids import WorkspaceId
from weft.kernel.messages import Event


class UnitOfWork(Protocol):
    """Opened by the bus for each command, committed by it when the handler returns, else rolled back."""

    @property
    def workspace_id(self) -> WorkspaceId:
        """The one workspace this unit of work reads and writes."""
        ...

    def record(self, *events: Event) -> None:
        """Write these domain events in the same transaction, and hand them to subscribers after it."""
        ...

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call `call` once the transaction is committed: for bells, never for what must happen."""
        ...
