"""Pure nodes that end at once: they write one event. What lasts longer, or fails, tells its start first."""

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any, Final

from weft.engine.context import NodeContext
from weft.engine.node import Result
from weft.engine.values import JSON

QUIET_S: Final = 0.02
"""A pure node that ends within this time writes one event."""


async def call_quietly(context: NodeContext, model: Any) -> JSON | Result:
    """Step into the node's function; only if it really waits, arrange that its start is told after 20 ms."""
    left = QUIET_S - context.elapsed_s
    if left <= 0:
        await context.tell_start()
    coroutine: Coroutine[Any, Any, JSON | Result] = context.plan.type.function(model, context)  # type: ignore[assignment]
    try:
        waiting_for = coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    teller = _Teller(context, max(left, 0))
    try:
        result: JSON | Result = await _resumed(coroutine, waiting_for)
        await teller.told()
        return result
    finally:
        teller.stop()


class _Teller:
    """Tells a node's start when its time has come: a long config is kept as a blob before."""

    def __init__(self, context: NodeContext, seconds: float) -> None:
        self._context = context
        self._task: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(seconds, self._begin)

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._context.tell_start())

    async def told(self) -> None:
        """Return when a start that is being told has been: its end is not told before."""
        if self._task is not None:
            await self._task

    def stop(self) -> None:
        """Tell nothing more: whatever ends the node tells its start itself."""
        self._timer.cancel()
        if self._task is not None and not self._task.done():
            self._task.cancel()
        elif self._task is not None and not self._task.cancelled():
            self._task.exception()


@types.coroutine
def _resumed(coroutine: Coroutine[Any, Any, Any], yielded: Any) -> Generator[Any, Any, Any]:
    """Await a coroutine whose first step was taken by hand: hand on what it yields, and what it is sent."""
    while True:
        sent, thrown = None, None
        try:
            sent = yield yielded
        except BaseException as error:
            thrown = error
        try:
            yielded = coroutine.send(sent) if thrown is None else coroutine.throw(thrown)
        except StopIteration as stop:
            return stop.value
