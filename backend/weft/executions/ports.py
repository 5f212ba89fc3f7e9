"""What the inside of executions needs from the outside."""

from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from weft.engine.events import Event
from weft.engine.limits import Limits
from weft.executions.domain import Execution
from weft.kernel.ids import ExecutionId, WorkspaceId


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The client's key, and the hash of the request that came with it."""

    key: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a request to run: a new execution, or the one that the same key made before."""

    execution_id: ExecutionId
    is_new: bool


class Acceptance(Protocol):
    """Accepting a run: row, first events, idempotency key and domain event in one commit, shared with others."""

    async def known(self, workspace_id: WorkspaceId, key: IdempotencyKey) -> Accepted | None:
        """What this key made before, within its lifetime. Raises Conflict where it came with another request."""
        ...

    async def accept(self, execution: Execution, key: IdempotencyKey | None) -> Accepted:
        """Raises Conflict where the key came with another request, or the first is still uncommitted."""
        ...


@dataclass(frozen=True, slots=True)
class RunCaps:
    """The server's caps on the limits of any run."""

    limits: Limits


class Executions(Protocol):
    """The executions of one workspace."""

    async def get(self, execution_id: UUID) -> Execution:
        """Raises NotFound."""
        ...

    async def history(self, execution_id: UUID) -> list[Event]:
        """All its events, in order."""
        ...

    async def release(self) -> None:
        """End the transaction so far: what was read is enough, and other commands follow."""
        ...

    async def signal(self, execution: Execution, kind: str, data: dict[str, Any], *, path: str | None = None) -> None:
        """Record a signal from outside; it is committed with the command."""
        ...

    async def remove(self, execution: Execution) -> None:
        """Take it away with its events, signals and keys; values that other runs may share stay."""
        ...


class Signals(Protocol):
    """The bell of whoever works on a run."""

    def ring(self, execution_id: UUID, workspace_id: WorkspaceId) -> None:
        """A signal for this run was committed."""
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """One event as SSE sends it, encoded once for all who watch. `sequence` 0: live only."""

    sequence: int
    type: str
    path: str | None
    text: bytes


class Subscription(Protocol):
    """What is published of one execution from now on."""

    async def next(self, timeout_s: float) -> Frame | None:
        """The next frame; None after `timeout_s` seconds, or where frames were dropped: then read what is stored."""
        ...

    def at_hand(self) -> list[Frame]:
        """The frames that need no waiting for, all at once."""
        ...


class LiveFeed(Protocol):
    """Events as they are committed, and deltas as they come."""

    def publish(self, execution_id: UUID, frames: list[Frame]) -> None:
        """Hand frames to those who watch; never waits."""
        ...

    def subscribe(self, execution_id: UUID) -> AbstractContextManager[Subscription]:
        """Watch an execution."""
        ...

    @property
    def poll_s(self) -> float:
        """How often a stream must compare its position with what is stored, in seconds."""
        ...


class Follower(Protocol):
    """A stream of an execution's events: stored ones, then live ones, without a gap and without a double."""

    def follow(
        self, execution_id: UUID, workspace_id: WorkspaceId, after: int, *, top_level: bool
    ) -> AsyncGenerator[bytes, None]:
        """SSE frames after sequence `after`, one or more at a time, until the execution has ended."""
        ...
