"""What a run waits for: nodes that ended their call until a time or a signal."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from weft.kernel.clock import Clock, timestamp

if TYPE_CHECKING:
    from weft.engine.frame import Frame
    from weft.engine.readiness import Decision


@dataclass(slots=True)
class Wait:
    """One waiting path. `due_at` in epoch seconds; `kind` is `timer`, `retry` or the kind of a signal."""

    path: str
    frame: "Frame"
    decision: "Decision"
    attempt: int
    kind: str
    due_at: float | None
    message: str | None = None
    started_at: str = ""
    """When the attempt that waits began."""

    @property
    def is_retry(self) -> bool:
        """Whether the next attempt is what is waited for."""
        return self.kind == "retry"

    def as_json(self) -> dict[str, Any]:
        """As `waiting_for` and execution.waiting show it."""
        until = timestamp(datetime.fromtimestamp(self.due_at, UTC)) if self.due_at is not None else None
        body: dict[str, Any] = {"path": self.path, "kind": self.kind, "until": until}
        return body | ({"message": self.message} if self.message else {})


@dataclass(slots=True)
class Waits:
    """All waits of a run, with the timer that wakes them while the run is in memory."""

    by_path: dict[str, Wait] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _wake: Callable[[Wait], None] | None = None

    def __bool__(self) -> bool:
        return bool(self.by_path)

    @property
    def earliest(self) -> float | None:
        """The first time at which something is due, in epoch seconds."""
        return min((wait.due_at for wait in self.by_path.values() if wait.due_at is not None), default=None)

    def add(self, wait: Wait, clock: Clock, wake: Callable[[Wait], None]) -> None:
        """Remember `wait`; call `wake` with it when it is due."""
        self.by_path[wait.path] = wait
        self._wake = wake
        if wait.due_at is not None:
            seconds = max(0.0, wait.due_at - clock.now().timestamp())
            self._tasks[wait.path] = asyncio.create_task(self._alarm(wait, seconds, clock))

    async def _alarm(self, wait: Wait, seconds: float, clock: Clock) -> None:
        await clock.sleep(seconds)
        self._fire(wait)

    def _fire(self, wait: Wait) -> None:
        self._tasks.pop(wait.path, None)
        if self.by_path.pop(wait.path, None) is not None and self._wake is not None:
            self._wake(wait)

    def wake_due(self) -> None:
        """Wake what has the earliest time, now."""
        due = self.earliest
        for wait in [wait for wait in self.by_path.values() if wait.due_at == due]:
            task = self._tasks.pop(wait.path, None)
            if task is not None:
                task.cancel()
            self._fire(wait)

    def forget(self, wait: Wait) -> None:
        """It waits no more."""
        self.by_path.pop(wait.path, None)
        task = self._tasks.pop(wait.path, None)
        if task is not None:
            task.cancel()

    def describe(self) -> list[dict[str, Any]]:
        """All that is waited for, as events and answers show it."""
        return [wait.as_json() for wait in self.by_path.values()]

    def close(self) -> None:
        """Stop every timer."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
