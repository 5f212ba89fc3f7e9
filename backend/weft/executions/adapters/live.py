"""The live channel inside one process: events as they are committed, deltas as they come."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from weft.executions.ports import Frame

QUEUE: Final = 2_000
DELTAS: Final = 500
"""With more than so many frames unread, a watcher misses deltas; with more than QUEUE, it reads what is stored."""


class Watcher:
    """One reader's queue. A slow one loses deltas first, then falls back on what is stored; never blocks a run."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque()
        self._bell: asyncio.Future[None] | None = None
        self._due_at = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._fell_behind = False

    def put(self, frames: list[Frame]) -> None:
        """Called by the feed."""
        for frame in frames:
            if frame.sequence == 0 and len(self._frames) > DELTAS:
                continue
            if len(self._frames) > QUEUE:
                self._frames.clear()
                self._fell_behind = True
                break
            self._frames.append(frame)
        self._ring()

    async def next(self, timeout_s: float) -> Frame | None:
        """See `Subscription.next`."""
        if self._fell_behind:
            self._fell_behind = False
            return None
        if self._frames:
            return self._frames.popleft()
        loop = asyncio.get_running_loop()
        self._bell = loop.create_future()
        self._due_at = loop.time() + timeout_s
        if self._alarm is None or self._alarm.when() > self._due_at:
            self._set_alarm()
        try:
            await self._bell
        finally:
            self._bell = None
        return self._frames.popleft() if self._frames else None

    def at_hand(self) -> list[Frame]:
        """See `Subscription.at_hand`."""
        frames = list(self._frames)
        self._frames.clear()
        return frames

    def close(self) -> None:
        """Nobody reads any more."""
        if self._alarm is not None:
            self._alarm.cancel()

    def _set_alarm(self) -> None:
        self.close()
        self._alarm = asyncio.get_running_loop().call_at(self._due_at, self._look)

    def _look(self) -> None:
        """Ring where the wait is over, else look again: a timer a frame would cost more than the frame."""
        self._alarm = None
        if self._due_at > asyncio.get_running_loop().time():
            self._set_alarm()
        else:
            self._ring()

    def _ring(self) -> None:
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)


class ProcessLiveFeed:
    """Watchers by execution. `alone`: this process runs everything, so nothing is published elsewhere."""

    def __init__(self, *, alone: bool) -> None:
        self._watchers: dict[UUID, list[Watcher]] = {}
        self.poll_s = 15.0 if alone else 1.0

    def is_watched(self, execution_id: UUID) -> bool:
        """Whether anybody watches: frames need not be made for nobody."""
        return execution_id in self._watchers

    def publish(self, execution_id: UUID, frames: list[Frame]) -> None:
        for watcher in self._watchers.get(execution_id, ()):
            watcher.put(frames)

    @contextmanager
    def subscribe(self, execution_id: UUID) -> Iterator[Watcher]:
        watcher = Watcher()
        self._watchers.setdefault(execution_id, []).append(watcher)
        try:
            yield watcher
        finally:
            watcher.close()
            watchers = self._watchers[execution_id]
            watchers.remove(watcher)
            if not watchers:
                del self._watchers[execution_id]
