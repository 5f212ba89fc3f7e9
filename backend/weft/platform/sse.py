"""Server-sent events: comments while nothing happens, an end when the right is gone or the server drains."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from fastapi import Request
from starlette.responses import StreamingResponse
from starlette.types import Send

from weft.kernel.errors import WeftError

PING_S: Final = 15.0
RECHECK_S: Final = 30.0
GOODBYE: Final = b"retry: 1000\n\n"


class EventStream(StreamingResponse):
    """`frames` (each one or more whole SSE frames) as text/event-stream, until they end, the server drains,
    or whoever asked may no longer do what `permission` names."""

    media_type = "text/event-stream"

    def __init__(self, request: Request, frames: AsyncGenerator[bytes, None], permission: str) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        request.state.streaming = True  # its length is no latency
        super().__init__(frames, headers=headers)
        self._request, self._frames, self._permission = request, frames, permission
        self._sent_at = 0.0

    async def stream_response(self, send: Send) -> None:
        """Copy the frames in a task of their own, so that a frame wakes one task, and no other."""
        draining: asyncio.Event = self._request.app.state.draining
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        self._sent_at = asyncio.get_running_loop().time()
        copying, minding = asyncio.create_task(self._copy(send)), asyncio.create_task(self._mind(send))
        tasks = {copying, minding, asyncio.create_task(_wait(draining))}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in (copying, minding):
            if not task.cancelled():
                task.result()
        if draining.is_set():
            await self._send(send, GOODBYE)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _copy(self, send: Send) -> None:
        async with aclosing(self._frames) as frames:
            async for text in frames:
                await self._send(send, text)

    async def _mind(self, send: Send) -> None:
        """Send comments while nothing else is sent; ends when the right is gone."""
        loop = asyncio.get_running_loop()
        recheck_at = loop.time() + RECHECK_S
        while True:
            await asyncio.sleep(max(0.0, min(recheck_at, self._sent_at + PING_S) - loop.time()))
            if loop.time() >= recheck_at:
                recheck_at = loop.time() + RECHECK_S
                if not await self._still_allowed():
                    return
            if loop.time() >= self._sent_at + PING_S:
                await self._send(send, b":\n\n")

    async def _send(self, send: Send, text: bytes) -> None:
        self._sent_at = asyncio.get_running_loop().time()
        await send({"type": "http.response.body", "body": text, "more_body": True})

    async def _still_allowed(self) -> bool:
        try:
            actor = await self._request.state.recheck()
        except WeftError:
            return False
        return bool(actor.may(self._permission))


async def _wait(draining: asyncio.Event) -> None:
    await draining.wait()
