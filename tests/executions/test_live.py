"""The live channel: how long a watcher waits."""

import asyncio
from uuid import uuid4

from weft.executions.adapters.live import ProcessLiveFeed
from weft.executions.ports import Frame

FRAME = Frame(1, "node.started", "a", b"")


async def test_a_wait_is_as_long_as_it_says_after_a_longer_one_that_a_frame_ended() -> None:
    feed, execution_id = ProcessLiveFeed(alone=True), uuid4()
    with feed.subscribe(execution_id) as watched:
        asyncio.get_running_loop().call_soon(feed.publish, execution_id, [FRAME])
        assert await watched.next(3600) is FRAME
        async with asyncio.timeout(60):
            assert await watched.next(0.01) is None


async def test_a_wait_is_as_long_as_it_says_after_a_shorter_one() -> None:
    feed, execution_id = ProcessLiveFeed(alone=True), uuid4()
    with feed.subscribe(execution_id) as watched:
        asyncio.get_running_loop().call_soon(feed.publish, execution_id, [FRAME])
        assert await watched.next(0.01) in (FRAME, None)
        asyncio.get_running_loop().call_later(0.05, feed.publish, execution_id, [FRAME])
        async with asyncio.timeout(60):
            assert await watched.next(3600) is FRAME
