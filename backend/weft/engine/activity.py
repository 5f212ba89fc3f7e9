"""Who works on a run, and who is parked: when nobody works and something waits, the run waits."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

IN_A_ROW: Final = 50
"""So many quick things may follow each other before the run lets others have the event loop."""
GRACE_S: Final = 10.0
"""So long is waited for the end of what was cancelled."""


class Activity:
    """Counts the tasks of a run that work. Whoever enters them sees that they leave."""

    def __init__(self) -> None:
        self.draining = False
        self._active = 0
        self._in_a_row = 0
        self._attention = asyncio.Event()

    def enter(self) -> None:
        """One more task of the run works."""
        self._active += 1

    def leave(self) -> None:
        """One task less; the last one lets the run wait, if something waits."""
        self._active -= 1
        if not self._active:
            self._attention.set()

    def left(self, _task: "asyncio.Task[None]") -> None:
        """`leave`, as what is called when a task is done: one that was cancelled before its first step too."""
        self.leave()

    async def breathe(self) -> None:
        """Called after each quick thing: now and then lets others have the event loop, which what never waits would
        keep to its end."""
        self._in_a_row += 1
        if self._in_a_row >= IN_A_ROW:
            self._in_a_row = 0
            await asyncio.sleep(0)

    @property
    def idle(self) -> bool:
        """Whether no task of the run works."""
        return not self._active

    def notice(self, task: "asyncio.Task[Any]") -> None:
        """Let `noticed` return when `task` is done, too."""
        task.add_done_callback(lambda _task: self._attention.set())

    async def noticed(self) -> None:
        """Return when something has happened since the last time that whoever watches the run must look at."""
        await self._attention.wait()
        self._attention.clear()

    async def park(self, future: "asyncio.Future[None]") -> None:
        """Wait for what other tasks of the run will bring about, without counting as one that works."""
        self.leave()
        try:
            await future
        except asyncio.CancelledError:
            if not (future.done() and not future.cancelled()):
                self.enter()
            raise

    async def hold_if_draining(self) -> None:
        """A node that would start while the run drains never does: it waits to be cancelled."""
        if self.draining:
            await self.park(asyncio.get_running_loop().create_future())

    def unpark(self, future: "asyncio.Future[None] | None") -> None:
        """Let the task parked on `future` go on, counted as working from now."""
        if future is not None and not future.done():
            self.enter()
            future.set_result(None)


async def cancel_all(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel `tasks`, and wait for their end as long as the grace lasts."""
    left = [task for task in tasks if not task.done()]
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=GRACE_S)
