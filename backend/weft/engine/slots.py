"""A bound on how many things run at once, first come, first served."""

import asyncio
from collections import deque

from weft.engine.activity import Activity


class Slots:
    """Like a semaphore, but free of cost while there is room, and strict in its order.

    With an `activity`, who waits for a place does not count as working: those who have one may all be waiting
    for something from outside, and then the run waits.
    """

    __slots__ = ("_activity", "_free", "_queue")

    def __init__(self, count: int, activity: Activity | None = None) -> None:
        self._free = count
        self._queue: deque[asyncio.Future[None]] | None = None
        """Made when somebody waits: an empty one is a large part of what a small run keeps."""
        self._activity = activity

    async def acquire(self) -> None:
        """Take a slot, waiting for one if need be."""
        if self._free > 0:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        if self._queue is None:
            self._queue = deque()
        self._queue.append(turn)
        try:
            await (turn if self._activity is None else self._activity.park(turn))
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release()
            raise

    def release(self) -> None:
        """Give a slot back, to the one who has waited longest."""
        while self._queue:
            turn = self._queue.popleft()
            if turn.done():
                continue
            if self._activity is None:
                turn.set_result(None)
            else:
                self._activity.unpark(turn)
            return
        self._free += 1
