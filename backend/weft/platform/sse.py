"""Server-sent events: comments while nothing happens, an end when the right is gone or the server drains."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi import Request
from starlette.responses import StreamingResponse

from weft.kernel.errors import WeftError

PING_S: Final = 15.0
RECHECK_S: Final = 30.0
GOODBYE: Final = b"retry: 1000\n\n"


class EventStream(StreamingResponse):
    """`frames` (each a whole SSE frame) as text/event-stream, until they end, the server drains,
    or whoever asked may no longer do what `permission` names."""

    media_type = "text/event-stream"

    def __init__(self, request: Request, frames: AsyncIterator[bytes], permission: str) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        request.state.streaming = True  # its length is no latency
        super().__init__(_guarded(request, frames, permission), headers=headers)


async def _guarded(request: Request, frames: AsyncIterator[bytes], permission: str) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    draining: asyncio.Event = request.app.state.draining
    drained = asyncio.ensure_future(draining.wait())
    following: asyncio.Future[bytes] = asyncio.ensure_future(anext(frames))
    recheck_at, ping_at = loop.time() + RECHECK_S, loop.time() + PING_S
    try:
        while not draining.is_set():
            wait_s = max(0.0, min(recheck_at, ping_at) - loop.time())
            either: set[asyncio.Future[Any]] = {following, drained}
            await asyncio.wait(either, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
            if loop.time() >= recheck_at:
                recheck_at = loop.time() + RECHECK_S
                if not await _still_allowed(request, permission):
                    return
            if following.done():
                try:
                    frame = following.result()
                except StopAsyncIteration:
                    return
                yield frame
                following = asyncio.ensure_future(anext(frames))
                ping_at = loop.time() + PING_S
            elif loop.time() >= ping_at:
                yield b":\n\n"
                ping_at = loop.time() + PING_S
        yield GOODBYE
    finally:
        drained.cancel()
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
            await following
        close = getattr(frames, "aclose", None)
        if close is not None:
            await close()


async def _still_allowed(request: Request, permission: str) -> bool:
    try:
        actor = await request.state.recheck()
    except WeftError:
        return False
    return bool(actor.may(permission))
