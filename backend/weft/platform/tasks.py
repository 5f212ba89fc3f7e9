"""Ending tasks for sure."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

AGAIN_S: Final = 0.2


async def end_tasks(tasks: Iterable[asyncio.Task[Any]], within_s: float) -> None:
    """Cancel `tasks` and wait for their end, at most `within_s` seconds; how they ended is not told.

    Cancelled again and again: `asyncio.wait_for` of Python 3.11, which the pools of database connections use, loses
    a cancel that meets the end of what it waits for, and a loop around it would then go on for ever.
    """
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + within_s
    left = set(tasks)
    while left and (wait_s := min(AGAIN_S, give_up_at - loop.time())) > 0:
        for task in left:
            task.cancel()
        ended, left = await asyncio.wait(left, timeout=wait_s)
        for task in ended:
            if not task.cancelled():
                task.exception()
